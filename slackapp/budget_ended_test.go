package slackapp

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

var october = november.Add(-1)

// ended says how much of a budget was used in October, in terabytes, against which limit, and when thresholds were reached.
func (w *world) ended(rule, instance string, used, limit float64, reached ...alerts.Alert) {
	w.t.Helper()
	at := slices.IndexFunc(w.rules.Rules, func(r rules.Rule) bool { return r.Name == rule })
	r, id := &w.rules.Rules[at], alerts.BudgetID{Rule: rule, Instance: instance, Month: october}
	state := alerts.BudgetState{
		BudgetID: id, RuleHash: r.Hash(october, rules.Instance{Name: instance}), Used: decimal.NewFromFloat(used).Shift(12), Limit: decimal.NewFromFloat(limit).Shift(12),
		Version: "v", CountedTo: october.End(), ClosedAt: october.End().Add(30 * time.Hour), Revision: 1,
	}
	for _, a := range reached {
		a.BudgetID, a.Kind = id, alerts.KindBudget
		w.budgets.alerts = append(w.budgets.alerts, a)
		state.Threshold = max(state.Threshold, a.Threshold)
	}
	w.budgets.budgetStates = append(w.budgets.budgetStates, state)
}

func onDay(day int, threshold rules.Threshold) alerts.Alert {
	return alerts.Alert{Threshold: threshold, At: time.Date(2026, 10, day, 9, 0, 0, 0, time.UTC), Reason: alerts.ReasonThresholdRose}
}

// exported are the lines of the newest file that the person was sent.
func (w *world) exported(user string) (name string, lines [][]string) {
	w.t.Helper()
	var files []string
	for _, direct := range w.slack.Messages(user) {
		files = append(files, direct.Files...)
	}
	if len(files) == 0 {
		w.t.Fatal("no file in the direct message")
	}
	name, content, _ := w.slack.File(files[len(files)-1])
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\uFEFF"))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	return name, lines
}

