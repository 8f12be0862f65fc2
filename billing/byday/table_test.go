package byday

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/daily"
	"budgetbot/billing/report"
	"budgetbot/internal/billingtest"
)

var dec = billingtest.Dec

// on returns a day of November 2026, which began on a Sunday; 0 is October 31.
func on(day int) time.Time { return time.Date(2026, time.November, day, 0, 0, 0, 0, time.UTC) }

func days(first, last int) billing.Days { return billing.Days{First: on(first), Last: on(last)} }

// kept is a store of days: bandwidth in TB by region or service, from a day on.
type kept struct {
	rows    []billing.DayTraffic
	unknown []time.Time
	err     error
	reads   []billing.Days
}

func (k *kept) read(days billing.Days, wanted func(billing.DayTraffic) bool) (daily.Reading, error) {
	k.reads = append(k.reads, days)
	r := daily.Reading{Since: on(-700), To: on(21)}
	for _, row := range k.rows {
		if days.Contains(row.Day) && wanted(row) {
			r.Rows = append(r.Rows, row)
		}
	}
	for _, day := range k.unknown {
		if days.Contains(day) {
			r.Unknown = append(r.Unknown, day)
		}
	}
	return r, k.err
}

func (k *kept) Regions(_ context.Context, days billing.Days) (daily.Reading, error) {
	return k.read(days, func(row billing.DayTraffic) bool { return row.Service == "" })
}

func (k *kept) Services(_ context.Context, days billing.Days, _ ...string) (daily.Reading, error) {
	return k.read(days, func(row billing.DayTraffic) bool { return row.Service != "" })
}

func (k *kept) add(region, service string, first int, terabytes ...string) *kept {
	for i, tb := range terabytes {
		row := billing.DayTraffic{Day: on(first + i), Region: region, Bandwidth: dec(tb).Shift(12), Requests: dec(tb).Shift(9)}
		if service != "" {
			row.Service, row.ServiceName = service, "name of "+service
		}
		k.rows = append(k.rows, row)
	}
	return k
}

// billedRows is an account whose usage is read.
type billedRows []billing.Usage

func (b billedRows) Read(_ context.Context, months billing.Range) (billing.Reading, error) {
	return billing.NewReading(slices.DeleteFunc(slices.Clone(b), func(u billing.Usage) bool { return !months.Contains(u.Month) }), billing.Freshness{}, months), nil
}

func (billedRows) ServiceUsage(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error {
	return errors.New("services by month aren't needed")
}

func usage(product, usageType, region, unit, quantity string, to time.Time) billing.Usage {
	return billing.Usage{Month: billing.MonthOf(on(1)), Product: product, UsageType: usageType, Region: region, Unit: unit, Quantity: dec(quantity), CountedTo: to}
}

var account = billedRows{
	usage("cdn_usage", "Asia Bandwidth", "Asia", "gb", "21000", on(22)),
	usage("cdn_usage", "Europe Bandwidth", "Europe", "gb", "43000", on(22)),
	usage("compute_requests", "Compute Requests", "", "unit", "5", on(22)),
	usage("object_storage", "Object Storage", "", "gb", "70", on(22)),
}

// ask answers a question; days are those from the 15th to the 21st, a week from a Sunday.
func ask(t *testing.T, a Asker, change func(*report.Question)) Table {
	t.Helper()
	q := report.Question{Days: days(15, 21), By: report.ByDay}
	if change != nil {
		change(&q)
	}
	q.Months = q.Days.Months()
	table, err := a.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// text writes lines as "name figure earlier change", figures of the first column in TB.
func text(t Table) string {
	var lines []string
	tb := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return "?"
		}
		return d.Decimal.Shift(-12).String()
	}
	for _, l := range append(slices.Clone(t.Lines), t.Total) {
		name := l.Name
		if name == "" {
			name = l.Days.String()
		}
		change := "?"
		if l.Change.Valid {
			change = l.Change.Decimal.Round(3).String()
		}
		lines = append(lines, strings.Join([]string{name, tb(l.Figures[0]), tb(l.Earlier), change}, " "))
	}
	return strings.Join(lines, "\n")
}

