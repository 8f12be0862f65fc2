// Package archtest holds the architecture of the program as a test: which package may import which, and what third-party
// code each may use. It has no code of its own.
package archtest