func TestBudgetsAsAFile(t *testing.T) {
	w := newWorld(t, mayUpload)
	w.rulesOf(ownedRules)
	w.stands("plain", "", 10)
	w.stands("each", "video-vod", 54)
	w.stands("each", "=1+1", 25)
	w.ended("plain", "", 104, 90, onDay(24, 100))
	list := w.types(alice, cdn, "/budget all", 1)
	told := w.presses(alice, list, "run_budget:csv", 1)
	says(t, told, "budgets-2026-11.csv", "direct message")
	if told.TS == list.TS {
		t.Error("the list did not stay")
	}
	name, lines := w.exported(alice)
	if name != "budgets-2026-11.csv" || len(lines) != 7 {
		t.Errorf("%s has %d lines, want a head and six: %v", name, len(lines), lines)
	}
	want := []string{"2026-11", "each", "each", "'=1+1", "alice", "cdn-budget", "20000000000000", "25000000000000", "bytes", "125", "over", "", "", "", now.UTC().Format(time.RFC3339), ""}
	if diff := cmp.Diff(want, lines[1]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	says(t, w.types(alice, cdn, "/budget over csv", 1), "budgets-2026-11-over.csv")
	if _, lines := w.exported(alice); len(lines) != 2 {
		t.Errorf("over has %d lines, want a head and one", len(lines))
	}
	says(t, w.types(alice, cdn, "/budget plain october csv", 1), "budgets-2026-10.csv")
	if _, lines := w.exported(alice); len(lines) != 2 || lines[1][10] != "over" || lines[1][6] != "90000000000000" {
		t.Errorf("October: %v", lines)
	}
	says(t, w.types(alice, cdn, "/budget no data in october csv", 1), "No budget of October 2026 matches", "Show All")
	w.inOrder()
}

func TestBudgetsAreNoFileWithoutTheScope(t *testing.T) {
	w := sixty(t)
	if m := w.types(alice, cdn, "/budget all", 1); contains(m, "Export CSV") {
		t.Error("there is a button that cannot work")
	}
	says(t, w.types(alice, cdn, "/budget csv", 1), "files:write", "budgetbot check")
	w.inOrder()
}

func TestHowTheBudgetsOfAMonthEnded(t *testing.T) {
	w := owned(t)
	w.ended("plain", "", 104, 90, onDay(24, 100))
	w.ended("each", "video-vod", 54, 60)
	w.ended("each", "api", 26, 20, onDay(20, 100), onDay(29, 125))
	w.ended("each-na", "video-vod", 3, 20)
	w.ended("teams", "shop", 12, 50)
	w.ended("shop-all", "", 20, 90)
	for _, test := range []struct {
		name, user, channel, text string
		want, not                 []string
	}{
		{"all of them, with the days of their thresholds", alice, general, "all october", []string{
			"How the Budgets of October 2026 Ended", "2 ended over, 3 below every threshold.", "Asia Bandwidth", "104 TB", "90 TB", "115%", "100% on Oct 24",
			"each (2)", "api: reached 100% on Oct 20, 125% on Oct 29; 1 below every threshold", "Stayed below 100%", "Limits that have changed since: Asia Bandwidth (now 100 TB)",
		}, []string{"no record", "www-shop"}},
		{"the channel's, and how to see the others", alice, cdn, "last month", []string{"Asia Bandwidth", "each (2)", "1 rule in other channels: `/budget all in 2026-10`", "Show All"}, []string{"shop-all"}},
		{"of one state", alice, cdn, "over in october", []string{"(over)", "2 ended over.", "each: api"}, []string{"video-vod"}},
		{"of a team", alice, cdn, "2026-10 team shop", []string{"teams: shop", "shop-all"}, []string{"Asia"}},
		{"of one rule, each for itself", alice, cdn, "each october", []string{"each: api", "each: video-vod", "90%"}, []string{"Asia"}},
		{"of none", alice, cdn, "no data in october", []string{"No budget of October 2026 matches no data.", "6 budgets: 2 ended over"}, nil},
		{"a quarter offers its months", alice, cdn, "q3", []string{"one month at a time", "/budget in 2026-07", "/budget in 2026-09"}, nil},
		{"a month to come offers this one", alice, cdn, "december 2026", []string{"hasn't started yet", "/budget this month"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := w.types(test.user, test.channel, "/budget "+test.text, 1)
			says(t, m, test.want...)
			for _, not := range test.not {
				if contains(m, not) {
					t.Errorf("%q is in:\n%s", not, all(m))
				}
			}
		})
	}
	w.inOrder()
}

// TestAMonthWithoutARecord: its figures are Fastly's, and its limits those of today, which the answer says.
func TestAMonthWithoutARecord(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, general, "/budget all 2026-10", 1), "I have no record of these budgets in that month, so limits and thresholds are today's.", "North America Bandwidth", "500 TB")
	w.ended("asia-bandwidth", "", 156.2, 150, onDay(24, 100))
	m := w.types(alice, general, "/budget all 2026-10", 1)
	says(t, m, "I have no record of", "in that month, so their limits and thresholds are today's.", "100% on Oct 24", "156 TB", "104%")
	says(t, w.types(alice, general, "/budget may 2012", 1), "I know of no budget in May 2012, and Fastly lists no usage of it.", "/budget last month")
	w.inOrder()
}

func TestEveryBudgetOfAMonthThatIsOverCanBeReached(t *testing.T) {
	w := sixty(t)
	for i := range w.budgets.budgetStates {
		s := &w.budgets.budgetStates[i]
		s.Month, s.ClosedAt = october, october.End()
	}
	m := w.types(alice, cdn, "/budget october", 1)
	rows := titlesIn(m)
	for contains(m, "Next") {
		says(t, m, "10 ended over", "of 60, worst first")
		m = w.presses(alice, m, "run_budget:next", 1)
		rows = append(rows, titlesIn(m)...)
	}
	if len(rows) != 60 || len(slices.Compact(slices.Sorted(slices.Values(rows)))) != 60 {
		t.Errorf("%d rows: %v", len(rows), rows)
	}
	w.inOrder()
}
