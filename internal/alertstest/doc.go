// Package alertstest holds what the tests of the packages of alerts share: made-up usage and bills of November 2026, rules, budget states, a book
// that keeps what a plan records, and fakes that fail a test where they are called without being posted what to answer.
package alertstest
