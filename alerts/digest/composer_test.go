package digest

import (
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
	"budgetbot/internal/alertstest"
)

// account is what a test reads from Fastly: usage, remembered or fresh.
type account struct {
	rows []billing.Usage
	err  error
}

func (a *account) Usage(_ context.Context, months billing.Range) ([]billing.Usage, error) {
	var of []billing.Usage
	for _, row := range a.rows {
		if months.Contains(row.Month) {
			of = append(of, row)
		}
	}
	return of, a.err
}

func (a *account) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	rows, err := a.Usage(ctx, months)
	return billing.NewReading(rows, billing.Freshness{ReadAt: alertstest.Noon}, months), err
}

func (a *account) ServiceUsage(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return page([]billing.ServiceUsage{{
		Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceName: "shop-web", ServiceID: "S1", Quantity: decimal.New(1, 0),
	}})
}

// bills are what a test says that Fastly bills.
type bills struct {
	all []billing.Bill
	err error
}

func (b *bills) ReadBills(_ context.Context, months billing.Range, _ time.Time) (billing.BillReading, error) {
	var of []billing.Bill
	for _, bill := range b.all {
		if months.Contains(bill.Month) {
			of = append(of, bill)
		}
	}
	return billing.BillReading{Bills: of}, b.err
}

// past is what a test says was kept.
type past struct {
	estimate  *billing.Bill
	forecasts []alerts.ForecastDay
	day       time.Time // that was asked for
	incidents []alerts.Incident
	checked   map[billing.Month][]billing.Usage // as the newest check read it, at noon less an hour
}

func (p *past) LatestUsage(_ context.Context, month billing.Month) ([]billing.Usage, time.Time, bool, error) {
	return p.checked[month], alertstest.Noon.Add(-time.Hour), len(p.checked[month]) > 0, nil
}

func (p *past) Incidents(context.Context, billing.Month) ([]alerts.Incident, error) {
	return p.incidents, nil
}

func (p *past) LastEstimate(context.Context, billing.Month) (*billing.Bill, error) {
	return p.estimate, nil
}

func (p *past) ForecastsOn(_ context.Context, _ billing.Month, day time.Time) ([]alerts.ForecastDay, error) {
	p.day = day
	return p.forecasts, nil
}

// recorded is what the store has of budgets.
type recorded struct {
	checks alerts.CheckStatus
	err    error
}

func (*recorded) BudgetStates(context.Context, billing.Month) ([]alerts.BudgetState, error) {
	return nil, nil
}

func (*recorded) ForecastsOn(context.Context, billing.Month, time.Time) ([]alerts.ForecastDay, error) {
	return nil, nil
}

func (*recorded) Alerts(context.Context, alerts.BudgetID) ([]alerts.Alert, error) { return nil, nil }

func (r *recorded) CheckStatus(context.Context) (alerts.CheckStatus, error) { return r.checks, r.err }

const digestRules = `
teams: {shop: {services: ["shop-*"]}}
defaults: {channel: cdn}
rules:
  - {name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}
  - {name: eu, product: cdn_usage, usage_type: Europe Bandwidth, budget: 400 TB}
`

// composing is a Composer of tests with what it reads.
type composing struct {
	*Composer
	account *account
	bills   *bills
	past    *past
	records *recorded
}

func newComposing(t *testing.T) *composing {
	t.Helper()
	set := alertstest.Load(t, digestRules)
	c := &composing{account: &account{}, bills: &bills{}, past: &past{}, records: &recorded{}}
	for _, month := range []billing.Month{alertstest.November.Add(-2), alertstest.October, alertstest.November} {
		c.account.rows = append(c.account.rows, alertstest.BandwidthTo(month, "North America", 400_000, 21), alertstest.BandwidthTo(month, "Europe", 390_000, 21))
	}
	c.Composer = &Composer{
		Rules: func() *rules.Rules { return set }, Records: c.records, Asker: lookup.Asker{Usage: c.account, Bills: c.bills},
		Fresh: check.Sources{Usage: c.account}, Past: c.past, Uploads: true, Explain: func(err error) string { return "It " + err.Error() + "." },
	}
	return c
}

