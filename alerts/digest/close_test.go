package digest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/report"
	"budgetbot/internal/alertstest"
)

func finalLine(rule string, used, limit int64) alerts.BudgetLine {
	return alerts.BudgetLine{
		BudgetID: alerts.BudgetID{Rule: rule, Month: alertstest.November}, Title: rule, Used: decimal.NewFromInt(used), Limit: decimal.NewFromInt(limit),
	}
}

func forecastDay(rule string, low, high int64) alerts.ForecastDay {
	return alerts.ForecastDay{BudgetID: alerts.BudgetID{Rule: rule, Month: alertstest.November}, Low: decimal.NewFromInt(low), High: decimal.NewFromInt(high)}
}

func TestCloseSettle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		lines       []alerts.BudgetLine
		forecast    []alerts.ForecastDay
		count, over int
		shown       []string
		held, of    int
		missed      string
	}{
		{"what went over or came near is shown", []alerts.BudgetLine{
			finalLine("over", 114, 100), finalLine("at", 100, 100), finalLine("near", 80, 100), finalLine("far", 79, 100),
		}, nil, 4, 2, []string{"over", "at", "near"}, 0, 0, ""},
		{"where none came near the nearest is", []alerts.BudgetLine{finalLine("first", 50, 100), finalLine("second", 40, 100)}, nil, 2, 0, []string{"first"}, 0, 0, ""},
		{"without a budget there is nothing to show", nil, nil, 0, 0, nil, 0, 0, ""},
		{
			"a forecast holds where the end is within its range, its ends included",
			[]alerts.BudgetLine{finalLine("in", 95, 100), finalLine("low", 90, 100), finalLine("high", 90, 100)},
			[]alerts.ForecastDay{forecastDay("in", 90, 100), forecastDay("low", 90, 100), forecastDay("high", 80, 90)},
			3, 0,
			[]string{"in", "low", "high"},
			3, 3, "",
		},
		{
			"the one that missed by the largest part of itself is named",
			[]alerts.BudgetLine{finalLine("above", 1100, 1000), finalLine("below", 10, 100), finalLine("held", 5, 100)},
			[]alerts.ForecastDay{forecastDay("above", 900, 1000), forecastDay("below", 15, 20), forecastDay("held", 4, 6)},
			3, 1,
			[]string{"above"},
			1, 3, "below",
		},
		{"what was foretold of a budget that is gone does not count", []alerts.BudgetLine{finalLine("a", 5, 100)}, []alerts.ForecastDay{forecastDay("gone", 4, 6)}, 1, 0, []string{"a"}, 0, 0, ""},
		{"nothing used is no division by zero", []alerts.BudgetLine{finalLine("a", 0, 100)}, []alerts.ForecastDay{forecastDay("a", 4, 6)}, 1, 0, []string{"a"}, 1, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var c alerts.Close
			c.Settle(tt.lines, tt.forecast)
			var shown []string
			for _, l := range c.Budgets {
				shown = append(shown, l.Rule)
			}
			missed := ""
			if c.Missed != nil {
				missed = c.Missed.Rule
			}
			if c.Count != tt.count || c.Over != tt.over || c.InRange != tt.held || c.Forecasts != tt.of || missed != tt.missed {
				t.Errorf("close = %+v, missed %q", c, missed)
			}
			if diff := cmp.Diff(tt.shown, shown); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFinalLinesLeaveOutWhatIsUnknown(t *testing.T) {
	t.Parallel()
	rule := &rules.Rule{Name: "a", Title: "A"}
	lines, unknown := finalLines([]evaluate.Finding{
		{Rule: rule, BudgetID: alerts.BudgetID{Rule: "a"}, Used: decimal.NewFromInt(5), Limit: decimal.NewFromInt(10)},
		{Rule: rule, BudgetID: alerts.BudgetID{Rule: "b"}, Unknown: "Fastly lists no usage"},
		{Rule: rule, BudgetID: alerts.BudgetID{Rule: "c"}, Used: decimal.NewFromInt(9), Limit: decimal.NewFromInt(10)},
	})
	if len(lines) != 2 || lines[0].Rule != "c" || lines[1].Rule != "a" || unknown != 1 {
		t.Errorf("lines = %+v, unknown %d", lines, unknown)
	}
}

func TestStatementOf(t *testing.T) {
	t.Parallel()
	estimate := alertstest.BillOfNovember("90")
	pending := statementOf(nil, alertstest.November, estimate)
	if pending.IsIn() || !pending.Estimate.Decimal.Equal(decimal.NewFromInt(90)) || !pending.EstimatedAt.Equal(estimate.AsOf) {
		t.Errorf("an estimate alone is %+v", pending)
	}
	if only := statementOf(estimate, alertstest.November, nil); only.IsIn() || only.Estimate.Valid {
		t.Errorf("an estimate for a bill is %+v", only)
	}
	in := statementOf(alertstest.BillOfNovember("100", "INV-1"), alertstest.November, estimate)
	if !in.IsIn() || !in.Total.Equal(decimal.NewFromInt(100)) || in.Currency != "USD" || !in.Estimate.Valid {
		t.Errorf("an invoice is %+v", in)
	}
	same := statementOf(alertstest.BillOfNovember("100", "INV-1"), alertstest.November, nil)
	corrected := statementOf(alertstest.BillOfNovember("101", "INV-1"), alertstest.November, nil)
	again := statementOf(alertstest.BillOfNovember("100", "INV-2"), alertstest.November, nil)
	if in.Version != same.Version || in.Version == corrected.Version || in.Version == again.Version {
		t.Errorf("versions: %s, the same %s, corrected %s, issued again %s", in.Version, same.Version, corrected.Version, again.Version)
	}
	var none *alerts.Statement
	if none.IsIn() {
		t.Error("no statement is in")
	}
}

func TestStatementCompare(t *testing.T) {
	t.Parallel()
	units := func(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }
	var s alerts.Statement
	apart := []report.Discrepancy{
		{UsageType: "small", Counted: units(1000), Billed: units(1010)},
		{UsageType: "large", Counted: units(1000), Billed: units(900)},
		{UsageType: "absent", Counted: units(1000)},
	}
	for range 10 {
		apart = append(apart, report.Discrepancy{UsageType: "tiny", Counted: units(1000), Billed: units(1006)})
	}
	s.Compare(apart)
	if len(s.Apart) != alerts.MostApart || s.Apart[0].UsageType != "absent" || s.Apart[1].UsageType != "large" || s.Apart[2].UsageType != "small" {
		t.Errorf("apart = %+v", s.Apart)
	}
}
