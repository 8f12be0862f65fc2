// Package report answers a Question with a Table: it reads what the question needs through the contracts of package billing, adds it
// up by type, product, region or service, compares periods, and finds what changed most. Everything but Asker is pure, and no figure
// of a table is zero because it could not be read.
//
//	table, err := report.Asker{Usage: cache}.Ask(ctx, report.Question{Months: billing.One(month)}, time.Now())
package report
