// Package report answers a Question with a Table: it adds up what was read by type, product, region or service, compares periods, and finds
// what changed most. It is pure, and no figure of a table is zero because it could not be read. Package lookup reads what a question needs.
//
//	table := report.Tabulate(report.Question{Months: billing.One(month)}, report.Data{Rows: rows}, time.Now())
package report
