package slackapp

import (
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/source"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

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
	return billing.BillReading{Bills: of, Fresh: billing.Freshness{ReadAt: now}}, b.err
}

// past is what a test says was kept.
type past struct {
	estimate  *billing.Bill
	forecasts []alerts.ForecastDay
	day       time.Time // that was asked for
}

func (p *past) LastEstimate(context.Context, billing.Month) (*billing.Bill, error) {
	return p.estimate, nil
}

func (p *past) ForecastsOn(_ context.Context, _ billing.Month, day time.Time) ([]alerts.ForecastDay, error) {
	p.day = day
	return p.forecasts, nil
}

func october() billing.Month { return november.Add(-1) }

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

func TestADigestIsMadeOfWhatPeopleAreTold(t *testing.T) {
	w := newWorld(t)
	w.budgets.status = alerts.CheckStatus{SucceededAt: now.Add(-time.Minute), NextAt: now.Add(time.Hour)}
	monday := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}}
	b, err := w.app.Compose(t.Context(), monday, now, now)
	if err != nil || b.Digest != "monday" || b.Month != november || len(b.Budgets) != len(w.rules.Rules) || b.TopChanges == nil || !b.Checked.Equal(now.Add(-time.Minute)) {
		t.Fatalf("%v: %+v", err, b)
	}
	monday.Shows = monday.Shows[1:]
	if b, err = w.app.Compose(t.Context(), monday, now, now); err != nil || b.Budgets != nil || b.TopChanges == nil {
		t.Errorf("movers alone: %v, %+v", err, b)
	}
}

func TestADigestSaysWhatItCouldNotRead(t *testing.T) {
	w := newWorld(t)
	w.fastly.Fail(fastlysim.UsagePath, 100, fault.Fault{Status: 503})
	monday := rules.Digest{Name: "monday", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets, rules.SectionTopChanges}}
	b, err := w.app.Compose(t.Context(), monday, now, now)
	want := []string{"What changed is missing. Fastly's API is failing right now."}
	if err == nil || b == nil || len(b.Budgets) == 0 {
		t.Fatalf("%v: %+v", err, b)
	}
	if diff := cmp.Diff(want, b.Untold); diff != "" {
		t.Error(diff)
	}
	monday.Shows = monday.Shows[:1]
	w.budgets.status = alerts.CheckStatus{SucceededAt: now.Add(-60 * time.Hour), NextAt: now.Add(-59 * time.Hour)}
	if b, err = w.app.Compose(t.Context(), monday, now, now); err != nil || !b.IsLate {
		t.Errorf("with a check that is late: %+v, %v", b, err)
	}
	w.budgets.status = alerts.CheckStatus{SucceededAt: now.Add(-65 * time.Minute), NextAt: now.Add(-5 * time.Minute)}
	if b, err = w.app.Compose(t.Context(), monday, now, now); err != nil || b.IsLate {
		t.Errorf("with a check that is due: %+v, %v", b, err)
	}
	w.budgets.status = alerts.CheckStatus{SucceededAt: now.Add(-time.Hour), FailedAt: now.Add(-time.Minute), NextAt: now.Add(time.Hour)}
	if b, err = w.app.Compose(t.Context(), monday, now, now); err != nil || !b.IsLate {
		t.Errorf("with a check that has failed: %+v, %v", b, err)
	}
	w.budgets.err = errors.New("disk full")
	if b, err = w.app.Compose(t.Context(), monday, now, now); b != nil || err == nil {
		t.Errorf("without the records: %+v, %v", b, err)
	}
}

func TestADigestCanBeLookedAtBeforeItIsDue(t *testing.T) {
	w := newWorld(t)
	w.rules.Zone = time.UTC
	w.rules.Digests = []rules.Digest{{Name: "monday", Channel: "finops-private", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets}}}
	m := w.types(alice, general, "/budget digest monday", 1)
	says(t, m, "Preview of digest `monday`, which posts to #finops-private.", "Only you see this", "November Budgets")
	if m.EphemeralTo != alice || len(w.slack.Messages(secret)) != 0 {
		t.Errorf("shown to %q, and in the channel %v", m.EphemeralTo, w.slack.Messages(secret))
	}
	says(t, w.types(alice, general, "/budget digest tuesday", 1), "There's no digest called `tuesday`.", "The digests: `monday`.")
}

// closing lets the app close months with these bills and this past.
func closing(b *bills, p *past) option {
	return func(_ *slacksim.Config, c *Config) { c.Bills, c.Past, c.Uploads = b, p, true }
}

