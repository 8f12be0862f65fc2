// Package account makes up a Fastly customer: usage by month, day and service, statistics beside it, and the invoices that follow from it,
// with what was restated, credited or issued again. The same [Account] has the same figures in every run.
package account
