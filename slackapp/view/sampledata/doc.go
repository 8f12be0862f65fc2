// Package sampledata is the invented usage, budgets and people of which samples and tests are made. It imports no surface, so that the tests of
// every surface can import it.
package sampledata