func billed(month billing.Month, total int64, ids ...string) billing.Bill {
	bill := billing.Bill{
		Month: month, Currency: "USD", Total: decimal.NewFromInt(total), Invoices: ids,
		Charges: []billing.Charge{{Kind: billing.ChargeFixed, Name: "Support", Amount: decimal.NewFromInt(total)}},
	}
	if len(ids) == 0 {
		bill.AsOf = month.End().Add(-time.Hour)
	}
	return bill
}

func TestADigestHasTheSectionsThatItShows(t *testing.T) {
	t.Parallel()
	c := newComposing(t)
	c.records.checks = alerts.CheckStatus{SucceededAt: alertstest.Noon.Add(-time.Minute), NextAt: alertstest.Noon.Add(time.Hour)}
	for _, tt := range []struct {
		name                string
		shows               []rules.Section
		budgets, topChanges bool
	}{
		{"both", []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}, true, true},
		{"top changes alone", []rules.Section{rules.SectionTopChanges}, false, true},
		{"budgets alone", []rules.Section{rules.SectionBudgets}, true, false},
	} {
		d := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: tt.shows}
		b, err := c.Compose(t.Context(), d, alertstest.Noon, alertstest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		if b.Digest != "monday" || b.Month != alertstest.November || (len(b.Budgets) == 2) != tt.budgets || (b.TopChanges != nil) != tt.topChanges {
			t.Errorf("%s: %+v", tt.name, b)
		}
		if tt.budgets && !b.Checked.Equal(c.records.checks.SucceededAt) {
			t.Errorf("%s: checked at %s", tt.name, b.Checked)
		}
	}
}

// TestADigestIsOfOneInstant: its budgets are of the newest check, and Fastly may have counted on since.
func TestADigestIsOfOneInstant(t *testing.T) {
	t.Parallel()
	c := newComposing(t)
	c.past.checked = map[billing.Month][]billing.Usage{alertstest.November: {
		alertstest.BandwidthTo(alertstest.November, "North America", 380_000, 20), alertstest.BandwidthTo(alertstest.November, "Europe", 370_000, 20),
	}}
	for _, tt := range []struct {
		name  string
		shows []rules.Section
		to    int
		read  time.Time
	}{
		{"what changed is of the instant of the budgets", []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}, 21, alertstest.Noon.Add(-time.Hour)},
		{"without budgets it is the newest", []rules.Section{rules.SectionTopChanges}, 22, alertstest.Noon},
	} {
		b, err := c.Compose(t.Context(), rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: tt.shows}, alertstest.Noon, alertstest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		if fresh := b.TopChanges.Fresh; fresh.CountedTo.Day() != tt.to || !fresh.ReadAt.Equal(tt.read) {
			t.Errorf("%s: %+v", tt.name, fresh)
		}
	}
}

func TestADigestIsOfTheMonthThatHasFigures(t *testing.T) {
	t.Parallel()
	november, december := alertstest.November, alertstest.November.Add(1)
	for _, tt := range []struct {
		name    string
		checked []billing.Month
		hours   time.Duration // of December
		want    billing.Month
	}{
		{"on the first day Fastly lists nothing of the month: the one before", []billing.Month{november}, 9, november},
		{"once it lists something, the running one", []billing.Month{november, december}, 33, december},
		{"a month that is settled is none to report on", []billing.Month{november}, 72, december},
		{"nor is one that no check read", nil, 9, december},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			c.past.checked = map[billing.Month][]billing.Usage{}
			for _, m := range tt.checked {
				c.past.checked[m] = []billing.Usage{alertstest.BandwidthTo(m, "North America", 520_000, 30), alertstest.BandwidthTo(m, "Europe", 300_000, 30)}
				c.account.rows = append(c.account.rows, c.past.checked[m]...)
			}
			now := december.Start().Add(tt.hours * time.Hour)
			d := rules.Digest{Name: "daily", Schedule: "0 9 * * *", Shows: []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}}
			b, err := c.Compose(t.Context(), d, now, now)
			if err != nil || b.Month != tt.want || len(b.Budgets) != 2 || b.TopChanges.Question.Months.Last != tt.want {
				t.Fatalf("%+v, %v", b, err)
			}
			if ended := b.Budgets[0].Ending != nil; ended != (tt.want == november) {
				t.Errorf("the budgets have ended: %t", ended)
			}
		})
	}
}

func TestADigestNamesWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	c := newComposing(t)
	c.account.err = errFastly
	d := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}}
	b, err := c.Compose(t.Context(), d, alertstest.Noon, alertstest.Noon)
	if !errors.Is(err, errFastly) || b == nil || len(b.Budgets) == 0 {
		t.Fatalf("%v: %+v", err, b)
	}
	if len(b.Missing) != 1 || !strings.HasPrefix(b.Missing[0], "What changed is missing. It read usage") {
		t.Errorf("missing: %q", b.Missing)
	}
	c.records.err = errors.New("disk full")
	if b, err = c.Compose(t.Context(), d, alertstest.Noon, alertstest.Noon); b != nil || err == nil {
		t.Errorf("without the records: %+v, %v", b, err)
	}
}

func TestADigestIsLateWhereACheckIs(t *testing.T) {
	t.Parallel()
	now := alertstest.Noon
	for _, tt := range []struct {
		name   string
		checks alerts.CheckStatus
		late   bool
	}{
		{"the last check succeeded and the next is to come", alerts.CheckStatus{SucceededAt: now.Add(-time.Hour), NextAt: now.Add(time.Hour)}, false},
		{"a check is due", alerts.CheckStatus{SucceededAt: now.Add(-65 * time.Minute), NextAt: now.Add(-5 * time.Minute)}, false},
		{"one is late by its whole interval", alerts.CheckStatus{SucceededAt: now.Add(-60 * time.Hour), NextAt: now.Add(-59 * time.Hour)}, true},
		{"checks of every minute may be late by a quarter of an hour", alerts.CheckStatus{SucceededAt: now.Add(-16 * time.Minute), NextAt: now.Add(-15 * time.Minute)}, false},
		{"the last check failed", alerts.CheckStatus{SucceededAt: now.Add(-time.Hour), FailedAt: now.Add(-time.Minute), NextAt: now.Add(time.Hour)}, true},
		{"none was made yet", alerts.CheckStatus{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			c.records.checks = tt.checks
			d := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets}}
			if b, err := c.Compose(t.Context(), d, now, now); err != nil || b.IsLate != tt.late {
				t.Errorf("late %t, %v", b.IsLate, err)
			}
		})
	}
}

func TestADigestWaitsForTheBillThatACheckCouldNotRead(t *testing.T) {
	t.Parallel()
	now := alertstest.Noon
	trouble := alerts.Report{Trouble: &alerts.Trouble{Cause: "Fastly did not answer in time"}}
	for _, tt := range []struct {
		name     string
		incident alerts.Incident
		late     bool
	}{
		{"a digest is late while the newest check has no bill", alerts.Incident{Kind: alerts.IncidentBill, State: alerts.IncidentWatched, Report: trouble}, true},
		{"so it is where operators have heard of that", alerts.Incident{Kind: alerts.IncidentBill, State: alerts.IncidentOpen, Report: trouble}, true},
		{"it is not once a check has read the bill", alerts.Incident{Kind: alerts.IncidentBill, State: alerts.IncidentOver, Report: trouble}, false},
		{"figures that do not move delay none", alerts.Incident{Kind: alerts.IncidentStale, State: alerts.IncidentOpen, Report: trouble}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			c.records.checks = alerts.CheckStatus{SucceededAt: now.Add(-time.Minute), NextAt: now.Add(time.Hour)}
			c.past.incidents = []alerts.Incident{tt.incident}
			d := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets}}
			if b, err := c.Compose(t.Context(), d, now, now); err != nil || b.IsLate != tt.late || b.CheckFailure != "" {
				t.Errorf("late %t, the check failed with %q, %v", b.IsLate, b.CheckFailure, err)
			}
		})
	}
}

