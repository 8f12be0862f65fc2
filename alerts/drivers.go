package alerts

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Drivers is what grew of a budget's usage against the month before.
type Drivers struct {
	Month billing.Month `json:"month"` // the month before
	// Days is how many of its first days are compared with, as many as are counted now; 0 where what they used is not known,
	// and as many average days of it are.
	Days   int             `json:"days,omitempty"`
	Before decimal.Decimal `json:"before"` // what was used then, in single units
	Change decimal.Decimal `json:"change"` // how much more is used now; negative for less
	// By is what the parts are; empty where nothing tells any apart.
	By    DriverBy `json:"by,omitempty"`
	Parts []Part   `json:"parts,omitempty"` // what grew most, at most three: Used is by how much
	// Others is how many further parts there are, and OthersChange what they grew by together.
	Others       int             `json:"others,omitempty"`
	OthersChange decimal.Decimal `json:"others_change"`
	// Unexplained is what is left of Change where the parts are services and their sum is another; zero where that is next to nothing.
	Unexplained decimal.Decimal `json:"unexplained,omitzero"`
}

// DriverBy is what the parts of a growth are.
type DriverBy string

// What the parts of a growth can be.
const (
	DriverByService DriverBy = "service"
	DriverByType    DriverBy = "usage type"
	DriverByRegion  DriverBy = "region"
)

// amounts are what parts of a total used, by their names.
type amounts map[string]decimal.Decimal

func (a amounts) add(name string, used decimal.Decimal) { a[name] = a[name].Add(used) }

func (a amounts) sum() decimal.Decimal {
	var sum decimal.Decimal
	for _, used := range a {
		sum = sum.Add(used)
	}
	return sum
}

// scale multiplies every part.
func (a amounts) scale(by decimal.Decimal) amounts {
	scaled := make(amounts, len(a))
	for name, used := range a {
		scaled[name] = used.Mul(by)
	}
	return scaled
}

// driversOf holds what is used now against what was.
func driversOf(now, before amounts) Drivers {
	g := Drivers{Before: before.sum()}
	g.Change = now.sum().Sub(g.Before)
	rises := make([]Part, 0, len(now))
	for name, used := range now {
		rises = append(rises, Part{name, used.Sub(before[name])})
	}
	for name, used := range before {
		if _, still := now[name]; !still {
			rises = append(rises, Part{name, used.Neg()})
		}
	}
	slices.SortFunc(rises, func(a, b Part) int { return cmp.Or(b.Used.Cmp(a.Used), cmp.Compare(a.Name, b.Name)) })
	if len(rises) < 2 || !g.Change.IsPositive() {
		return g
	}
	named := 0
	for named < min(mostParts, len(rises)) && rises[named].Used.IsPositive() {
		named++
	}
	g.Parts, g.Others, g.OthersChange = rises[:named], len(rises)-named, g.Change
	for _, part := range g.Parts {
		g.OthersChange = g.OthersChange.Sub(part.Used)
	}
	return g
}

// elapsedDays returns how many days of the month are counted, parts of a day included.
func elapsedDays(m billing.Month, countedTo time.Time) decimal.Decimal {
	const day = int64(24 * time.Hour)
	return decimal.NewFromInt(int64(countedTo.Sub(m.Start()))).Div(decimal.NewFromInt(day))
}

// averageDays returns which share of the month before its first so many days are, on average.
func averageDays(before, m billing.Month, countedTo time.Time) decimal.Decimal {
	return elapsedDays(m, countedTo).Div(decimal.NewFromInt(int64(before.Days())))
}

// Drivers returns what grew of the account's usage that a match covers, in the unit of kind. rows are those of the month,
// counted to the instant. It reports false where nothing is known of the month before.
func (a *Archive) Drivers(m rules.Match, kind billing.Kind, rows []billing.Usage, countedTo time.Time) (Drivers, bool) {
	if a == nil || len(rows) == 0 || countedTo.IsZero() {
		return Drivers{}, false
	}
	month := rows[0].Month
	by, name := apart(rows)
	used, ok := a.count(rows, kind, name)
	parts, known := a.parts(m, kind)
	if !ok || !known {
		return Drivers{}, false
	}
	before := month.Add(-1)
	row, days := a.sameDays(before, countedTo.Sub(month.Start())), billing.DayCounted(countedTo).Day()
	share := decimal.New(1, 0)
	if row == nil {
		row, days, share = a.closed[before], 0, averageDays(before, month, countedTo)
	}
	then := amounts{}
	for _, p := range parts {
		if billed := row.of(p.id); billed.Valid {
			then.add(name(p.Usage), billed.Decimal.Mul(p.units))
		}
	}
	if len(then) == 0 {
		return Drivers{}, false
	}
	g := driversOf(used, then.scale(share))
	if g.Month, g.Days = before, days; len(g.Parts) > 0 {
		g.By = by
	}
	return g, true
}

// of is the usage of one series; not valid for a row that is not there.
func (r usageRow) of(id int) decimal.NullDecimal {
	if r == nil {
		return decimal.NullDecimal{}
	}
	return r[id]
}

// sameDays returns the usage of the month's first days up to so long after its beginning; nil where it was not recorded.
func (a *Archive) sameDays(m billing.Month, long time.Duration) usageRow {
	until := m.Start().Add(long)
	for _, month := range a.months {
		for _, day := range month.days {
			if month.month == m && day.countedTo.Equal(until) {
				return day.usage
			}
		}
	}
	return nil
}

// count adds rows up by name.
func (a *Archive) count(rows []billing.Usage, kind billing.Kind, name func(billing.Usage) string) (amounts, bool) {
	used := amounts{}
	for _, row := range rows {
		counted, err := a.factors.Count(row, kind)
		if err != nil {
			return nil, false
		}
		used.add(name(row), counted)
	}
	return used, true
}

// apart returns what rows differ in: their usage types, else their regions.
func apart(rows []billing.Usage) (DriverBy, func(billing.Usage) string) {
	for _, row := range rows {
		if row.UsageType != rows[0].UsageType {
			return DriverByType, func(u billing.Usage) string { return u.UsageType }
		}
	}
	return DriverByRegion, func(u billing.Usage) string { return cmp.Or(u.Region, "no region") }
}
