package decide

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// foreseeing lets the finding's month end near a figure, with a range of some 130 on either side. Of a limit of 1,000 the
// chance to be over is 84 % near 1,100, 50 % near 1,000 and 31 % near 950.
func foreseeing(f evaluate.Finding, end int64) evaluate.Finding {
	f.Forecast = forecast.Forecast{
		Position: forecast.Position{Month: f.Month, Used: f.Used, CountedTo: f.CountedTo}, Method: forecast.MethodDaily,
		End: decimal.New(end, 0), Low: decimal.New(end-130, 0), High: decimal.New(end+130, 0), Deviation: 100 / forecast.Doubt,
	}
	return f
}

// look is one check of a month: what was used, where the month is likely to end, and with which data.
type look struct {
	used, end int64
	version   string
	// want is the kind of message, its reason and the state of the budget, as people read them.
	want string
}

// course is a month of looks one after the other.
type course struct {
	name  string
	rule  func(*rules.Rule)
	muted bool
	looks []look
}

var courses = []course{
	{
		name: "a likely end above the limit is posted when a second data version agrees",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "root: likely to end above the budget; Likely Over"},
			{320, 1100, "v3", "silent: forecast already posted; Likely Over"},
		},
	},
	{
		name: "looking at the same data twice is looking once",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
		},
	},
	{
		name: "one surprising day is no forecast",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 950, "v2", "silent: below the first threshold; On Course"},
			{320, 1100, "v3", "silent: below the first threshold; On Course"},
		},
	},
	{
		name: "a chance between 0.4 and 0.8 changes nothing, be it posted or not",
		looks: []look{
			{300, 1000, "v1", "silent: below the first threshold; On Course"},
			{310, 1000, "v2", "silent: below the first threshold; On Course"},
			{320, 1100, "v3", "silent: below the first threshold; On Course"},
			{330, 1100, "v4", "root: likely to end above the budget; Likely Over"},
			{340, 1000, "v5", "silent: forecast already posted; Likely Over"},
			{350, 1000, "v6", "silent: forecast already posted; Likely Over"},
		},
	},
	{
		name: "a forecast that was posted is taken back by an edit when two data versions agree, and may be posted again",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "root: likely to end above the budget; Likely Over"},
			{320, 950, "v3", "silent: forecast already posted; Likely Over"},
			{330, 950, "v4", "refresh: no longer likely to end above the budget; Back on Course"},
			{340, 1100, "v5", "silent: below the first threshold; Back on Course"},
			{350, 1100, "v6", "rise: likely to end above the budget; Likely Over"},
		},
	},
	{
		name: "a threshold below the limit updates the message of a forecast that was posted, and one at the limit is a reply under it",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "root: likely to end above the budget; Likely Over"},
			{800, 1100, "v3", "refresh: shown in the Likely Over message; 80% Used, Likely Over"},
			{1000, 1200, "v4", "rise: higher threshold reached; Over"},
		},
	},
	{
		name: "a threshold that is crossed as the forecast enters is one message",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{800, 1100, "v2", "root: first threshold reached; 80% Used, Likely Over"},
			{810, 1100, "v3", "silent: threshold already posted; 80% Used, Likely Over"},
		},
	},
	{
		name: "what a threshold's message says of the month's end is not posted again",
		looks: []look{
			{800, 1100, "v1", "root: first threshold reached; 80% Used, Likely Over"},
			{810, 1100, "v2", "silent: threshold already posted; 80% Used, Likely Over"},
			{820, 1100, "v3", "silent: threshold already posted; 80% Used, Likely Over"},
		},
	},
	{
		name: "a threshold that is reached on course is posted, and a later forecast is news",
		looks: []look{
			{800, 950, "v1", "root: first threshold reached; 80% Used"},
			{810, 1100, "v2", "silent: threshold already posted; 80% Used"},
			{820, 1100, "v3", "rise: likely to end above the budget; 80% Used, Likely Over"},
		},
	},
	{
		name: "a threshold that was reached silences a forecast of that threshold",
		looks: []look{
			{1000, 1100, "v1", "root: first threshold reached; Over"},
			{1010, 1100, "v2", "silent: threshold already posted; Over"},
			{1020, 1100, "v3", "silent: threshold already posted; Over"},
		},
	},
	{
		name: "and not one of a higher threshold", rule: func(r *rules.Rule) { r.Forecast = 120 },
		looks: []look{
			{1000, 1100, "v1", "root: first threshold reached; Over"},
			{1010, 1350, "v2", "silent: threshold already posted; Over"},
			{1020, 1350, "v3", "rise: likely to end above the budget; Over"},
		},
	},
	{
		name: "over, restated to likely over, is an edit and no second message",
		looks: []look{
			{1000, 1100, "v1", "root: first threshold reached; Over"},
			{900, 1100, "v2", "refresh: usage restated below the threshold; 80% Used, Likely Over"},
			{905, 1100, "v3", "silent: threshold already posted; 80% Used, Likely Over"},
		},
	},
	{
		name: "muted, a forecast is passed in silence, and is not posted once the mute is taken back", muted: true,
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "silent: muted; Likely Over"},
			{320, 1100, "v3", "silent: forecast already posted; Likely Over"},
		},
	},
	{
		name: "without a forecast nothing is posted ahead of time", rule: func(r *rules.Rule) { r.Forecast = 0 },
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "silent: below the first threshold; Likely Over"},
			{800, 1100, "v3", "root: first threshold reached; 80% Used, Likely Over"},
		},
	},
	{
		name: "a month whose end cannot be foreseen keeps what was posted about it",
		looks: []look{
			{300, 1100, "v1", "silent: below the first threshold; On Course"},
			{310, 1100, "v2", "root: likely to end above the budget; Likely Over"},
			{320, 0, "v3", "silent: forecast already posted; Likely Over"},
			{330, 0, "v4", "silent: forecast already posted; Likely Over"},
		},
	},
}

