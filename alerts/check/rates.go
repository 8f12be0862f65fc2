package check

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// ratesTimeout bounds reading them.
const ratesTimeout = 5 * time.Second

// rateBook remembers what usage costs, for a day.
type rateBook struct {
	day      time.Time
	month    billing.Month
	currency string
	rates    map[billing.Metric]decimal.Decimal // of one billed unit more, by usage type
}

// read returns the rates of the newest bill of the two months before; none where there is no bill.
func (b *rateBook) read(ctx context.Context, bills billing.BillSource, reading *evaluate.Reading, log *zap.Logger) *rateBook {
	month, now := reading.Month, reading.ReadAt
	if day := billing.DayOf(now); bills != nil && !b.day.Equal(day) {
		ctx, cancel := context.WithTimeout(ctx, ratesTimeout)
		defer cancel()
		invoiced, err := bills.Bills(ctx, billing.Range{First: month.Add(-2), Last: month.Add(-1)})
		*b = rateBook{day: day}
		if err != nil {
			log.Debug("cost above the budget left out", zap.Error(err))
		} else if bill := billing.NewestKnown(invoiced); bill != nil {
			b.month, b.currency, b.rates = bill.Month, bill.Currency, bill.WithProducts(slices.Concat(reading.Rows, reading.Closed)).MarginalRates()
		}
	}
	return b
}

// above returns the cost of the expected usage above the limit. It is nil if the month is not expected to end there, or if a
// usage type has no rate.
func (b *rateBook) above(f *evaluate.Finding, rows []billing.Usage, factors billing.Factors) *alerts.Above {
	excess := f.Forecast.End.Sub(f.Limit)
	if !f.Forecast.IsKnown() || !excess.IsPositive() {
		return nil
	}
	var cost, used decimal.Decimal
	for _, row := range rows {
		rate, known := b.rates[row.Metric()]
		counted, err := factors.Count(row, f.Rule.Budget.Kind)
		if !known || err != nil {
			return nil
		}
		cost, used = cost.Add(row.Quantity.Mul(rate)), used.Add(counted)
	}
	if !used.IsPositive() || !cost.IsPositive() {
		return nil
	}
	return &alerts.Above{Amount: excess.Mul(cost).Div(used), Currency: b.currency, Rates: b.month}
}
