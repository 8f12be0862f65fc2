// Package statement makes the bill of a month of its statements, as an accountant would: invoices, credit notes, corrections and what is
// listed twice, in whatever order they come. It is pure.
package statement
