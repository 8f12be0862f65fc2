package view

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

func TestHowABudgetStands(t *testing.T) {
	state := func(used, limit float64, level rules.Level) BudgetState {
		return BudgetState{Line: sampleLine("r", "R", bandwidth, used, limit, level), Known: true}
	}
	with := func(s BudgetState, change func(*BudgetState)) BudgetState {
		change(&s)
		return s
	}
	stale := func(s *BudgetState) {
		s.Unknown, s.Stale, s.Line.CountedTo = "Fastly did not answer", true, sampleNow.Add(-41*time.Hour)
	}
	uncounted := func(s *BudgetState) {
		s.Unknown = "it covers usage in `gb` and in `unit`, and a budget needs one unit."
	}
	tests := []struct {
		name     string
		state    BudgetState
		want     verdict
		used     string
		sentence string // of the overview
	}{
		{"below the pace is on course", state(200, 500, 0), verdictOnCourse, "40%", "On course"},
		{"exactly at the pace is on course", state(350, 500, 0), verdictOnCourse, "70%", "On course"},
		{"above the pace and below the first level is ahead", state(360, 500, 0), verdictAhead, "72%", "Ahead of an even pace"},
		{"a level that was reached is named", state(402.6, 500, 80), verdictLevel, "80%", "80% used"},
		{
			"since when is said", with(state(402.6, 500, 80), func(s *BudgetState) { s.Since = sampleNow.AddDate(0, 0, -2) }),
			verdictLevel, "80%", "80% used since Nov 20",
		},
		{"just below the limit is not over", state(499.999, 500, 80), verdictLevel, "99%", "80% used"},
		{"at the limit is over", state(500, 500, 100), verdictOver, "100%", "Over"},
		{"over is over without a level for it", state(501, 500, 80), verdictOver, "100%", "Over"},
		{"a little is not nothing", state(0.5, 500, 0), verdictOnCourse, "<1%", "On course"},
		{"nothing used is known", state(0, 500, 0), verdictOnCourse, "0%", "On course"},
		{"figures that are not fresh say since when", with(state(200, 500, 0), stale), verdictUnknown, "was 40%", "No fresh data for 41 h"},
		{
			"over stays over while newer figures are missing", with(state(520, 500, 100), stale), verdictOver,
			"was 104%", "Over; no fresh data for 41 h",
		},
		{
			"fresh data that cannot be counted says why, and is not called old", with(state(200, 500, 0), uncounted), verdictUnknown,
			"was 40%", "No figure: it covers usage in gb and in unit, and a budget needs one unit",
		},
		{
			"over stays over likewise", with(state(520, 500, 100), uncounted), verdictOver,
			"was 104%", "Over; no figure: it covers usage in gb and in unit, and a budget needs one unit",
		},
		{
			"no figure is a dash and no zero",
			BudgetState{Line: sampleLine("r", "R", bandwidth, 0, 500, 0), Unknown: "no rows"},
			verdictUnknown, "–", "No figure yet: no rows",
		},
		{"a new rule is not checked yet", BudgetState{Line: sampleLine("r", "R", bandwidth, 0, 500, 0)}, verdictUnknown, "–", "Not checked yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.state.verdict(sampleNow); got != tt.want {
				t.Errorf("verdict %d, want %d", got, tt.want)
			}
			if got := tt.state.used(); got != tt.used {
				t.Errorf("used %q, want %q", got, tt.used)
			}
			if got := tt.state.cell(sampleNow); got != tt.sentence {
				t.Errorf("sentence %q, want %q", got, tt.sentence)
			}
		})
	}
}

func TestBudgetsAreListedWorstFirst(t *testing.T) {
	m := Budgets(Overview{Month: november, Now: sampleNow, Lines: sampleStates()})
	table, ok := m.Blocks[1].(*slack.TableBlock)
	if !ok {
		t.Fatalf("block 1 is a %T", m.Blocks[1])
	}
	var names []string
	for _, line := range gridOf(table).lines[1:] {
		names = append(names, line.cells[0])
	}
	want := "Asia Bandwidth, North America Bandwidth, Image Optimizer, Object Storage, KV Store, new-rule, Compute, Europe Bandwidth"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
}

func TestOfLimit(t *testing.T) {
	tests := []struct {
		name string
		line alerts.BudgetLine
		want string
	}{
		{"both in the limit's unit", sampleLine("r", "", bandwidth, 402.6, 500, 0), "402.6 of 500 TB"},
		{"requests in billions", sampleLine("r", "", requests, 1.28, 2, 0), "1.28 of 2 B requests"},
		{"no zeros behind the point", sampleLine("r", "", bandwidth, 640, 500, 0), "640 of 500 TB"},
		{"a part of one unit is told in its own", sampleLine("r", "", bandwidth, 812.4, 1000, 0), "812 TB of 1 PB"},
		{"a trace is told in its own unit", sampleLine("r", "", bandwidth, 0.0002, 500, 0), "200 MB of 500 TB"},
		{"nothing is nothing", sampleLine("r", "", bandwidth, 0, 500, 0), "0 B of 500 TB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ofLimit(tt.line); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
