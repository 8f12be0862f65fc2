package status

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
)

// DailyRecord is a consumer contract of LikelyBill. It models the usage that checks record each day; the store implements it.
type DailyRecord interface {
	// RecordedSince returns the usage of every recorded day, from the month on.
	RecordedSince(ctx context.Context, month billing.Month) ([]daily.Recorded, error)
	// DailyTraffic returns the traffic of every region and whole UTC day from the day of from up to the day before to, as far as it is known.
	DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error)
}

// Traffic returns the traffic that forecasts of the month use.
func Traffic(ctx context.Context, record DailyRecord, month billing.Month) ([]billing.DayTraffic, error) {
	return record.DailyTraffic(ctx, month.Start().AddDate(0, 0, -forecast.MostDays), month.End())
}

// LikelyBill returns how the bill of the running month is likely to end; nil if there is no forecast. record may be nil. If it cannot be read,
// LikelyBill returns a forecast without it and the error.
func LikelyBill(ctx context.Context, bills billing.BillReader, record DailyRecord, month billing.Month, now time.Time, events []billing.Event) (*forecast.CostForecast, error) {
	newest, err := ReadBills(ctx, bills, month, now)
	if err != nil {
		return nil, err
	}
	newest.Planned = events
	return newest.Likely(ctx, record)
}

// Bills are the newest bills of a month: Fastly's estimate, and the newest invoice of the month or of those before it. Either may be nil.
type Bills struct {
	Month          billing.Month
	Estimate, Last *billing.Bill
	Fresh          billing.Freshness
	Planned        []billing.Event // that change all usage; set by who forecasts
}

// ReadBills reads the bills of a month.
func ReadBills(ctx context.Context, bills billing.BillReader, month billing.Month, now time.Time) (Bills, error) {
	newest, since := Bills{Month: month}, month.Add(-billing.InvoiceLag)
	reading, err := bills.ReadBills(ctx, billing.Range{First: since, Last: month}, now)
	if err != nil {
		return newest, fmt.Errorf("read the bills since %s: %w", since, err)
	}
	newest.Fresh = reading.Fresh
	for i := range reading.Bills {
		switch bill := &reading.Bills[i]; {
		case bill.Month == month && bill.IsEstimate():
			newest.Estimate = bill
		case !bill.IsEstimate() && bill.Unknown == "":
			newest.Last = bill
		}
	}
	return newest, nil
}

// Likely returns how the estimate is likely to end, as LikelyBill does.
func (b Bills) Likely(ctx context.Context, record DailyRecord) (*forecast.CostForecast, error) {
	running, err := b.Running(ctx, record, nil)
	if running == nil {
		return nil, err
	}
	likely := forecast.Cost(running.Estimate, running.Last, running.History)
	if likely.Unknown != "" {
		return nil, err
	}
	return &likely, err
}

// RunningBill is the estimate of a month with everything that its forecast needs.
type RunningBill struct {
	Estimate billing.Bill
	Last     *billing.Bill // as in Bills
	// History returns the earlier units of a product's usage type.
	History func(billing.Metric) forecast.History
}

// Running returns everything that the forecast of the estimate needs; nil if there is no estimate. names are rows of usage that tell the products of
// charges; without any, the record tells them. record may be nil. If it cannot be read, Running returns the rest and the error.
func (b Bills) Running(ctx context.Context, record DailyRecord, names []billing.Usage) (*RunningBill, error) {
	if b.Estimate == nil {
		return nil, nil
	}
	var recorded []daily.Recorded
	var traffic []billing.DayTraffic
	var err error
	if record != nil {
		var noDays, noTraffic error
		recorded, noDays = record.RecordedSince(ctx, b.Month.Add(-billing.InvoiceLag))
		traffic, noTraffic = Traffic(ctx, record, b.Month)
		if err = errors.Join(noDays, noTraffic); err != nil {
			err = fmt.Errorf("forecast the bill of %s without the record: %w", b.Month, err)
		}
	}
	recorded = evaluate.Recording(recorded, names, b.Month)
	if len(names) == 0 {
		for _, r := range recorded {
			names = append(names, r.Usage)
		}
	}
	last := b.Last
	if last != nil {
		named := last.WithProducts(names)
		last = &named
	}
	return &RunningBill{b.Estimate.WithProducts(names), last, evaluate.NewArchive(nil, recorded, traffic).ChargeHistory(last, b.Planned)}, err
}

// Part is the bill with only the wanted charges. An unread line may belong to any part.
func (b RunningBill) Part(wanted func(billing.Charge) bool) RunningBill {
	of := RunningBill{Estimate: partOf(b.Estimate, wanted), History: b.History}
	if b.Last != nil {
		last := partOf(*b.Last, wanted)
		of.Last = &last
	}
	return of
}

func partOf(bill billing.Bill, wanted func(billing.Charge) bool) billing.Bill {
	part := bill
	part.Charges, part.Total = nil, decimal.Decimal{}
	for _, c := range bill.Charges {
		if wanted(c) {
			part.Charges = append(part.Charges, c)
			part.Total = part.Total.Add(c.Amount)
		}
	}
	return part
}
