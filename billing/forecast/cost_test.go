package forecast_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

func charge(kind billing.ChargeKind, name, amount, units, rate string) billing.Charge {
	c := billing.Charge{Kind: kind, Name: name, Amount: decimal.RequireFromString(amount)}
	if units != "" {
		c.Units = decimal.NewNullDecimal(decimal.RequireFromString(units))
		c.Rate = decimal.NewNullDecimal(decimal.RequireFromString(rate))
	}
	return c
}

func billOf(month billing.Month, charges ...billing.Charge) billing.Bill {
	b := billing.Bill{Month: month, Currency: "USD", Charges: charges}
	for _, c := range charges {
		b.Total = b.Total.Add(c.Amount)
	}
	return b
}

func TestABillIsNeverExtrapolatedAsAWhole(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	day := func(n int) time.Time { return november.Start().AddDate(0, 0, n) }
	support := charge(billing.ChargeFixed, "Support", "2600", "", "")
	for _, tt := range []struct {
		name             string
		estimate         billing.Bill
		asOf             time.Time
		last             []billing.Charge // of October; nil is no invoice
		end, pending     string
		unknown          bool
		lowest, greatest string // bounds that End, Low and High keep to
	}{
		{
			name:     "a fee that has landed is not multiplied",
			estimate: billOf(november, support, charge(billing.ChargeUsage, "Requests", "100", "1000", "0.1")),
			asOf:     day(15), last: []billing.Charge{support, charge(billing.ChargeUsage, "Requests", "206.67", "2066.6667", "0.1")},
			end: "2800.00", pending: "0", lowest: "2700", greatest: "2950",
		},
		{
			name:     "a fee that lands at the close is expected as last month",
			estimate: billOf(november, support, charge(billing.ChargeFixed, "TLS", "0", "", "")),
			asOf:     day(15), last: []billing.Charge{support, charge(billing.ChargeFixed, "TLS", "880", "", "")},
			end: "3480.00", pending: "880", lowest: "3480", greatest: "3480",
		},
		{
			name: "what is still to come is charged at the last tier's rate",
			estimate: billOf(november,
				charge(billing.ChargeUsage, "Bandwidth", "100", "1000", "0.1"), charge(billing.ChargeUsage, "Bandwidth", "25", "500", "0.05")),
			asOf: day(15), last: []billing.Charge{charge(billing.ChargeUsage, "Bandwidth", "155", "3100", "0.05")},
			end: "200.00", pending: "0", lowest: "125", greatest: "280",
		},
		{
			name:     "a tier that last month went beyond ends where it ended then",
			estimate: billOf(november, charge(billing.ChargeUsage, "Bandwidth", "100", "1000", "0.1")),
			asOf:     day(15), last: []billing.Charge{
				charge(billing.ChargeUsage, "Bandwidth", "120", "1200", "0.1"), charge(billing.ChargeUsage, "Bandwidth", "10", "200", "0.05"),
				charge(billing.ChargeUsage, "Bandwidth", "6.6667", "666.6667", "0.01"),
			},
			end: "136.00", pending: "0", lowest: "120", greatest: "145",
		},
		{
			name:     "a rate that last month did not have is taken to stay",
			estimate: billOf(november, charge(billing.ChargeUsage, "Bandwidth", "200", "1000", "0.2")),
			asOf:     day(15), last: []billing.Charge{
				charge(billing.ChargeUsage, "Bandwidth", "120", "1200", "0.1"), charge(billing.ChargeUsage, "Bandwidth", "43.3333", "866.6667", "0.05"),
			},
			end: "400.00", pending: "0", lowest: "200", greatest: "550",
		},
		{
			name:     "a commitment that usage does not reach is made up for",
			estimate: billOf(november, support, charge(billing.ChargeUsage, "Requests", "100", "1000", "0.1")),
			asOf:     day(15), last: []billing.Charge{
				support, charge(billing.ChargeUsage, "Requests", "206.67", "2066.6667", "0.1"), charge(billing.ChargeFixed, "Commit Shortfall", "793.33", "", ""),
			},
			end: "3600.00", pending: "0", lowest: "3600", greatest: "3600",
		},
		{
			name:     "a commitment that usage goes beyond costs nothing more",
			estimate: billOf(november, charge(billing.ChargeUsage, "Requests", "1000", "10000", "0.1")),
			asOf:     day(15), last: []billing.Charge{
				charge(billing.ChargeUsage, "Requests", "2066.67", "20666.667", "0.1"), charge(billing.ChargeFixed, "Commit Shortfall", "33.33", "", ""),
			},
			end: "2100.00", pending: "0", lowest: "2100", greatest: "2800",
		},
		{
			name:     "a credit is taken as it stands",
			estimate: billOf(november, support, charge(billing.ChargeCredit, "Credit", "-100", "", "")),
			asOf:     day(15), last: []billing.Charge{support},
			end: "2500.00", pending: "0", lowest: "2500", greatest: "2500",
		},
		{
			name:     "without an invoice before, the pace of the month counts",
			estimate: billOf(november, charge(billing.ChargeUsage, "Requests", "100", "1000", "0.1")),
			asOf:     day(15),
			end:      "200.00", pending: "0", lowest: "100", greatest: "300",
		},
		{
			name:     "on the first days there is no forecast without one",
			estimate: billOf(november, charge(billing.ChargeUsage, "Requests", "10", "100", "0.1")),
			asOf:     day(2), unknown: true,
		},
		{
			name:     "without the instant up to which it counts there is no forecast",
			estimate: billOf(november, charge(billing.ChargeUsage, "Requests", "10", "100", "0.1")),
			unknown:  true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.estimate.AsOf = tt.asOf
			var last *billing.Bill
			if tt.last != nil {
				bill := billOf(october, tt.last...)
				last = &bill
			}
			got := forecast.Cost(tt.estimate, last, forecast.MonthlyUnits(last))
			if tt.unknown {
				if got.Unknown == "" {
					t.Fatalf("there is a forecast: %+v", got)
				}
				return
			}
			if got.Unknown != "" || got.End.StringFixed(2) != tt.end || !got.Pending.Equal(decimal.RequireFromString(tt.pending)) {
				t.Errorf("end is %s (%s), pending %s, want %s and %s", got.End, got.Unknown, got.Pending, tt.end, tt.pending)
			}
			all := []decimal.Decimal{decimal.RequireFromString(tt.lowest), got.Low, got.End, got.High, decimal.RequireFromString(tt.greatest)}
			if !slices.IsSortedFunc(all, decimal.Decimal.Cmp) {
				t.Errorf("bounds, low, end and high are not in order: %v", all)
			}
		})
	}
}
