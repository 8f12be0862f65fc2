package status

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
)

type fakeBills struct {
	all []billing.Bill
	err error
}

func (b fakeBills) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	return billing.BillReading{Bills: b.all}, b.err
}

type fakeRecord struct{ err error }

func (r fakeRecord) RecordedSince(context.Context, billing.Month) ([]daily.Recorded, error) {
	return nil, r.err
}

func (r fakeRecord) DailyTraffic(context.Context, time.Time, time.Time) ([]billing.DayTraffic, error) {
	return nil, r.err
}

func TestHowABillIsLikelyToEnd(t *testing.T) {
	t.Parallel()
	support := func(month billing.Month, amount int64, ids ...string) billing.Bill {
		total := decimal.New(amount, 0)
		return billing.Bill{Month: month, Currency: "USD", Total: total, Invoices: ids, AsOf: alertstest.Nov21, Charges: []billing.Charge{
			{Kind: billing.ChargeFixed, Name: "Support", Amount: total},
		}}
	}
	estimate, invoice := support(alertstest.November, 100), support(alertstest.November.Add(-1), 130, "INV-1")
	invoice.Charges[0].Name = "Commitment"
	odd := estimate
	odd.Unread = []billing.UnreadCharge{{Name: "odd"}}
	unreadable := errors.New("disk full")
	for _, tt := range []struct {
		name   string
		bills  fakeBills
		record DailyRecord
		want   string
		wrong  bool
	}{
		{"a fee of the estimate is final, and one of the invoice before is still to come", fakeBills{all: []billing.Bill{invoice, estimate}}, nil, "230", false},
		{"without an invoice the estimate stands", fakeBills{all: []billing.Bill{estimate}}, fakeRecord{}, "100", false},
		{"without an estimate nobody knows", fakeBills{all: []billing.Bill{invoice}}, nil, "", false},
		{"nor with a line that cannot be read", fakeBills{all: []billing.Bill{odd}}, nil, "", false},
		{"nor where bills cannot be read", fakeBills{err: billing.ErrUnavailable}, nil, "", true},
		{"a record that cannot be read makes it rougher, and is reported", fakeBills{all: []billing.Bill{estimate}}, fakeRecord{unreadable}, "100", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			likely, err := LikelyBill(t.Context(), tt.bills, tt.record, alertstest.November, alertstest.Noon, nil)
			if (err != nil) != tt.wrong {
				t.Errorf("error = %v", err)
			}
			got := ""
			if likely != nil {
				got = likely.End.String()
			}
			if got != tt.want {
				t.Errorf("it ends at %q, want %q", got, tt.want)
			}
		})
	}
}
