// Package lookup reads what a question needs, through the contracts of package billing, and has package report make the answer: a Table of
// usage or cost, or a List of products, services or teams. It also reads the names that people may type in a question.
//
//	table, err := lookup.Asker{Usage: cache}.Ask(ctx, report.Question{Months: billing.One(month)}, time.Now())
package lookup
