package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

func compared(months, against string) Question {
	read := func(text string) billing.Range {
		first, last, isRange := strings.Cut(text, "..")
		if !isRange {
			last = first
		}
		a, _ := billing.ParseMonth(first)
		b, _ := billing.ParseMonth(last)
		return billing.Range{First: a, Last: b}
	}
	return Question{Months: read(months), Against: read(against), By: ByUsageType}
}

// seen is a row's periods as text: "310 → 231, +10.0%".
func seen(r Row) string {
	figure := func(valid bool, text string) string {
		if !valid {
			return billing.Dash
		}
		return text
	}
	text := figure(r.Earlier.Valid, r.Earlier.Decimal.Shift(-12).String()) + " → " + figure(r.Later.Valid, r.Later.Decimal.Shift(-12).String())
	return text + ", " + figure(r.Change.Valid, billing.FormatChange(r.Change.Decimal))
}

func TestTwoPeriodsAreComparedPerDay(t *testing.T) {
	whole := func(year int, month time.Month, terabytes string) billing.Usage {
		m := billing.NewMonth(year, month)
		return counting(m, terabytes, m.End())
	}
	soFar := counting(billing.NewMonth(2026, time.November), "231", at(11, 22, 0))
	recorded := Prior{Rows: []billing.Usage{counting(billing.NewMonth(2026, time.October), "210", at(10, 22, 0))}, CountedTo: at(10, 22, 0)}
	lastYear := Prior{Rows: []billing.Usage{whole(2025, time.November, "200")}, CountedTo: time.Date(2025, time.November, 22, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		name            string
		months, against string
		rows            []billing.Usage
		prior           Prior
		want            string
	}{
		{
			"months that are over are compared whole, per day", "2026-10", "2026-09",
			[]billing.Usage{whole(2026, time.September, "300"), whole(2026, time.October, "341")},
			Prior{},
			"300 → 341, +10.0%",
		},
		{
			"what lies between two periods counts in neither", "2026-10", "2026-08",
			[]billing.Usage{whole(2026, time.August, "310"), whole(2026, time.September, "999"), whole(2026, time.October, "341")},
			Prior{},
			"310 → 341, +10.0%",
		},
		{
			"a month that runs is compared with the same days where they were recorded", "2026-11", "2026-10",
			[]billing.Usage{whole(2026, time.October, "310"), soFar},
			recorded, "210 → 231, +10.0%",
		},
		{
			"without a record it is compared with the whole month, per day", "2026-11", "2026-10",
			[]billing.Usage{whole(2026, time.October, "310"), soFar},
			Prior{},
			"310 → 231, +10.0%",
		},
		{
			"months that run are compared with the same part of as many months", "2026-10..2026-11", "2025-10..2025-11",
			[]billing.Usage{whole(2025, time.October, "310"), whole(2025, time.November, "900"), whole(2026, time.October, "310"), soFar},
			lastYear,
			"510 → 541, +6.1%",
		},
		{
			"a year that runs is compared with a whole one, per day of what was counted", "2026-10..2026-11", "2025-10..2025-12",
			[]billing.Usage{
				whole(2025, time.October, "310"), whole(2025, time.November, "300"), whole(2025, time.December, "310"), whole(2026, time.October, "310"), soFar,
			},
			lastYear,
			"920 → 541, +4.0%",
		},
		{
			"months without any row have no days", "2026-09..2026-10", "2026-07..2026-08",
			[]billing.Usage{whole(2026, time.August, "310"), whole(2026, time.September, "300"), whole(2026, time.October, "310")},
			Prior{},
			"310 → 610, 0.0%",
		},
		{
			"without figures of the earlier period nothing is compared, and nothing is zero", "2026-10", "2025-10",
			[]billing.Usage{whole(2026, time.October, "310")},
			Prior{},
			"– → 310, –",
		},
		{
			"what was used in the earlier period alone stays", "2026-10", "2026-09",
			[]billing.Usage{whole(2026, time.September, "300")},
			Prior{},
			"300 → –, –",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := Tabulate(compared(tt.months, tt.against), Data{Rows: tt.rows, Prior: tt.prior}, at(11, 22, 9))
			if len(table.Groups) != 1 {
				t.Fatalf("there are %d groups", len(table.Groups))
			}
			g := table.Groups[0]
			if got := seen(g.Total); got != tt.want || len(g.Rows) != 1 || seen(g.Rows[0]) != tt.want {
				t.Errorf("it is %q of %d rows, want %q", got, len(g.Rows), tt.want)
			}
		})
	}
}

