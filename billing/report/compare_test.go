package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

func TestCompare(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	february, march := billing.NewMonth(2026, time.February), billing.NewMonth(2026, time.March)
	whole := counting(october, "310", at(11, 1, 0))
	soFar := counting(november, "231", at(11, 22, 0))
	recorded := counting(october, "210", at(10, 22, 0))
	watching := at(10, 1, 0)
	for _, tt := range []struct {
		name   string
		rows   []billing.Usage
		prior  Prior
		now    time.Time
		versus *Comparison
		change string // empty: none
	}{
		{
			"months that are over are compared whole, per day",
			[]billing.Usage{whole, counting(november, "330", at(12, 1, 0))},
			Prior{},
			at(12, 20, 0),
			&Comparison{Month: november, Against: october}, "+10.0%",
		},
		{
			"a month that is not over is compared with the same days that were recorded",
			[]billing.Usage{whole, soFar},
			Prior{Rows: []billing.Usage{recorded}, CountedTo: at(10, 22, 0), WatchingSince: watching},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 0), AgainstUntil: at(10, 22, 0), WatchingSince: watching}, "+10.0%",
		},
		{
			"a record of a few hours more is compared per day",
			[]billing.Usage{whole, soFar},
			Prior{Rows: []billing.Usage{recorded}, CountedTo: at(10, 22, 6), WatchingSince: watching},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 0), AgainstUntil: at(10, 22, 6), WatchingSince: watching}, "+11.3%",
		},
		{
			"a day that is not complete is compared to its hour",
			[]billing.Usage{whole, counting(november, "233.75", at(11, 22, 6))},
			Prior{Rows: []billing.Usage{counting(october, "212.5", at(10, 22, 6))}, CountedTo: at(10, 22, 6), WatchingSince: watching},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 6), AgainstUntil: at(10, 22, 6), WatchingSince: watching}, "+10.0%",
		},
		{
			"a record of other days is none",
			[]billing.Usage{whole, soFar},
			Prior{Rows: []billing.Usage{recorded}, CountedTo: at(10, 25, 0), WatchingSince: watching},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 0), AgainstUntil: at(10, 22, 0), Unknown: true, Why: GapNoRecord, WatchingSince: watching}, "",
		},
		{
			"without a record nothing is compared, least of all against the whole month",
			[]billing.Usage{whole, soFar},
			Prior{},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 0), AgainstUntil: at(10, 22, 0), Unknown: true, Why: GapNoRecord}, "",
		},
		{
			"a record that cannot be read is not the same as none",
			[]billing.Usage{whole, soFar},
			Prior{Unreadable: true},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Days: 21, Until: at(11, 22, 0), AgainstUntil: at(10, 22, 0), Unknown: true, Why: GapUnreadable}, "",
		},
		{
			"without a date the days so far are not known",
			[]billing.Usage{whole, counting(november, "231", time.Time{})},
			Prior{WatchingSince: watching},
			at(11, 22, 9),
			&Comparison{Month: november, Against: october, Unknown: true, Why: GapUndated, WatchingSince: watching}, "",
		},
		{
			"a few hours are too few",
			[]billing.Usage{whole, counting(november, "1", at(11, 1, 6))},
			Prior{},
			at(11, 1, 9),
			&Comparison{Month: november, Against: october, Unknown: true, Why: GapUndated}, "",
		},
		{
			"a month that has just ended may lack its last days",
			[]billing.Usage{whole, counting(november, "319", at(11, 30, 0))},
			Prior{Rows: []billing.Usage{counting(october, "290", at(10, 30, 0))}, CountedTo: at(10, 30, 0)},
			at(12, 1, 2),
			&Comparison{Month: november, Against: october, Days: 29, Until: at(11, 30, 0), AgainstUntil: at(10, 30, 0)}, "+10.0%",
		},
		{
			"days beyond the shorter month before are compared with the whole of it",
			[]billing.Usage{counting(february, "280", at(3, 1, 0)), counting(march, "330", at(3, 31, 0))},
			Prior{},
			at(3, 31, 9),
			&Comparison{Month: march, Against: february, Days: 30, Until: at(3, 31, 0), AgainstUntil: at(3, 1, 0)}, "+10.0%",
		},
		{"a month without rows is compared with nothing", []billing.Usage{whole}, Prior{}, at(11, 22, 9), nil, ""},
		{"a month before without rows is none", []billing.Usage{counting(november, "330", at(12, 1, 0))}, Prior{}, at(12, 20, 0), nil, ""},
		{
			"a month before that was nothing has no ratio",
			[]billing.Usage{counting(october, "0", at(11, 1, 0)), counting(november, "330", at(12, 1, 0))},
			Prior{},
			at(12, 20, 0),
			&Comparison{Month: november, Against: october}, "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			last := november
			if tt.rows[0].Month == february {
				last = march
			}
			table := tabulate(t, Question{Months: billing.One(last)}, Data{Rows: tt.rows, Prior: tt.prior}, tt.now)
			if diff := cmp.Diff(tt.versus, table.Versus, equalMonths); diff != "" {
				t.Errorf("comparison (-want +got):\n%s", diff)
			}
			got := ""
			for _, g := range table.Groups {
				if change := g.Total.Change; change.Valid {
					got = billing.FormatChange(change.Decimal)
				}
			}
			if got != tt.change {
				t.Errorf("change is %q, want %q", got, tt.change)
			}
		})
	}
}

func TestRecordedRowsAreNotShown(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	gone := counting(october, "5", at(10, 22, 0))
	gone.UsageType = "Europe Bandwidth"
	prior := Prior{Rows: []billing.Usage{counting(october, "210", at(10, 22, 0)), gone}, CountedTo: at(10, 22, 0)}
	rows := []billing.Usage{counting(november, "215", at(11, 22, 0))}
	table := tabulate(t, Question{Months: billing.One(november)}, Data{Rows: rows, Prior: prior}, at(11, 22, 9))
	checkSketch(t, table, `
		Bandwidth, TB | 215.0 | 100% | 0.0%
		Asia Bandwidth | 215.0 | 100% | +2.4%`)
	group := table.Groups[0]
	if total, row := group.Total.Earlier.Decimal, group.Rows[0].Earlier.Decimal; !total.Equal(dec("215e12")) || !row.Equal(dec("210e12")) {
		t.Errorf("earlier figures are %s in all and %s, want 215 and 210 TB", total, row)
	}
}
