// Package billing holds the values that everything else uses: months and ranges of them in UTC, usage and its units (GB is 10^9
// bytes), measures, amounts as people write them, bills and their charges, and the errors of reading. It declares what reads usage
// and bills (Source, Reader, BillReader); the packages below it implement that.
//
// It is pure: no clock, no network, no log. What is not known is an error or a figure that is not valid, and never zero.
package billing