func TestTwoPeriodsNameTheMonthsThatAreMissing(t *testing.T) {
	table := Tabulate(compared("2026-09..2026-10", "2025-09..2025-10"), Data{Rows: []billing.Usage{
		counting(billing.NewMonth(2026, time.October), "1", time.Time{}), counting(billing.NewMonth(2025, time.October), "1", time.Time{}),
	}}, at(11, 22, 9))
	if got := text(table.Missing); got != "2025-09 2026-09" {
		t.Errorf("missing are %s", got)
	}
	var csv bytes.Buffer
	if err := table.WriteCSV(&csv, csvfile.ForPrograms); err != nil {
		t.Fatal(err)
	}
	for _, month := range []string{"\n2025-09,", "\n2025-10,", "\n2026-09,", "\n2026-10,"} {
		if strings.Count(csv.String(), month) != 1 {
			t.Errorf("the file has no line for %q:\n%s", month, csv.String())
		}
	}
}

func text(months []billing.Month) string {
	names := make([]string, len(months))
	for i, m := range months {
		names[i] = m.String()
	}
	return strings.Join(names, " ")
}

func TestTwoPeriodsOfCost(t *testing.T) {
	june := julyBill()
	june.Month = july.Add(-1)
	june.Charges = append([]billing.Charge(nil), june.Charges...)
	june.Charges[3].Amount = dec("2332.16")
	may := june
	may.Month = july.Add(-2)
	estimate := julyBill()
	estimate.Invoices, estimate.AsOf = nil, at(7, 22, 6)
	tiered := estimate
	tiered.Charges = append([]billing.Charge(nil), estimate.Charges...)
	for i := range tiered.Charges {
		if tiered.Charges[i].Kind == billing.ChargeUsage && tiered.Charges[i].Rate.Valid {
			cheaper := tiered.Charges[i]
			cheaper.Amount, cheaper.Rate.Decimal = dec("1"), cheaper.Rate.Decimal.Div(dec("2"))
			tiered.Charges = append(tiered.Charges, cheaper)
			break
		}
	}
	for _, tt := range []struct {
		name            string
		months, against string
		bills           []billing.Bill
		change, perDay  string
	}{
		{"invoices of as many months are compared as a whole", "2026-07", "2026-06", []billing.Bill{june, julyBill()}, "+8.2%", "+15.2%: 87.473 → 100.780"},
		{"of more months only what was counted is compared, per day", "2026-06..2026-07", "2026-05", []billing.Bill{may, june, julyBill()}, "", "+11.3%: 84.651 → 94.236"},
		{"of an estimate, too", "2026-07", "2026-06", []billing.Bill{june, estimate}, "", "+68.1%: 87.473 → 147.021"},
		{"an estimate in tiers is not: a month's first days cost more", "2026-07", "2026-06", []billing.Bill{june, tiered}, "", ""},
		{"without an earlier bill nothing is compared", "2026-07", "2026-06", []billing.Bill{julyBill()}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := compared(tt.months, tt.against)
			q.Cost = true
			total := Tabulate(q, Data{Bills: tt.bills}, at(8, 20, 0)).ToTheCent().Groups[0].Total
			got := ""
			if total.Change.Valid {
				got = billing.FormatChange(total.Change.Decimal)
			}
			if got != tt.change || perDay(total.Usage) != tt.perDay {
				t.Errorf("the change is %q, per day %q, want %q and %q", got, perDay(total.Usage), tt.change, tt.perDay)
			}
			var sum, earlier int64
			for i, m := range q.asked() {
				if q.Months.Contains(m) {
					sum += total.Figures[i].Decimal.Shift(2).IntPart()
				} else {
					earlier += total.Figures[i].Decimal.Shift(2).IntPart()
				}
			}
			if total.Sum.Shift(2).IntPart() != sum || total.Later.Decimal.Shift(2).IntPart() != sum || total.Earlier.Decimal.Shift(2).IntPart() != earlier {
				t.Errorf("%s and %s are not the sums of %v", total.Earlier.Decimal, total.Later.Decimal, total.Figures)
			}
		})
	}
}
