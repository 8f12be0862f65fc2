package budgetview

import (
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/view/sampledata"
)

func TestHowABudgetStands(t *testing.T) {
	state := func(used, limit float64, threshold rules.Threshold) alerts.BudgetStatus {
		return alerts.BudgetStatus{Line: sampledata.Line("r", "R", sampledata.Bandwidth, used, limit, threshold), Known: true}
	}
	with := func(s alerts.BudgetStatus, change func(*alerts.BudgetStatus)) alerts.BudgetStatus {
		change(&s)
		return s
	}
	stale := func(s *alerts.BudgetStatus) {
		s.Unknown, s.Stale, s.Line.CountedTo = "Fastly did not answer", true, sampledata.Now.Add(-41*time.Hour)
	}
	ending := func(low, high float64, onCourse bool) func(*alerts.BudgetStatus) {
		return func(s *alerts.BudgetStatus) {
			s.Line.Forecast = &alerts.Forecast{Threshold: 105, OnCourse: onCourse, Low: viewtest.Tera(low), High: viewtest.Tera(high)}
		}
	}
	uncounted := func(s *alerts.BudgetStatus) {
		s.Unknown = "it covers usage in `gb` and in `unit`, and a budget needs one unit."
	}
	tests := []struct {
		name     string
		state    alerts.BudgetStatus
		want     alerts.State
		used     string
		sentence string // of the overview
	}{
		{"below the pace is on course", state(200, 500, 0), alerts.StateOnCourse, "40%", "On course"},
		{"exactly at the pace is on course", state(350, 500, 0), alerts.StateOnCourse, "70%", "On course"},
		{"above the pace and below the first threshold is ahead", state(360, 500, 0), alerts.StateAhead, "72%", "Ahead of an even pace"},
		{"a threshold that was reached is named", state(402.6, 500, 80), alerts.StateThreshold, "80%", "80% used"},
		{
			"with the time since when", with(state(402.6, 500, 80), func(s *alerts.BudgetStatus) { s.Since = sampledata.Now.AddDate(0, 0, -2) }),
			alerts.StateThreshold, "80%", "80% used since Nov 20",
		},
		{"on course it counts as that", with(state(402.6, 500, 80), ending(458, 471, true)), alerts.StateOnCourse, "80%", "On course (past 80%)"},
		{"where it may go either way it may end over", with(state(402.6, 500, 80), ending(470, 534, false)), alerts.StateMayEndOver, "80%", "80% used, may end over"},
		{"and so where it ends over without reaching the forecast's threshold", with(state(496, 500, 80), ending(515, 516, false)), alerts.StateMayEndOver, "99%", "80% used, may end over"},
		{
			"which counts more than since when", with(with(state(496, 500, 80), ending(515, 516, false)), func(s *alerts.BudgetStatus) { s.Since = sampledata.Now.AddDate(0, 0, -2) }),
			alerts.StateMayEndOver, "99%", "80% used, may end over",
		},
		{
			"where it is known to, it is likely over", with(with(state(496, 500, 80), ending(526, 530, false)), func(s *alerts.BudgetStatus) { s.Line.Forecast.Likely = true }),
			alerts.StateLikelyOver, "99%", "80% used, likely over",
		},
		{"where it ends below, though that is not sure, its threshold alone is named", with(state(402.6, 500, 80), ending(470, 499, false)), alerts.StateThreshold, "80%", "80% used"},
		{"nor is there more to say without a forecast", with(state(402.6, 500, 80), func(s *alerts.BudgetStatus) { s.Line.Forecast = &alerts.Forecast{Unknown: "too early"} }), alerts.StateThreshold, "80%", "80% used"},
		{"a threshold at the limit is past, though usage is a little below it", with(state(495, 500, 100), ending(496, 499, true)), alerts.StateThreshold, "99%", "100% used"},
		{"just below the limit is not over", state(499.999, 500, 80), alerts.StateThreshold, "99%", "80% used"},
		{"at the limit is over", state(500, 500, 100), alerts.StateOver, "100%", "Over"},
		{"over is over without a threshold for it", state(501, 500, 80), alerts.StateOver, "100%", "Over"},
		{"a little is not nothing", state(0.5, 500, 0), alerts.StateOnCourse, "<1%", "On course"},
		{"nothing used is known", state(0, 500, 0), alerts.StateOnCourse, "0%", "On course"},
		{"figures that are not fresh say since when", with(state(200, 500, 0), stale), alerts.StateNoData, "was 40%", "No fresh data for 41 h"},
		{
			"over stays over while newer figures are missing", with(state(520, 500, 100), stale), alerts.StateOver,
			"was 104%", "Over; no fresh data for 41 h",
		},
		{
			"fresh data that cannot be counted says why, and is not called old", with(state(200, 500, 0), uncounted), alerts.StateNoData,
			"was 40%", "No figure: it covers usage in gb and in unit, and a budget needs one unit",
		},
		{
			"over stays over likewise", with(state(520, 500, 100), uncounted), alerts.StateOver,
			"was 104%", "Over; no figure: it covers usage in gb and in unit, and a budget needs one unit",
		},
		{
			"no figure is a dash and no zero",
			alerts.BudgetStatus{Line: sampledata.Line("r", "R", sampledata.Bandwidth, 0, 500, 0), Unknown: "no rows"},
			alerts.StateNoData, "–", "No figure yet: no rows",
		},
		{"a new rule is not checked yet", alerts.BudgetStatus{Line: sampledata.Line("r", "R", sampledata.Bandwidth, 0, 500, 0)}, alerts.StateNoData, "–", "Not checked yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.state.State(sampledata.Now); got != tt.want {
				t.Errorf("state %q, want %q", got, tt.want)
			}
			if got := (budget{tt.state}).used(); got != tt.used {
				t.Errorf("used %q, want %q", got, tt.used)
			}
			if got := (budget{tt.state}).cell(sampledata.Now); got != tt.sentence {
				t.Errorf("sentence %q, want %q", got, tt.sentence)
			}
		})
	}
}
