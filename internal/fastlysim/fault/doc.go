// Package fault is what can go wrong with an answer of Fastly: refusals, bad lines, bodies and rows with something wrong in them, and
// what a client must make of each. [List] has every named one.
package fault
