package budgetview

import (
	"testing"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/view/sampledata"
)

func TestHowABudgetStands(t *testing.T) {
	state := func(used, limit float64, threshold rules.Threshold) BudgetState {
		return BudgetState{Line: sampledata.Line("r", "R", sampledata.Bandwidth, used, limit, threshold), Known: true}
	}
	with := func(s BudgetState, change func(*BudgetState)) BudgetState {
		change(&s)
		return s
	}
	stale := func(s *BudgetState) {
		s.Unknown, s.Stale, s.Line.CountedTo = "Fastly did not answer", true, sampledata.Now.Add(-41*time.Hour)
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
		{"a level that was reached is named", state(402.6, 500, 80), verdictThreshold, "80%", "80% used"},
		{
			"since when is said", with(state(402.6, 500, 80), func(s *BudgetState) { s.Since = sampledata.Now.AddDate(0, 0, -2) }),
			verdictThreshold, "80%", "80% used since Nov 20",
		},
		{"just below the limit is not over", state(499.999, 500, 80), verdictThreshold, "99%", "80% used"},
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
			BudgetState{Line: sampledata.Line("r", "R", sampledata.Bandwidth, 0, 500, 0), Unknown: "no rows"},
			verdictUnknown, "–", "No figure yet: no rows",
		},
		{"a new rule is not checked yet", BudgetState{Line: sampledata.Line("r", "R", sampledata.Bandwidth, 0, 500, 0)}, verdictUnknown, "–", "Not checked yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.state.verdict(sampledata.Now); got != tt.want {
				t.Errorf("verdict %d, want %d", got, tt.want)
			}
			if got := tt.state.used(); got != tt.used {
				t.Errorf("used %q, want %q", got, tt.used)
			}
			if got := tt.state.cell(sampledata.Now); got != tt.sentence {
				t.Errorf("sentence %q, want %q", got, tt.sentence)
			}
		})
	}
}