func TestAMonthsCloseIsReadFreshWithWhatWasForecast(t *testing.T) {
	t.Parallel()
	c := newComposing(t)
	c.bills.all = []billing.Bill{billed(alertstest.October, 100, "INV-1")}
	c.past.forecasts = []alerts.ForecastDay{{BudgetID: alerts.BudgetID{Rule: "na", Month: alertstest.October}, High: decimal.New(1, 27)}}
	estimate := billed(alertstest.October, 90)
	c.past.estimate = &estimate
	d := rules.Digest{Name: "close", Shows: []rules.Section{rules.SectionFinal, rules.SectionTopChanges, rules.SectionTeams, rules.SectionForecast}}
	due := time.Date(2026, time.November, 4, 9, 0, 0, 0, time.UTC)
	b, err := c.Compose(t.Context(), d, due, alertstest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	closed := b.Close
	if b.Month != alertstest.October || closed.Count != 2 || closed.Forecasts != 1 || closed.InRange != 1 || !closed.CanExport || b.TopChanges == nil || closed.Teams == nil {
		t.Errorf("close = %+v", closed)
	}
	if want := time.Date(2026, time.October, 9, 0, 0, 0, 0, time.UTC); !c.past.day.Equal(want) || closed.PostedOn.Day() != 10 {
		t.Errorf("asked for what was forecast by %s, posted on %s", c.past.day, closed.PostedOn)
	}
	if s := closed.Statement; !s.IsIn() || !s.Total.Equal(decimal.NewFromInt(100)) || !s.Estimate.Decimal.Equal(decimal.NewFromInt(90)) || len(s.Apart) == 0 {
		t.Errorf("statement = %+v", s)
	}
	text, marked := strings.CutPrefix(b.File.Content, "\uFEFF")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("the file is not for spreadsheets: %.80q", b.File.Content)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || b.File.Name != "budgets-2026-10.csv" || len(lines) != 1+closed.Count || len(lines[1]) != len(lines[0]) {
		t.Errorf("%s holds %v, %v", b.File.Name, lines, err)
	}
	c.account.err = errFastly
	if b, err := c.Compose(t.Context(), d, due, alertstest.Noon); b != nil || err == nil {
		t.Errorf("without usage there is a close: %+v, %v", b, err)
	}
}

func TestStatement(t *testing.T) {
	t.Parallel()
	estimate := billed(alertstest.October, 90)
	older := billed(alertstest.October.Add(-1), 80, "INV-0")
	for _, tt := range []struct {
		name     string
		bills    bills
		kept     *billing.Bill
		none, in bool
		estimate string
		wrong    bool
		before   string // the invoice of the month before, where it is compared
	}{
		{"an account without bills has no statement", bills{}, nil, true, false, "", false, ""},
		{"nor one that has no estimates and no invoices", bills{err: billing.ErrNoEstimate}, nil, true, false, "", false, ""},
		{"an invoice that is still to come", bills{all: []billing.Bill{older}}, nil, false, false, "", false, ""},
		{"with the estimate that was kept", bills{all: []billing.Bill{older}}, &estimate, false, false, "90", false, ""},
		{"or the one that is still held", bills{all: []billing.Bill{older, estimate}}, nil, false, false, "90", false, ""},
		{"an invoice that is there", bills{all: []billing.Bill{older, billed(alertstest.October, 100, "INV-1")}}, &estimate, false, true, "90", false, "80"},
		{"or alone", bills{all: []billing.Bill{billed(alertstest.October, 100, "INV-1")}}, nil, false, true, "", false, ""},
		{"bills that cannot be read", bills{err: billing.ErrUnavailable}, nil, true, false, "", true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			*c.bills, c.past.estimate = tt.bills, tt.kept
			s, err := c.Statement(t.Context(), alertstest.October, alertstest.Noon)
			if (err != nil) != tt.wrong || (s == nil) != tt.none || s.IsIn() != tt.in {
				t.Fatalf("statement %+v, %v", s, err)
			}
			if s != nil && (s.Estimate.Valid != (tt.estimate != "") || s.Estimate.Valid && s.Estimate.Decimal.String() != tt.estimate) {
				t.Errorf("estimate = %+v, want %q", s.Estimate, tt.estimate)
			}
			if s != nil && (s.Bill != nil) != (tt.before != "") || tt.before != "" && s.Bill.Groups[0].Total.Earlier.Decimal.String() != tt.before {
				t.Errorf("compared with %+v, want %q", s.Bill, tt.before)
			}
		})
	}
}

