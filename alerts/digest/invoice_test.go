package digest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// ledgerOfBills is a Books, a BillSource and a Composer for a test.
type ledgerOfBills struct {
	t        *testing.T
	closes   []alerts.Delivery
	kept     []billing.Bill
	estimate *billing.Bill
	invoiced map[billing.Month]*billing.Bill
	failing  error // of the invoices
	refused  error // of the estimate
	since    billing.Month
}

func (l *ledgerOfBills) KeepEstimate(_ context.Context, estimate billing.Bill) error {
	l.kept = append(l.kept, estimate)
	return nil
}

func (l *ledgerOfBills) Closes(_ context.Context, since billing.Month) ([]alerts.Delivery, error) {
	l.since = since
	return l.closes, nil
}

func (l *ledgerOfBills) Bills(context.Context, billing.Range) ([]billing.Bill, error) {
	l.t.Error("invoices are the composer's to read")
	return nil, nil
}

func (l *ledgerOfBills) MonthToDate(context.Context) (billing.Bill, error) {
	if l.refused != nil {
		return billing.Bill{}, l.refused
	}
	return *l.estimate, nil
}

func (l *ledgerOfBills) Compose(context.Context, rules.Digest, time.Time, time.Time) (*alerts.Bulletin, error) {
	l.t.Error("no digest is due")
	return nil, nil
}

func (l *ledgerOfBills) Statement(_ context.Context, month billing.Month, _ time.Time) (*alerts.Statement, error) {
	if l.failing != nil {
		return nil, l.failing
	}
	return statementOf(l.invoiced[month], month, nil), nil
}

func closeIn(channel string, final bool, reported *billing.Bill) alerts.Delivery {
	return alerts.Delivery{
		ID: "close " + channel + " 2026-11", Kind: alerts.DeliverClose, Channel: channel, BudgetID: alerts.BudgetID{Month: alertstest.November},
		Message: alerts.Message{Bulletin: &alerts.Bulletin{Close: &alerts.Close{Final: final, Statement: statementOf(reported, alertstest.November, nil)}}},
	}
}

func replyIn(channel string, reported *billing.Bill) alerts.Delivery {
	return alerts.Delivery{
		ID: "invoice", Kind: alerts.DeliverInvoice, Channel: channel, ParentID: "close " + channel + " 2026-11", BudgetID: alerts.BudgetID{Month: alertstest.November},
		Message: alerts.Message{Statement: statementOf(reported, alertstest.November, nil)},
	}
}