func TestACloseIsReadFreshWithWhatWasForetold(t *testing.T) {
	money := &bills{all: []billing.Bill{billed(october(), 100, "INV-1")}}
	kept := &past{}
	w := newWorld(t, closing(money, kept))
	w.app.Fresh = check.Sources{Usage: w.app.Usage.(*source.Cache).Fresh()}
	kept.forecasts = []alerts.ForecastDay{{
		BudgetID: alerts.BudgetID{Rule: w.rules.Rules[0].Name, Month: october()}, High: decimal.New(1, 27),
	}}
	estimate := billed(october(), 90)
	kept.estimate = &estimate
	d := rules.Digest{Name: "close", Shows: []rules.Section{rules.SectionFinal, rules.SectionTopChanges, rules.SectionTeams, rules.SectionForecast}}
	due := time.Date(2026, time.November, 4, 9, 0, 0, 0, time.UTC)
	b, err := w.app.Compose(t.Context(), d, due, now)
	if err != nil {
		t.Fatal(err)
	}
	c := b.Close
	if b.Month != october() || c.Count != len(w.rules.Rules) || c.Forecasts != 1 || c.Held != 1 || !c.CanExport || b.TopChanges == nil {
		t.Errorf("close = %+v", c)
	}
	if want := time.Date(2026, time.October, 9, 0, 0, 0, 0, time.UTC); !kept.day.Equal(want) || c.PostedOn.Day() != 10 {
		t.Errorf("asked for what was foretold by %s, said on %s", kept.day, c.PostedOn)
	}
	if s := c.Statement; !s.IsIn() || !s.Total.Equal(decimal.NewFromInt(100)) || !s.Estimate.Decimal.Equal(decimal.NewFromInt(90)) || len(s.Apart) == 0 {
		t.Errorf("statement = %+v", s)
	}
	text, marked := strings.CutPrefix(b.File.Content, "\uFEFF")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("the file is not for spreadsheets: %.80q", b.File.Content)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || b.File.Name != "budgets-2026-10.csv" || len(lines) != 1+c.Count || len(lines[1]) != len(lines[0]) {
		t.Errorf("%s holds %v, %v", b.File.Name, lines, err)
	}
	w.fastly.Fail(fastlysim.UsagePath, 100, fault.Fault{Status: 503})
	if b, err := w.app.Compose(t.Context(), d, due, now); b != nil || err == nil {
		t.Errorf("without usage there is a close: %+v, %v", b, err)
	}
}

func TestStatement(t *testing.T) {
	estimate := billed(october(), 90)
	older := billed(october().Add(-1), 80, "INV-0")
	for _, tt := range []struct {
		name     string
		bills    bills
		kept     *billing.Bill
		none, in bool
		estimate string
		wrong    bool
	}{
		{"an account without bills has no statement", bills{}, nil, true, false, "", false},
		{"nor one that has no estimates and no invoices", bills{err: billing.ErrNoEstimate}, nil, true, false, "", false},
		{"an invoice that is still to come", bills{all: []billing.Bill{older}}, nil, false, false, "", false},
		{"with the estimate that was kept", bills{all: []billing.Bill{older}}, &estimate, false, false, "90", false},
		{"or the one that is still held", bills{all: []billing.Bill{older, estimate}}, nil, false, false, "90", false},
		{"an invoice that is there", bills{all: []billing.Bill{older, billed(october(), 100, "INV-1")}}, &estimate, false, true, "90", false},
		{"bills that cannot be read", bills{err: billing.ErrUnavailable}, nil, true, false, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, closing(&tt.bills, &past{estimate: tt.kept}))
			s, err := w.app.Statement(t.Context(), october(), now)
			if (err != nil) != tt.wrong || (s == nil) != tt.none || s.IsIn() != tt.in {
				t.Fatalf("statement %+v, %v", s, err)
			}
			if s != nil && (s.Estimate.Valid != (tt.estimate != "") || s.Estimate.Valid && s.Estimate.Decimal.String() != tt.estimate) {
				t.Errorf("estimate = %+v, want %q", s.Estimate, tt.estimate)
			}
		})
	}
}

func TestAFileOfTooManyBudgetsIsNone(t *testing.T) {
	line := alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: "a"}, Title: "=1+1", Limit: decimal.NewFromInt(3), Used: decimal.NewFromInt(2)}
	file := finalFile(october(), []alerts.BudgetLine{line})
	if want := "2026-10,a,,'=1+1,2,3,66.67,,false\r\n"; !strings.HasSuffix(file.Content, want) {
		t.Errorf("the file is %q", file.Content)
	}
	if file := finalFile(october(), make([]alerts.BudgetLine, mostFileLines+1)); file != nil {
		t.Errorf("%d bytes", len(file.Content))
	}
}
