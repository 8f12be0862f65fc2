package evaluate

import (
	"cmp"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Amounts are what parts of a total used, by their names.
type Amounts map[string]decimal.Decimal

// Add adds what the part of that name used.
func (a Amounts) Add(name string, used decimal.Decimal) { a[name] = a[name].Add(used) }

// Sum is what all parts used.
func (a Amounts) Sum() decimal.Decimal {
	var sum decimal.Decimal
	for _, used := range a {
		sum = sum.Add(used)
	}
	return sum
}

// DriversOf compares what is used now with what was used before.
func DriversOf(now, before Amounts) alerts.Drivers {
	g := alerts.Drivers{Before: before.Sum()}
	g.Change = now.Sum().Sub(g.Before)
	parts := report.Changes(now, before)
	if len(parts) < 2 || !g.Change.IsPositive() {
		return g
	}
	rise := report.RiseOf(parts, g.Change, MostParts)
	g.Parts, g.Others, g.OthersChange = partsOf(rise.Parts), rise.Others, rise.Rest
	return g
}

// partsOf writes parts of a comparison as messages keep them.
func partsOf(compared []report.Part) []alerts.Part {
	parts := make([]alerts.Part, len(compared))
	for i, part := range compared {
		parts[i] = alerts.Part{Name: part.Name, Used: part.By}
	}
	return parts
}

// AverageDays returns the share of the month before that its first days make on average, up to the day of countedTo.
func AverageDays(before, m billing.Month, countedTo time.Time) decimal.Decimal {
	whole := time.Duration(before.Days()) * 24 * time.Hour
	return decimal.NewFromInt(int64(countedTo.Sub(m.Start()))).Div(decimal.NewFromInt(int64(whole)))
}

// Drivers returns what grew of the account's usage that a match covers, in the unit of kind. rows are those of the month,
// counted to the instant. It reports false if nothing is known of the month before.
func (a *Archive) Drivers(m rules.Match, kind billing.Kind, rows []billing.Usage, countedTo time.Time) (alerts.Drivers, bool) {
	if a == nil || len(rows) == 0 || countedTo.IsZero() {
		return alerts.Drivers{}, false
	}
	month := rows[0].Month
	by, name := apart(rows)
	parts, known := a.parts(m, kind)
	if !known {
		return alerts.Drivers{}, false
	}
	used := Amounts{}
	for _, row := range rows {
		counted, err := a.factors.Count(row, kind)
		if err != nil {
			return alerts.Drivers{}, false
		}
		used.Add(name(row), counted)
	}
	before := month.Add(-1)
	row, days := a.sameDays(before, countedTo.Sub(month.Start())), billing.DayCounted(countedTo).Day()
	share := decimal.New(1, 0)
	if row == nil {
		row, days, share = a.closed[before], 0, AverageDays(before, month, countedTo)
	}
	if row == nil {
		return alerts.Drivers{}, false
	}
	then := Amounts{}
	for _, p := range parts {
		if billed := row[p.id]; billed.Valid {
			then.Add(name(p.Usage), billed.Decimal.Mul(p.units).Mul(share))
		}
	}
	if len(then) == 0 {
		return alerts.Drivers{}, false
	}
	g := DriversOf(used, then)
	if g.Month, g.Days = before, days; len(g.Parts) > 0 {
		g.By = by
	}
	return g, true
}

// sameDays returns the usage from the month's beginning to so long after it; nil if it was not recorded.
func (a *Archive) sameDays(m billing.Month, long time.Duration) usageRow {
	until := m.Start().Add(long)
	for _, day := range a.days {
		if day.month == m && day.countedTo.Equal(until) {
			return day.usage
		}
	}
	return nil
}

// apart returns how to break rows down: by usage type, or by region where there is only one type.
func apart(rows []billing.Usage) (alerts.DriverBy, func(billing.Usage) string) {
	for _, row := range rows {
		if row.UsageType != rows[0].UsageType {
			return alerts.DriverByType, func(u billing.Usage) string { return u.UsageType }
		}
	}
	return alerts.DriverByRegion, func(u billing.Usage) string { return cmp.Or(u.Region, "no region") }
}

// MostServices is how many services of a usage type are compared. For an account with more, the message breaks growth down by usage
// type.
const MostServices = 10_000

// ErrManyServices means that a usage type has more services than are compared.
var ErrManyServices = errors.New("too many services to compare")
