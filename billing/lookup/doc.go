// Package lookup reads what a question needs, through the contracts of package billing, and has package report make the answer of it: a Table
// of usage or cost, or a List of what there is. It also reads the names that a question may have.
//
//	table, err := lookup.Asker{Usage: cache}.Ask(ctx, report.Question{Months: billing.One(month)}, time.Now())
package lookup
