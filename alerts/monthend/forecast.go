package monthend

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// Forecast is how the month of a question is likely to end.
type Forecast struct {
	Question report.Question `json:"question"`
	// Groups are one for each measure, or for the currency of a bill.
	Groups []Group `json:"groups"`
	// Apart is as in report.Table.
	Apart []string          `json:"apart,omitempty"`
	Fresh billing.Freshness `json:"fresh"`
	// Unread are the reasons why rows of Fastly's could not be read; the lines that they may belong to are unknown.
	Unread []string `json:"unread,omitempty"`
	// Last is the invoiced month that the forecast of a bill uses; zero if there is none, or if the forecast is of usage.
	Last billing.Month `json:"last_invoice,omitzero"`
}

// Month is the month that is forecast.
func (f Forecast) Month() billing.Month { return f.Question.Months.Last }

// AddsUp reports whether the lines of a measure are parts of one whole. Requests of several products are not: each may count the same request.
func (f Forecast) AddsUp(m billing.Measure) bool {
	return f.Question.Cost || f.Question.By != report.ByProduct && report.Table{Apart: f.Apart}.AddsUp(m)
}

// Lines returns the lines of all groups, without totals.
func (f Forecast) Lines() []Line {
	var all []Line
	for _, g := range f.Groups {
		all = append(all, g.Lines...)
	}
	return all
}

// Group is every line of one measure. The total has a forecast of its own; it is nil if there is one line, or if the lines do not add up.
type Group struct {
	Measure billing.Measure `json:"measure"`
	Total   *Line           `json:"total,omitempty"`
	Lines   []Line          `json:"lines"`
}

// Line is how one thing is likely to end. Figures are in the measure's single units.
type Line struct {
	Name    string `json:"name"`
	Product string `json:"product,omitempty"`
	// Used is the month so far, and Before the whole month before; not valid if Fastly has no such row.
	Used   decimal.NullDecimal `json:"used"`
	Before decimal.NullDecimal `json:"before"`
	// The month ends between Low and High with a probability of 80 %. If Unknown says why there is no forecast, they have no meaning.
	Low      decimal.Decimal `json:"low"`
	Expected decimal.Decimal `json:"expected"`
	High     decimal.Decimal `json:"high"`
	Unknown  string          `json:"unknown,omitempty"`
	// Method is how the forecast was made; empty for a bill.
	Method forecast.Method `json:"method,omitempty"`
	// Pending are fees on the bill before that this one does not have yet; Low, Expected and High include them.
	Pending decimal.Decimal `json:"pending,omitzero"`
	Planned []billing.Event `json:"planned,omitempty"` // that the figures include
	// Change is the likely change per day since the month before, for a bill that of its usage charges; nil if it is unknown.
	Change *Span `json:"change,omitempty"`
}

// Span is a range of ratios: 0.05 to 0.08 is +5 % to +8 %.
type Span struct {
	Low  decimal.Decimal `json:"low"`
	High decimal.Decimal `json:"high"`
}

// IsKnown reports whether the line has a forecast.
func (l Line) IsKnown() bool { return l.Unknown == "" }

// noUsageYet is why a line with usage only in the month before has no forecast.
const noUsageYet = "it has no usage yet"

// end sets how the month is likely to end.
func (l *Line) end(likely forecast.Forecast, month billing.Month) {
	if l.Method, l.Unknown = likely.Method, likely.Unknown; !likely.IsKnown() {
		return
	}
	l.Low, l.Expected, l.High, l.Planned = likely.Low, likely.End, likely.High, likely.Planned
	if l.Before.Valid {
		l.Change = perDay(l.Low, l.High, l.Before.Decimal, month)
	}
}

// perDay compares an end, per day of its month, with that of the month before.
func perDay(low, high, before decimal.Decimal, month billing.Month) *Span {
	if !before.IsPositive() {
		return nil
	}
	days, daysBefore := decimal.NewFromInt(int64(month.Days())), decimal.NewFromInt(int64(month.Add(-1).Days()))
	change := func(end decimal.Decimal) decimal.Decimal {
		return end.Mul(daysBefore).Div(before.Mul(days)).Sub(decimal.New(1, 0))
	}
	return &Span{change(low), change(high)}
}

// inOrder sorts groups by their measure and lines by size, and tells lines of one name apart by their products.
func inOrder(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int { return report.CompareMeasures(a.Measure, b.Measure) })
	for _, g := range groups {
		slices.SortFunc(g.Lines, func(a, b Line) int {
			return cmp.Or(b.size().Cmp(a.size()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Product, b.Product))
		})
		count := map[string]int{}
		for _, l := range g.Lines {
			count[l.Name]++
		}
		for i, l := range g.Lines {
			if count[l.Name] > 1 && l.Product != "" {
				g.Lines[i].Name += " (" + l.Product + ")"
			}
		}
	}
}

func (l Line) size() decimal.Decimal {
	if l.IsKnown() {
		return l.High
	}
	return decimal.Max(l.Used.Decimal, l.Before.Decimal)
}