// look makes a check and says what came of it.
func (l look) at(t *testing.T, b *alertstest.Book, rule *rules.Rule, now time.Time) string {
	t.Helper()
	f := findingOf(rule, l.used, l.version)
	if l.end > 0 {
		f = foreseeing(f, l.end)
	}
	plan := planned(&rules.Rules{Rules: []rules.Rule{*rule}}, []evaluate.Finding{f}, b.Memory(), now, b.NewID)
	if err := b.Record(plan.Outcome); err != nil {
		t.Fatalf("the plan contradicts the ledger: %v", err)
	}
	d := plan.Decisions[0]
	posts := d.Posts
	if posts == "" {
		posts = "silent"
	}
	return fmt.Sprintf("%s: %s; %s", posts, d.Reason, inWords(b.BudgetStates[f.BudgetID]))
}

func TestForecastsOverAMonth(t *testing.T) {
	for _, tt := range courses {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.ForecastRule()
			if tt.rule != nil {
				tt.rule(rule)
			}
			b, id := alertstest.NewBook(), alertstest.BudgetOf(rule.Name)
			known := alerts.BudgetState{BudgetID: id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1}
			if tt.muted {
				known.Mute = alerts.Answer{By: "U1", At: alertstest.Noon}
			}
			b.BudgetStates[id] = known
			var got, want []string
			for i, look := range tt.looks {
				got, want = append(got, look.at(t, b, rule, alertstest.Noon.Add(time.Duration(i)*time.Hour))), append(want, look.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForecastIsRecordedOnce: the key of a forecast is its own, so that the threshold of the same figure can still be recorded, and
// it goes when the forecast is taken back.
func TestForecastIsRecordedOnce(t *testing.T) {
	rule, b := alertstest.ForecastRule(), alertstest.NewBook()
	id := alertstest.BudgetOf(rule.Name)
	b.BudgetStates[id] = alerts.BudgetState{BudgetID: id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1}
	for i, l := range []look{{300, 1100, "v1", ""}, {310, 1100, "v2", ""}} {
		l.at(t, b, rule, alertstest.Noon.Add(time.Duration(i)*time.Hour))
	}
	forecasted := alertstest.AlertKey{BudgetID: id, Kind: alerts.KindForecast, Threshold: 100}
	if posted := b.Alerts[forecasted]; posted.DeliveryID != "d1" || posted.Reason != alerts.ReasonLikelyOver {
		t.Errorf("recorded %+v, want the parent message d1", posted)
	}
	look{1000, 1100, "v3", ""}.at(t, b, rule, alertstest.Noon.Add(3*time.Hour))
	if len(b.Alerts) != 3 { // the forecast, 80% and 100%
		t.Errorf("recorded %v", b.Alerts)
	}
	look{320, 950, "v4", ""}.at(t, b, rule, alertstest.Noon.Add(4*time.Hour))
	look{320, 950, "v5", ""}.at(t, b, rule, alertstest.Noon.Add(5*time.Hour))
	if _, still := b.Alerts[forecasted]; still || len(b.Alerts) != 0 {
		t.Errorf("left %v after all came down", b.Alerts)
	}
}

// TestAnotherForecastIsPostedAnew: a rule that now warns of another threshold is looked at afresh.
func TestAnotherForecastIsPostedAnew(t *testing.T) {
	rule, b := alertstest.ForecastRule(), alertstest.NewBook()
	id := alertstest.BudgetOf(rule.Name)
	b.BudgetStates[id] = alerts.BudgetState{BudgetID: id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1}
	var got []string
	for i, l := range []look{{300, 1350, "v1", ""}, {310, 1350, "v2", ""}, {320, 1350, "v3", ""}, {330, 1350, "v4", ""}} {
		if i == 2 {
			rule.Forecast = 120
		}
		got = append(got, l.at(t, b, rule, alertstest.Noon.Add(time.Duration(i)*time.Hour)))
	}
	want := []string{
		"silent: below the first threshold; On Course", "root: likely to end above the budget; Likely Over",
		"refresh: reached by editing the rule; posted in a summary; Back on Course", "rise: likely to end above the budget; Likely Over",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

// TestForecast: a message tells three kinds of verdict apart, and says why where there is none.
func TestForecast(t *testing.T) {
	likely := forecast.Track{Likely: true}
	for _, tt := range []struct {
		name  string
		f     evaluate.Finding
		track forecast.Track
		want  string
	}{
		{"a chance below 0.4 is on course", foreseeing(findingOf(alertstest.ForecastRule(), 300, "v1"), 950), forecast.Track{}, "on course"},
		{"a chance that nothing was called at is neither", foreseeing(findingOf(alertstest.ForecastRule(), 300, "v1"), 1000), forecast.Track{}, "open"},
		{"what was called likely stays so at any chance", foreseeing(findingOf(alertstest.ForecastRule(), 300, "v1"), 950), likely, "likely"},
		{"no outlook is no prospect", findingOf(alertstest.ForecastRule(), 300, "v1"), likely, "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := "open"
			switch p := tt.f.ForecastSummary(tt.track); {
			case p == nil:
				got = "none"
			case p.Likely && p.OnCourse:
				got = "both"
			case p.Likely:
				got = "likely"
			case p.OnCourse:
				got = "on course"
			}
			if got != tt.want {
				t.Errorf("prospect = %s, want %s", got, tt.want)
			}
		})
	}
	early := findingOf(alertstest.ForecastRule(), 300, "v1")
	early.Forecast = forecast.Unknown(forecast.Position{}, forecast.UnknownEarly)
	if p := early.ForecastSummary(forecast.Track{}); p == nil || p.Unknown != forecast.UnknownEarly {
		t.Errorf("too early = %+v", p)
	}
}

// inWords tells how the budget stands, as the rows of the tables have it.
func inWords(s alerts.BudgetState) string {
	var words []string
	switch {
	case s.Threshold >= alerts.OverThreshold:
		return "Over"
	case s.Unknown != "":
		return "No Fresh Data"
	case s.Threshold > 0:
		words = append(words, s.Threshold.String()+" Used")
	}
	if s.Track.Likely {
		words = append(words, "Likely Over")
	}
	switch {
	case len(words) > 0:
		return strings.Join(words, ", ")
	case s.ParentID != "":
		return "Back on Course"
	}
	return "On Course"
}
