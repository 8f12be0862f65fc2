package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
)

func TestTheNewestEstimateIsKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		if none := must(s.LastEstimate(t.Context(), november))(t); none != nil {
			t.Fatalf("an estimate of nothing: %+v", none)
		}
		estimate := func(total int64, asOf time.Time) billing.Bill {
			amount := decimal.NewFromInt(total)
			return billing.Bill{
				Month: november, Currency: "USD", Total: amount, AsOf: asOf,
				Charges: []billing.Charge{{Kind: billing.ChargeUsage, Name: "Asia Requests", Amount: amount, Units: decimal.NewNullDecimal(amount)}},
			}
		}
		for _, e := range []billing.Bill{estimate(1, noon), estimate(3, noon.Add(2*time.Hour)), estimate(2, noon.Add(time.Hour))} {
			if err := s.KeepEstimate(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		want := estimate(3, noon.Add(2*time.Hour))
		if diff := cmp.Diff(&want, must(s.LastEstimate(t.Context(), november))(t), sameMonth); diff != "" {
			t.Error(diff)
		}
		later := noon.AddDate(0, monthsKept+1, 0)
		readUsageAt(t, s, later, usage("A", "1", later))
		must(s.Prune(t.Context(), later))(t)
		if left := must(s.LastEstimate(t.Context(), november))(t); left != nil {
			t.Errorf("an estimate is kept for longer than %d months", monthsKept)
		}
	})
}

func TestCloses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		about := func(id string, kind alerts.DeliveryKind, month billing.Month, after time.Duration) alerts.Delivery {
			d := digestDelivery(id)
			d.Kind, d.Month, d.CreatedAt = kind, month, noon.Add(after)
			return d
		}
		reply := about("reply", alerts.DeliverInvoice, november, 2*time.Hour)
		reply.ParentID, reply.Message = "close", alerts.Message{Statement: &alerts.Statement{Month: november, Version: "v1"}}
		enqueue(t, s, reply, about("close", alerts.DeliverClose, november, time.Hour), about("old", alerts.DeliverClose, november.Add(-1), 0),
			digestDelivery("digest"), parent("r1", "cdn-budget"))
		var ids []string
		for _, d := range must(s.Closes(t.Context(), november))(t) {
			ids = append(ids, d.ID)
			if d.ID == "reply" && (d.ParentID != "close" || !d.Message.Statement.IsIn()) {
				t.Errorf("the reply is %+v", d)
			}
		}
		if diff := cmp.Diff([]string{"close", "reply"}, ids); diff != "" {
			t.Error(diff)
		}
	})
}

func TestForecastsOn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		day := func(rule string, n int, expected int64) alerts.ForecastDay {
			figure := decimal.NewFromInt(expected)
			return alerts.ForecastDay{
				BudgetID: budget(rule), Day: november.Start().AddDate(0, 0, n-1), Used: figure, Limit: figure, Low: figure, Expected: figure,
				High: figure, Method: "days", Version: "v",
			}
		}
		record(t, s, alerts.Outcome{At: noon, Forecasts: []alerts.ForecastDay{
			day("a", 7, 70), day("a", 9, 90), day("a", 10, 100), day("b", 3, 30), day("late", 10, 1),
		}})
		var got []string
		for _, o := range must(s.ForecastsOn(t.Context(), november, november.Start().AddDate(0, 0, 8)))(t) {
			got = append(got, o.Rule+" "+o.Expected.String())
		}
		if diff := cmp.Diff([]string{"a 90", "b 30"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
