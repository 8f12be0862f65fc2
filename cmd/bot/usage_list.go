package main

import (
	"io"

	"budgetbot/billing/report"
)

// listAnswer is a list of names, to be written in any form.
type listAnswer struct{ report.List }

// missing is always nil: an empty list comes as an error.
func (l listAnswer) missing() error { return nil }

// print writes every name and what belongs to it.
func (l listAnswer) print(w io.Writer) error {
	name, with := l.Heads()
	table := [][]string{{name, with}}
	for _, item := range l.Items {
		table = append(table, []string{item.Name, item.With})
	}
	writeColumns(w, table, 0, 1)
	return nil
}
