package budgetview

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/view/phrase"
)

// Window is the part of a list of budgets that one page shows.
type Window struct {
	From, To    int // of the rows in their order, the worst first; To is the first row after the page
	Page, Pages int // from 1
	of          int
}

// pageSizes are how many rows a page may have, the usual number first.
var pageSizes = []int{phrase.MaxBudgets, 15, 10}

// What a page may take of a message, in characters of JSON: the rest is for what stands around the table. A row has so many beside its words.
const (
	maxPage    = 5500
	perRow     = 160
	sinceRoom  = len(" since Nov 30")
	minPerPage = 10
)

// windowOf returns the page of so many rows, given how long each is. Every page has as many rows as fit on each, so that Slack's limits
// hide none of them. A page beyond the end is the last.
func windowOf(rows []int, page int) Window {
	size := minPerPage
	for _, size = range pageSizes {
		if longest(rows, size) <= maxPage {
			break
		}
	}
	w := Window{Pages: max(1, (len(rows)+size-1)/size), of: len(rows)}
	w.Page = min(max(page, 1), w.Pages)
	w.From = (w.Page - 1) * size
	w.To = min(w.From+size, len(rows))
	return w
}

// longest is how long the longest page of size rows is.
func longest(rows []int, size int) int {
	most, sum := 0, 0
	for i, row := range rows {
		if i%size == 0 {
			sum = 0
		}
		sum += row
		most = max(most, sum)
	}
	return most
}

// lengthOf is how long a row is in JSON, where quotes take two characters.
func lengthOf(cells []string) int {
	n := perRow + sinceRoom
	for _, cell := range cells {
		n += utf8.RuneCountInString(cell) + strings.Count(cell, `"`) + strings.Count(cell, `\`)
	}
	return n
}

// fact says which page it is, where there are several.
func (w Window) fact() string {
	if w.Pages < 2 {
		return ""
	}
	return fmt.Sprintf("page %d of %d (%d–%d of %d, worst first)", w.Page, w.Pages, w.From+1, w.To, w.of)
}

// windowIn is the page of a list whose rows have these cells.
func windowIn(lines []alerts.BudgetStatus, cells func(alerts.BudgetStatus) []string, page int) Window {
	rows := make([]int, len(lines))
	for i, line := range lines {
		line.Since = time.Time{} // only the rows of the page have it
		rows[i] = lengthOf(cells(line))
	}
	return windowOf(rows, page)
}

// window is the page of the overview that was asked for.
func (o Overview) window(lines []alerts.BudgetStatus) Window {
	return windowIn(lines, o.row, o.Page)
}

func (o Overview) pageFact() string { return o.window(o.Lines).fact() }

// Sort brings the lines into the order in which they are shown, and returns the part that the page has.
func (o *Overview) Sort() Window {
	o.Lines = status.WorstFirst(o.Lines, o.Now)
	return o.window(o.Lines)
}

// Window is the page of a rule's budgets that was asked for.
func (d Detail) Window() Window { return windowIn(d.State.Instances, d.row, d.Page) }