func TestLateInvoices(t *testing.T) {
	t.Parallel()
	first, second := alertstest.BillOfNovember("100", "INV-1"), alertstest.BillOfNovember("101", "INV-1")
	now := alertstest.November.End().AddDate(0, 0, 12)
	for _, tt := range []struct {
		name    string
		closes  []alerts.Delivery
		invoice *billing.Bill
		now     time.Time
		failing error
		want    []string // channels posted
		was     string
		wrong   string
	}{
		{"an invoice that came after the close is posted", []alerts.Delivery{closeIn("finops", true, nil)}, first, now, nil, []string{"finops"}, "", ""},
		{"in each channel that heard the close", []alerts.Delivery{closeIn("finops", true, nil), closeIn("cdn", true, nil)}, first, now, nil, []string{"finops", "cdn"}, "", ""},
		{"one that the close has posted is not", []alerts.Delivery{closeIn("finops", true, first)}, first, now, nil, nil, "", ""},
		{"nor one that a reply has posted", []alerts.Delivery{closeIn("finops", true, nil), replyIn("finops", first)}, first, now, nil, nil, "", ""},
		{"a correction is posted, with what was posted before", []alerts.Delivery{closeIn("finops", true, first)}, second, now, nil, []string{"finops"}, "100", ""},
		{"also one of a late invoice", []alerts.Delivery{closeIn("finops", true, nil), replyIn("finops", first)}, second, now, nil, []string{"finops"}, "100", ""},
		{"one that returns to figures that were posted is not posted", []alerts.Delivery{closeIn("finops", true, first), replyIn("finops", second)}, first, now, nil, nil, "", ""},
		{"while there is no invoice there is nothing to tell", []alerts.Delivery{closeIn("finops", true, nil)}, nil, now, nil, nil, "", ""},
		{"a close without final figures gets no reply about bills", []alerts.Delivery{closeIn("finops", false, nil)}, first, now, nil, nil, "", ""},
		{"within sixty days", []alerts.Delivery{closeIn("finops", true, nil)}, first, alertstest.November.End().AddDate(0, 0, 60), nil, []string{"finops"}, "", ""},
		{"and not after", []alerts.Delivery{closeIn("finops", true, nil)}, first, alertstest.November.End().AddDate(0, 0, 60).Add(1), nil, nil, "", ""},
		{"what cannot be read is a failure and no news", []alerts.Delivery{closeIn("finops", true, nil)}, first, now, errFastly, nil, "", "read the invoice of 2026-11: Fastly fails"},
		{"a reply whose close is gone says nothing", []alerts.Delivery{replyIn("finops", first)}, second, now, nil, nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			books := &ledgerOfBills{
				t: t, closes: tt.closes, estimate: alertstest.BillOfNovember("90"), failing: tt.failing, invoiced: map[billing.Month]*billing.Bill{alertstest.November: tt.invoice},
			}
			diary := newDiary()
			diary.due[taskInvoices] = tt.now
			g := &Digester{
				Schedule: diary, Composer: books, Books: books, Bills: books, Rules: func() *rules.Rules { return &rules.Rules{Zone: time.UTC} }, Owner: "me",
			}
			_, err := g.RunOnce(t.Context(), tt.now)
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("error = %v, want %q", err, tt.wrong)
			}
			var reported []string
			for _, d := range diary.posted {
				reported = append(reported, d.Channel)
				was := d.Message.Statement.Was
				if d.Kind != alerts.DeliverInvoice || d.ParentID != "close "+d.Channel+" 2026-11" || was.Valid != (tt.was != "") || was.Valid && was.Decimal.String() != tt.was {
					t.Errorf("posted %+v", d)
				}
			}
			if diff := cmp.Diff(tt.want, reported); diff != "" {
				t.Error(diff)
			}
			if len(books.kept) != 1 {
				t.Errorf("%d estimates kept", len(books.kept))
			}
		})
	}
}

func TestEstimatesAreKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		refused error
		want    int
		wrong   bool
	}{
		{"each hour", nil, 2, false},
		{"an account without estimates is no failure", billing.ErrNoEstimate, 0, false},
		{"an estimate that cannot be read is", errFastly, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			books := &ledgerOfBills{t: t, estimate: alertstest.BillOfNovember("90"), refused: tt.refused}
			g := &Digester{
				Schedule: newDiary(), Composer: books, Books: books, Bills: books, Rules: func() *rules.Rules { return &rules.Rules{Zone: time.UTC} }, Owner: "me",
			}
			var errs error
			for _, at := range []time.Duration{0, time.Hour - 1, time.Hour, time.Hour + 1, 2 * time.Hour} {
				_, err := g.RunOnce(t.Context(), alertstest.Noon.Add(at))
				errs = errors.Join(errs, err)
			}
			if len(books.kept) != tt.want || (errs != nil) != tt.wrong {
				t.Errorf("%d estimates kept, %v", len(books.kept), errs)
			}
		})
	}
}

// TestDigestersWithoutBills: an account whose bills nobody reads is not watched.
func TestDigestersWithoutBills(t *testing.T) {
	t.Parallel()
	diary := newDiary()
	g := &Digester{Schedule: diary, Composer: composerFunc(composed), Rules: func() *rules.Rules { return &rules.Rules{Zone: time.UTC} }, Owner: "me"}
	if posted, err := g.RunOnce(t.Context(), alertstest.Noon); posted != 0 || err != nil || len(diary.due) != 0 {
		t.Errorf("posted %d, %v, due %v", posted, err, diary.due)
	}
}
