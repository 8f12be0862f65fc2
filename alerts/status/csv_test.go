package status

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/internal/alertstest"
)

func TestBudgetsAsCSV(t *testing.T) {
	t.Parallel()
	october := alertstest.November.Add(-1)
	line := alerts.BudgetLine{
		BudgetID: alerts.BudgetID{Rule: "na", Month: alertstest.November}, Title: "North, \"America\"", Measure: billing.Measure{Noun: "bandwidth", Bytes: true},
		Used: decimal.New(99_999, 0), Limit: decimal.New(100_000, 0), CountedTo: alertstest.Nov21.In(time.FixedZone("", 3600)), Owners: []rules.Person{{Name: "finops"}, {Name: "@ops"}},
		Forecast: &alerts.Forecast{Low: decimal.New(110_000, 0), Expected: decimal.New(120_000, 0), High: decimal.New(130_000, 0), Likely: true},
	}
	known := alerts.BudgetStatus{Line: line, Known: true, Channel: "cdn"}
	unread := known
	unread.Known, unread.Unknown, unread.Line.Forecast, unread.Line.Title = false, "two `units`", nil, "=cmd()"
	ended := known
	ended.Line.Month, ended.Line.Forecast, ended.Line.Measure, ended.Line.Used = october, nil, billing.Cost("USD"), decimal.New(-1250, -2)
	ended.Ending = &alerts.Ending{}
	group := known
	group.Count, group.Instances = 2, []alerts.BudgetStatus{known, known}
	group.Instances[0].Line.Instance, group.Instances[1].Line.Instance = "www", "+api"
	var text strings.Builder
	if err := WriteCSV(&text, csvfile.ForPrograms, []alerts.BudgetStatus{known, unread, ended, group}, alertstest.Noon); err != nil {
		t.Fatal(err)
	}
	want := `month,rule,title,scope,owners,channel,limit,used,unit,percent,state,likely_end,likely_low,likely_high,data_to,remarks
2026-11,na,"North, ""America""",,"finops, @ops",cdn,100000,99999,bytes,99.99,likely over,120000,110000,130000,2026-11-22T00:00:00Z,
2026-11,na,'=cmd(),,"finops, @ops",cdn,100000,,bytes,,no data,,,,,no current figure: two units
2026-10,na,"North, ""America""",,"finops, @ops",cdn,100000,-12.5,USD,-0.02,below every threshold,,,,2026-11-22T00:00:00Z,no record of this month; the limit is today's
2026-11,na,"North, ""America""",www,"finops, @ops",cdn,100000,99999,bytes,99.99,likely over,120000,110000,130000,2026-11-22T00:00:00Z,
2026-11,na,"North, ""America""",'+api,"finops, @ops",cdn,100000,99999,bytes,99.99,likely over,120000,110000,130000,2026-11-22T00:00:00Z,
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