func twoWeeks() *kept {
	return (&kept{}).
		add("Asia", "", 8, "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "2").
		add("Europe", "", 8, "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "6", "5")
}

func TestDaysAreAddedUpAndCompared(t *testing.T) {
	for _, test := range []struct {
		name   string
		kept   func(*kept)
		change func(*report.Question)
		want   string
	}{
		{
			"each day has its own line, beside the same weekday before", nil, func(q *report.Question) { q.Days = days(20, 21) },
			"2026-11-20 7 3 1.333\n2026-11-21 7 3 1.333\n2026-11-20..2026-11-21 14 6 1.333",
		},
		{
			"a region alone", nil, func(q *report.Question) { q.Days, q.Region = days(21, 21), "Asia" },
			"2026-11-21 2 1 1\n2026-11-21 2 1 1",
		},
		{
			"weeks begin on Monday", func(k *kept) { k.add("Asia", "", 1, "1", "1", "1", "1", "1", "1", "1") },
			func(q *report.Question) { q.By = report.ByWeek },
			"2026-11-15 3 3 0\n2026-11-16..2026-11-21 26 18 0.444\n2026-11-15..2026-11-21 29 21 0.381",
		},
		{
			"regions are in the order of their size", nil, func(q *report.Question) { q.By = report.ByRegion },
			"Europe 21 14 0.5\nAsia 8 7 0.143\n2026-11-15..2026-11-21 29 21 0.381",
		},
		{
			"a day that is not known has no figure, and the total compares the days that are", func(k *kept) { k.unknown = []time.Time{on(21)} },
			func(q *report.Question) { q.Days = days(20, 21) },
			"2026-11-20 7 3 1.333\n2026-11-21 ? ? ?\n2026-11-20..2026-11-21 7 3 1.333",
		},
		{
			"a day before that is not known is not compared", func(k *kept) { k.unknown = []time.Time{on(13)} },
			func(q *report.Question) { q.Days = days(20, 21) },
			"2026-11-20 7 ? ?\n2026-11-21 7 3 1.333\n2026-11-20..2026-11-21 14 ? ?",
		},
		{
			"a day without traffic is zero, which has no change as a basis", func(k *kept) {
				k.rows = slices.DeleteFunc(k.rows, func(row billing.DayTraffic) bool { return row.Day.Equal(on(14)) })
			},
			func(q *report.Question) { q.Days = days(21, 21) },
			"2026-11-21 7 0 ?\n2026-11-21 7 0 ?",
		},
		{
			"two runs of one length are compared day by day", nil,
			func(q *report.Question) { q.Days, q.AgainstDays = days(20, 21), days(18, 19) },
			"2026-11-20 7 3 1.333\n2026-11-21 7 3 1.333\n2026-11-20..2026-11-21 14 6 1.333",
		},
		{
			"two runs of different length are compared per day, as a whole", nil,
			func(q *report.Question) { q.Days, q.AgainstDays = days(21, 21), days(18, 19) },
			"2026-11-21 7 ? ?\n2026-11-21 7 6 1.333",
		},
		{
			"ten days are compared with those two weeks before", func(k *kept) { k.add("Asia", "", -2, "1", "1", "1", "1", "1", "1", "1", "1", "1", "1") },
			func(q *report.Question) { q.Days, q.By = days(12, 21), report.ByRegion },
			"Europe 27 0 ?\nAsia 11 10 0.1\n2026-11-12..2026-11-21 38 10 2.8",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := twoWeeks()
			if test.kept != nil {
				test.kept(k)
			}
			if got := text(ask(t, Asker{Days: k, Usage: account}, test.change)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestWhoMadeTheChange(t *testing.T) {
	k := twoWeeks().
		add("", "S1", 8, "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2", "6", "5").
		add("", "S2", 8, "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "2")
	got := ask(t, Asker{Days: k, Usage: account}, nil).Leads
	if len(got) != 2 || got[0].Name != "Europe" || !got[0].Delta.Equal(dec("7").Shift(12)) || got[1].Name != "name of S1" || got[1].Kind != report.ByService {
		t.Errorf("leads are %+v", got)
	}
	if got := ask(t, Asker{Days: k, Usage: account}, func(q *report.Question) { q.Days = days(15, 19) }).Leads; got != nil {
		t.Errorf("nothing changed, and leads are %+v", got)
	}
	if got := ask(t, Asker{Days: k, Usage: account}, func(q *report.Question) { q.Region = "Europe" }).Leads; got != nil {
		t.Errorf("of one region, leads are %+v", got)
	}
}

func TestServicesAndTeams(t *testing.T) {
	k := (&kept{}).add("", "S1", 21, "4").add("", "S2", 21, "1").add("", "S3", 21, "2")
	a := Asker{Days: k, Usage: account, TeamOf: func(_, id string) string { return map[string]string{"S1": "shop", "S2": "shop"}[id] }}
	for _, test := range []struct {
		name   string
		change func(*report.Question)
		want   string
	}{
		{"by service", func(q *report.Question) { q.By = report.ByService }, "name of S1 4 ? ?\nname of S3 2 ? ?\nname of S2 1 ? ?\n2026-11-21 7 ? ?"},
		{"the rest below the top", func(q *report.Question) { q.By, q.Top = report.ByService, 1 }, "name of S1 4 ? ?\n2026-11-21 7 ? ?"},
		{"one by its name", func(q *report.Question) { q.Service = "name of S2" }, "2026-11-21 1 ? ?\n2026-11-21 1 ? ?"},
		{"one by its id", func(q *report.Question) { q.Service = "S2" }, "2026-11-21 1 ? ?\n2026-11-21 1 ? ?"},
		{"by team, with those of none", func(q *report.Question) { q.By = report.ByTeam }, "shop 5 ? ?\nNo Team 2 ? ?\n2026-11-21 7 ? ?"},
		{"the services of a team", func(q *report.Question) { q.By, q.Team = report.ByService, "shop" }, "name of S1 4 ? ?\nname of S2 1 ? ?\n2026-11-21 5 ? ?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k.unknown = []time.Time{on(14)}
			table := ask(t, a, func(q *report.Question) { q.Days = days(21, 21); test.change(q) })
			if got := text(table); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if table.Question.Top == 1 && (table.RestCount != 2 || !table.Rest.Figures[0].Decimal.Equal(dec("3").Shift(12))) {
				t.Errorf("the rest is %d lines, %+v", table.RestCount, table.Rest)
			}
		})
	}
	if table := ask(t, a, func(q *report.Question) { q.Service = "www" }); table.HasFigures() || table.Unnamed != 0 {
		t.Errorf("of a service that there is not:\n%s", text(table))
	}
	k.rows[0].ServiceName = ""
	if table := ask(t, a, func(q *report.Question) { q.Service = "name of S1" }); table.HasFigures() || table.Unnamed != 1 {
		t.Errorf("of a service whose name is not known, %d without:\n%s", table.Unnamed, text(table))
	}
	a.TeamOf = nil
	if _, err := a.Ask(t.Context(), report.Question{Days: days(21, 21), By: report.ByTeam}); !errors.Is(err, report.ErrNoTeams) {
		t.Errorf("without teams: %v", err)
	}
}

func TestWhichFiguresAQuestionIsAbout(t *testing.T) {
	k := twoWeeks()
	k.rows[0].ComputeRequests, k.rows[13].ComputeRequests = dec("10"), dec("30") // of the 8th and the 21st
	for _, test := range []struct {
		name    string
		change  func(*report.Question)
		columns string
		first   string
	}{
		{"everything that is measured", func(*report.Question) {}, "Bandwidth, Requests", "29000000000000"},
		{"a measure", func(q *report.Question) { q.Measure = "bandwidth" }, "Bandwidth", "29000000000000"},
		{"the product of the statistics", func(q *report.Question) { q.Product = "cdn_usage" }, "Bandwidth", "29000000000000"},
		{"a usage type of one region", func(q *report.Question) { q.UsageType = "Asia Bandwidth" }, "Bandwidth", "8000000000000"},
		{"requests of Compute", func(q *report.Question) { q.UsageType = "Compute Requests" }, "Compute Requests", "30"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := ask(t, Asker{Days: k, Usage: account}, test.change)
			var names []string
			for _, c := range table.Columns {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, ", "); got != test.columns || table.Total.Figures[0].Decimal.String() != test.first || table.Recorded {
				t.Errorf("columns are %s, the first %s, recorded %t", got, table.Total.Figures[0].Decimal, table.Recorded)
			}
		})
	}
}

func TestWhatWasMeasuredStandsBesideWhatWasBilled(t *testing.T) {
	k := twoWeeks().add("Europe", "", 1, "2", "2", "2", "2", "2", "2", "2")
	got := ask(t, Asker{Days: k, Usage: account}, nil).Billed
	if got == nil || !got.Measured.Equal(dec("64").Shift(12)) || !got.Billed.Equal(dec("64000").Shift(9)) || !got.To.Equal(on(22)) {
		t.Fatalf("of the account: %+v", got)
	}
	got = ask(t, Asker{Days: k, Usage: account}, func(q *report.Question) { q.Region = "Asia" }).Billed
	if got == nil || !got.Billed.Equal(dec("21000").Shift(9)) || !got.Measured.Equal(dec("15").Shift(12)) {
		t.Errorf("of a region: %+v", got)
	}
	k.unknown = []time.Time{on(3)}
	if got := ask(t, Asker{Days: k, Usage: account}, nil).Billed; got != nil {
		t.Errorf("with a day missing: %+v", got)
	}
	inside := slices.Clone(account)
	for i := range inside {
		inside[i].CountedTo = on(21).Add(5 * time.Hour)
	}
	k.unknown = nil
	if got := ask(t, Asker{Days: k, Usage: inside}, nil).Billed; got != nil {
		t.Errorf("counted to within a day: %+v", got)
	}
}

// record is what was recorded of object storage.
type record []daily.Recorded

func (r record) RecordedSince(context.Context, billing.Month) ([]daily.Recorded, error) {
	return r, nil
}

func TestOtherUsageTypesComeFromTheRecord(t *testing.T) {
	var r record
	for day, used := range map[int]string{17: "40", 18: "44", 19: "47", 21: "57"} {
		r = append(r, daily.Recorded{Usage: usage("object_storage", "Object Storage", "", "gb", used, on(day+1)), Day: on(day)})
	}
	slices.SortFunc(r, func(a, b daily.Recorded) int { return a.Day.Compare(b.Day) })
	table := ask(t, Asker{Days: &kept{}, Usage: account, Record: r}, func(q *report.Question) { q.Days, q.Product = days(18, 21), "object_storage" })
	want := "2026-11-18 0.004 ? ?\n2026-11-19 0.003 ? ?\n2026-11-20 0.005 ? ?\n2026-11-21 0.005 ? ?\n2026-11-18..2026-11-21 0.017 ? ?"
	if got := text(table); got != want || !table.Recorded || !table.Since.Equal(on(17)) || !table.To.Equal(on(22)) {
		t.Errorf("recorded %t since %s to %s:\n%s\nwant\n%s", table.Recorded, table.Since, table.To, got, want)
	}
	table = ask(t, Asker{Days: &kept{}, Usage: account, Record: r}, func(q *report.Question) { q.Days, q.Product = days(21, 23), "object_storage" })
	if len(table.Unknown) != 2 || table.Lines[1].Figures[0].Valid || table.Total.Change.Valid {
		t.Errorf("days that are not recorded: %v\n%s", table.Unknown, text(table))
	}
	if table := ask(t, Asker{Days: &kept{}, Usage: account}, func(q *report.Question) { q.Product = "object_storage" }); table.HasFigures() {
		t.Errorf("without a record:\n%s", text(table))
	}
}

func TestWithoutDaysThereIsNoAnswer(t *testing.T) {
	if _, err := (Asker{Usage: account}).Ask(t.Context(), report.Question{Days: days(21, 21)}); !errors.Is(err, report.ErrNoDays) {
		t.Errorf("nothing is kept: %v", err)
	}
	broken := errors.New("the database is gone")
	if _, err := (Asker{Days: &kept{err: broken}, Usage: account}).Ask(t.Context(), report.Question{Days: days(21, 21), By: report.ByDay}); !errors.Is(err, broken) {
		t.Errorf("the store fails: %v", err)
	}
}

// A comparison with days long before reads these days alone, and not a year of days between.
func TestDaysBetweenTwoPeriodsAreNotRead(t *testing.T) {
	k := twoWeeks()
	ask(t, Asker{Days: k, Usage: account}, func(q *report.Question) { q.By, q.AgainstDays = report.ByRegion, days(15-364, 21-364) })
	for _, read := range k.reads {
		if read.Len() > 31 {
			t.Errorf("%s is read", read)
		}
	}
}

// Lines that are parts add up to the total, in every column.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := &kept{}
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			k.add(rapid.SampledFrom([]string{"Asia", "Europe", "India"}).Draw(t, "region"), "", rapid.IntRange(1, 21).Draw(t, "day"), rapid.StringMatching(`[1-9][0-9]{0,2}`).Draw(t, "tb"))
		}
		by := rapid.SampledFrom([]report.Breakdown{report.ByDay, report.ByWeek, report.ByRegion}).Draw(t, "by")
		top := 0
		if by == report.ByRegion {
			top = rapid.IntRange(0, 2).Draw(t, "top")
		}
		q := report.Question{Days: days(15, 21), Months: days(15, 21).Months(), By: by, Top: top}
		table, err := Asker{Days: k, Usage: account}.Ask(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		lines := table.Lines
		if table.Rest != nil {
			lines = append(lines, *table.Rest)
		}
		for i := range table.Columns {
			var sum, before decimal.Decimal
			for _, line := range lines {
				sum, before = sum.Add(line.Figures[i].Decimal), before.Add(line.Earlier.Decimal)
			}
			if !sum.Equal(table.Total.Figures[i].Decimal) || i == 0 && !before.Equal(table.Total.Earlier.Decimal) {
				t.Fatalf("column %d sums to %s, total %s\n%s", i, sum, table.Total.Figures[i].Decimal, text(table))
			}
		}
	})
}

func TestCSVHasEveryFigure(t *testing.T) {
	k := twoWeeks()
	k.unknown = []time.Time{on(21)}
	var out strings.Builder
	table := ask(t, Asker{Days: k, Usage: account}, func(q *report.Question) { q.Days = days(20, 21) })
	if err := table.WriteCSV(&out, csvfile.ForPrograms); err != nil {
		t.Fatal(err)
	}
	want := `first_day,last_day,name,id,measure,quantity,unknown_days
2026-11-20,2026-11-20,,,Bandwidth,7000000000000,
2026-11-20,2026-11-20,,,Requests,7000000000,
2026-11-21,2026-11-21,,,Bandwidth,,1
2026-11-21,2026-11-21,,,Requests,,1
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
