package alerts

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Close is what a month came to, as its close shows it.
type Close struct {
	// Final tells that final figures are shown, ForecastRecord that the forecasts are compared with them.
	Final          bool `json:"final,omitempty"`
	ForecastRecord bool `json:"foretold,omitempty"`
	// Count is how many budgets ended the month with a figure, Over how many of them went over; of Unknown ones there is none, and
	// Pending are those of money that wait for the invoice.
	Count   int `json:"count,omitempty"`
	Over    int `json:"over,omitempty"`
	Unknown int `json:"unknown,omitempty"`
	Pending int `json:"pending,omitempty"`
	// Budgets are those that went over or came near, worst first, at most 50; where none did, the one that came nearest.
	Budgets []FinalLine `json:"budgets,omitempty"`
	// Forecasts is of how many budgets the end was foretold, Held of how many it lay within what was.
	Forecasts int       `json:"forecasts,omitempty"`
	Held      int       `json:"held,omitempty"`
	PostedOn  time.Time `json:"said_on,omitzero"`
	// Missed is the budget whose end lay farthest off what was foretold, as a part of its end; nil where none did.
	Missed *FinalLine `json:"missed,omitempty"`
	// Teams are what the teams used, and Costs what that cost by an estimate; nil where that is not shown or not known.
	Teams *report.Table `json:"teams,omitempty"`
	Costs *report.Table `json:"costs,omitempty"`
	// Statement is what Fastly billed; nil where the account has no bills.
	Statement *Statement `json:"statement,omitempty"`
	// CanExport tells that the figures can be had as a file, ByTeam that there are teams to ask by.
	CanExport bool `json:"can_export,omitempty"`
	ByTeam    bool `json:"by_team,omitempty"`
}

// FinalLine is how a budget ended, and what was foretold of it.
type FinalLine struct {
	BudgetLine
	Said *ForecastRange `json:"said,omitempty"` // nil where nothing was
}

// ForecastRange is the range that held a budget's end with a probability of 80 %, in its single units.
type ForecastRange struct {
	Low  decimal.Decimal `json:"low"`
	High decimal.Decimal `json:"high"`
}

// Statement is what Fastly billed for a month, beside what was thought before.
type Statement struct {
	Month    billing.Month   `json:"month"`
	Version  string          `json:"version,omitempty"` // of the invoices; empty while there is none
	Invoices []string        `json:"invoices,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Total    decimal.Decimal `json:"total"`
	// Was is the total that was said before this one; not valid where none was.
	Was decimal.NullDecimal `json:"was"`
	// Estimate is the last one that Fastly made of the month, as of EstimatedAt; not valid where none is known.
	Estimate    decimal.NullDecimal `json:"estimate"`
	EstimatedAt time.Time           `json:"estimated_at,omitzero"`
	// Apart are the usage types that were billed and counted differently; at most ten.
	Apart []report.Discrepancy `json:"apart,omitempty"`
	// Budgets are those of money, worst first.
	Budgets []BudgetLine `json:"budgets,omitempty"`
	Remarks []string     `json:"remarks,omitempty"`
}

// IsIn reports whether there is an invoice.
func (s *Statement) IsIn() bool { return s != nil && s.Version != "" }

// How much of a close is told.
const (
	nearThreshold = 80 // percent of a limit from which a budget came near it
	mostFinals    = 50
	MostApart     = 10
)

// Settle takes in how budgets ended, worst first, and what was foretold of them.
func (c *Close) Settle(lines []BudgetLine, forecast []ForecastDay) {
	said := map[BudgetID]ForecastDay{}
	for _, o := range forecast {
		said[o.BudgetID] = o
	}
	farthest := decimal.Decimal{}
	for _, l := range lines {
		final := FinalLine{BudgetLine: l}
		if o, known := said[l.BudgetID]; known {
			final.Said = &ForecastRange{o.Low, o.High}
			c.Forecasts++
			off := final.Said.off(l.Used)
			switch {
			case off.IsZero():
				c.Held++
			case off.GreaterThan(farthest):
				farthest, c.Missed = off, &final
			}
		}
		c.Count++
		if l.Used.GreaterThanOrEqual(l.Limit) {
			c.Over++
		}
		near := l.Used.GreaterThanOrEqual(l.Limit.Mul(decimal.New(nearThreshold, -2)))
		if len(c.Budgets) == 0 || near && len(c.Budgets) < mostFinals {
			c.Budgets = append(c.Budgets, final)
		}
	}
}

// off returns by which part of itself a figure lies outside the range; zero within it.
func (f ForecastRange) off(used decimal.Decimal) decimal.Decimal {
	out := decimal.Max(f.Low.Sub(used), used.Sub(f.High))
	if !out.IsPositive() || !used.IsPositive() {
		return decimal.Decimal{}
	}
	return out.Div(used)
}

// Compare takes in what was counted otherwise than it was billed, the largest difference first.
func (s *Statement) Compare(apart []report.Discrepancy) {
	slices.SortStableFunc(apart, func(a, b report.Discrepancy) int {
		return cmp.Or(b.Part().Cmp(a.Part()), cmp.Compare(a.UsageType, b.UsageType))
	})
	s.Apart = apart[:min(MostApart, len(apart))]
}
