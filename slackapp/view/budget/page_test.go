package budgetview_test

import (
	"fmt"
	"strings"
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

// TestEveryBudgetIsOnOnePage: whatever the names and reasons are, and whatever stands around the table, each budget has a row on one page of
// what Slack takes, in one order.
func TestEveryBudgetIsOnOnePage(t *testing.T) {
	long, quotes := strings.Repeat("long name ", 7), strings.Repeat(`"`, 60)
	for _, test := range []struct {
		name, called, unknown string
		most                  int // rows of a page
	}{
		{"short names have the usual pages", "b", "", 20},
		{"long names have shorter ones", long, strings.Repeat("a reason ", 8), 15},
		{"names whose JSON is longer still", quotes, quotes, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := crowded(137, test.called, test.unknown)
			whole := o
			pages := whole.Sort().Pages
			var got []string
			for page := 1; page <= pages; page++ {
				o.Page = page
				shown := rowsOf(blocks.Fit(budgetview.Budgets(o)))
				if len(shown) > test.most || page < pages && len(shown) != len(rowsOf(blocks.Fit(budgetview.Budgets(whole)))) {
					t.Errorf("page %d has %d rows, want %d at most, and as many as the first", page, len(shown), test.most)
				}
				got = append(got, shown...)
			}
			if len(got) != len(o.Lines) {
				t.Fatalf("%d of %d budgets have a row", len(got), len(o.Lines))
			}
			for i, line := range whole.Lines {
				if !strings.HasPrefix(got[i], line.Line.Title[:4]) {
					t.Errorf("row %d is %s, want %s", i, got[i], line.Line.Title)
				}
			}
		})
	}
}

// TestEveryBudgetOfAnEndedMonthIsOnOnePage: with the days of all thresholds, too.
func TestEveryBudgetOfAnEndedMonthIsOnOnePage(t *testing.T) {
	for _, name := range []string{"b", strings.Repeat("long name ", 7), strings.Repeat(`"`, 60)} {
		e := budgetview.Ended{Overview: crowded(137, name, "")}
		e.Month = sampledata.November.Add(-1)
		thresholds := []rules.Threshold{1, 2, 3, 4, 5, 6, 7, 8}
		for i := range e.Lines {
			e.Lines[i].Line.Threshold, e.Lines[i].Ending = 8, &alerts.Ending{Recorded: true, Thresholds: thresholds, LimitNow: e.Lines[i].Line.Limit}
		}
		pages, shown := e.Sort().Pages, 0
		for e.Page = 1; e.Page <= pages; e.Page++ {
			w := e.Sort()
			for i := w.From; i < w.To; i++ {
				ending := *e.Lines[i].Ending
				for _, threshold := range thresholds {
					ending.Reached = append(ending.Reached, alerts.Alert{Threshold: threshold, At: sampledata.Now, Reason: alerts.ReasonThresholdRose})
				}
				e.Lines[i].Ending = &ending
			}
			shown += len(rowsOf(blocks.Fit(budgetview.EndedBudgets(e))))
		}
		if shown != 137 {
			t.Errorf("%d of 137 budgets called %.12s have a row", shown, name)
		}
	}
}

// crowded is an overview of n budgets, with all that may stand beside a table.
func crowded(n int, called, unknown string) budgetview.Overview {
	o := budgetview.Overview{
		Month: sampledata.November, Now: sampledata.Now, Command: "/budget", Checks: sampledata.Checks, OldRules: true, Others: 4,
		Actions: []blocks.Action{{Label: "Previous", ID: "p", Value: "all page 1"}, {Label: "Next", ID: "n", Value: "all page 3"}, {Label: "Show All", ID: "a", Value: "all"}},
	}
	for i := range n {
		o.Lines = append(o.Lines, budgetState(fmt.Sprintf("#%03d %s", i, called), float64(n-i), 200, 0, func(s *alerts.BudgetStatus) { s.Unknown = unknown }))
	}
	for i := range 7 {
		o.Routes = append(o.Routes, alerts.RouteTrouble{Channel: fmt.Sprintf("a-channel-of-some-length-%d", i), Reason: "not_in_channel", Waiting: i})
	}
	return o
}

// rowsOf are the budgets' rows of a message.
func rowsOf(m blocks.Fitted) []string {
	var rows []string
	for line := range strings.Lines(blocks.PlainText(blocks.Message{Text: m.Text, Blocks: m.Blocks})) {
		if strings.HasPrefix(line, "#") {
			rows = append(rows, line)
		}
	}
	return rows
}

func TestAPageBeyondTheEndIsTheLast(t *testing.T) {
	o := crowded(45, "b", "")
	for page, want := range map[int]budgetview.Window{0: {From: 0, To: 20, Page: 1}, 1: {From: 0, To: 20, Page: 1}, 3: {From: 40, To: 45, Page: 3}, 99: {From: 40, To: 45, Page: 3}} {
		o.Page = page
		if w := o.Sort(); w.From != want.From || w.To != want.To || w.Page != want.Page || w.Pages != 3 {
			t.Errorf("page %d is %+v, want %+v of 3", page, w, want)
		}
	}
}
