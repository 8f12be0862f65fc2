// Package sampledata holds the made-up usage, budgets and people that samples and tests use. It imports no surface, so that the tests of
// every surface can import it.
package sampledata
