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
	From, To    int // of the sorted rows; To is the first row after the page
	Page, Pages int // from 1
	of          int
}

// pageSizes are the numbers of rows that a page may have, the usual one first.
var pageSizes = []int{phrase.MaxBudgets, 15, 10}

// How many characters of JSON the table may take of a message, which leaves room for what is around it, and how many a row takes beside its words.
const (
	maxPage    = 5500
	perRow     = 160
	sinceRoom  = len(" since Nov 30")
	minPerPage = 10
)

// windowOf returns the page of n rows, given the length of each. All pages have the same number of rows, the largest that fits on every one, so that
// Slack's limits hide no row. A page beyond the end is the last one.
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

// longest returns the length of the longest page of size rows.
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

// lengthOf returns the length of a row in JSON, in which quotes take two characters.
func lengthOf(cells []string) int {
	n := perRow + sinceRoom
	for _, cell := range cells {
		n += utf8.RuneCountInString(cell) + strings.Count(cell, `"`) + strings.Count(cell, `\`)
	}
	return n
}

// fact says which page it is, if there are several.
func (w Window) fact() string {
	if w.Pages < 2 {
		return ""
	}
	return fmt.Sprintf("page %d of %d (%d–%d of %d, worst first)", w.Page, w.Pages, w.From+1, w.To, w.of)
}

// windowIn returns the page of a list with these rows.
func windowIn(lines []alerts.BudgetStatus, cells func(alerts.BudgetStatus) []string, page int) Window {
	rows := make([]int, len(lines))
	for i, line := range lines {
		line.Since = time.Time{} // known only for the rows of the page
		rows[i] = lengthOf(cells(line))
	}
	return windowOf(rows, page)
}

// window returns the page of the overview that the person asked for.
func (o Overview) window(lines []alerts.BudgetStatus) Window {
	return windowIn(lines, o.row, o.Page)
}

func (o Overview) pageFact() string { return o.window(o.Lines).fact() }

// Sort sorts the lines as they are shown, and returns the part on the page.
func (o *Overview) Sort() Window {
	o.Lines = status.WorstFirst(o.Lines, o.Now)
	return o.window(o.Lines)
}

// Window returns the page of a rule's budgets that the person asked for.
func (d Detail) Window() Window { return windowIn(d.State.Instances, d.row, d.Page) }