func TestAFileOfTooManyBudgetsIsNone(t *testing.T) {
	t.Parallel()
	line := alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: "a"}, Title: "=1+1", Limit: decimal.NewFromInt(3), Used: decimal.NewFromInt(2)}
	file := finalFile(alertstest.October, []alerts.BudgetLine{line})
	if want := "2026-10,a,,'=1+1,2,3,66.67,,false\r\n"; !strings.HasSuffix(file.Content, want) {
		t.Errorf("the file is %q", file.Content)
	}
	if file := finalFile(alertstest.October, make([]alerts.BudgetLine, mostFileLines+1)); file != nil {
		t.Errorf("%d bytes", len(file.Content))
	}
}

// recordOfOctober is that of its first three weeks, in which North America used 40 TB less than in November's.
type recordOfOctober struct{}

func (recordOfOctober) Prior(context.Context, billing.Month, time.Time) (report.Prior, error) {
	return report.Prior{CountedTo: alertstest.October.Start().AddDate(0, 0, 21), Rows: []billing.Usage{
		alertstest.BandwidthTo(alertstest.October, "North America", 360_000, 21), alertstest.BandwidthTo(alertstest.October, "Europe", 390_000, 21),
	}}, nil
}

func TestADigestHasWhatTheMonthAndItsChangesCost(t *testing.T) {
	t.Parallel()
	day, d := alertstest.Noon, rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionTopChanges}}
	usage := func(month billing.Month, invoice string) billing.Bill {
		bill := billed(month, 100, invoice)
		for _, region := range []string{"North America", "Europe"} {
			bill.Charges = append(bill.Charges, billing.Charge{
				Kind: billing.ChargeUsage, Product: "cdn_usage", Name: region + " Bandwidth", Amount: decimal.New(3_000, 0),
				Units: decimal.NewNullDecimal(decimal.New(300_000, 0)), Rate: decimal.NewNullDecimal(decimal.New(1, -2)),
			})
		}
		return bill
	}
	estimate := usage(alertstest.November, "")
	estimate.Invoices, estimate.AsOf, estimate.Total = nil, day, decimal.New(4_100, 0)
	euros := usage(alertstest.October, "INV-1")
	euros.Currency = "EUR"
	for _, tt := range []struct {
		name          string
		bills         bills
		soFar, before string // empty: none
		worth         string // of North America, which uses 40 TB more
		incomplete    bool
	}{
		{"the estimate, the last invoice, and changes at its rates", bills{all: []billing.Bill{usage(alertstest.October, "INV-1"), estimate}}, "4100", "100", "400", false},
		{"an invoice in another currency is not beside the estimate", bills{all: []billing.Bill{euros, estimate}}, "4100", "", "400", false},
		{"without an estimate there are rates", bills{all: []billing.Bill{usage(alertstest.October, "INV-1")}}, "", "", "400", false},
		{"without an invoice there are none", bills{all: []billing.Bill{estimate}}, "4100", "", "", false},
		{"an account without bills has a digest of usage", bills{err: billing.ErrNoEstimate}, "", "", "", false},
		{"so has one whose token may not read them", bills{err: billing.ErrForbidden}, "", "", "", false},
		{"bills that cannot be read are missing", bills{err: errFastly}, "", "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			c.Asker.Prior = recordOfOctober{}
			*c.bills = tt.bills
			b, err := c.Compose(t.Context(), d, day, day)
			if (err != nil) != tt.incomplete || (len(b.Missing) > 0) != tt.incomplete || b.TopChanges == nil {
				t.Fatalf("%v, missing %q", err, b.Missing)
			}
			var soFar, before, worth string
			if cost := b.Cost; cost != nil {
				soFar = cost.SoFar.String()
				if cost.Before.Valid {
					before = cost.Before.Decimal.String()
				}
			}
			if b.Worth != nil && len(b.Worth.Rows) > 0 {
				worth = b.Worth.Rows[0].Amount.Round(0).String()
			}
			if soFar != tt.soFar || before != tt.before || worth != tt.worth {
				t.Errorf("so far %q, before %q, worth %q, want %q, %q, %q", soFar, before, worth, tt.soFar, tt.before, tt.worth)
			}
		})
	}
}
