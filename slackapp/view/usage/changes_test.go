package usageview

import (
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

func TestWhyThereIsNoChange(t *testing.T) {
	november := billing.NewMonth(2026, time.November)
	of := func(v report.Comparison) *report.Comparison {
		v.Whole, v.Month, v.Against, v.IsPerDay = true, november, november.Add(-1), true
		return &v
	}
	for _, tt := range []struct {
		name   string
		versus *report.Comparison
		want   string
	}{
		{"bills were compared and none of their rows moved", of(report.Comparison{}), "Nothing moved its measure by as much as 0.1% against October."},
		{
			"while tiers are not full yet nothing is compared, and the answer says why",
			of(report.Comparison{IsTiered: true}),
			"Nothing is compared with October: a month's first days cost more, since rates fall with volume.",
		},
		{"there is no month before", nil, "There's nothing to compare November 2026 with."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := report.Question{Months: billing.One(november), Cost: true, Show: report.ShowChanges}
			if got := NoChange(report.Table{Question: q, Months: []billing.Month{november}, Versus: tt.versus}); got != tt.want {
				t.Errorf("it says %q, want %q", got, tt.want)
			}
		})
	}
}
