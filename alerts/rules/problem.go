package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"budgetbot/billing"
)

// Problem is one mistake in a rules file, and its place.
type Problem struct {
	File   string
	Line   int // from 1; 0 if the file as a whole is meant
	Column int // from 1
	Text   string
}

// String returns "rules.yaml:4:5: unknown key chanel; did you mean channel?".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Problems is the error that Load returns: everything that is wrong, in the order of the file.
type Problems []Problem

// Error returns one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// AsError returns the problems in the order of the file, or nil if there are none.
func (p Problems) AsError() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return p
}

// OrList returns "a", "a or b", or "a, b or c".
func OrList(words []string) string { return billing.List(words, " or ") }

// Clip shortens what a person wrote, so that a pasted file does not become an error message.
func Clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
