package alerts

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Bulletin is the content of a digest, as values.
type Bulletin struct {
	Digest string        `json:"digest"` // its name in the rules file
	Month  billing.Month `json:"month"`  // the month that it covers
	MadeAt time.Time     `json:"made_at"`
	// Budgets are the budgets' states, in the order of the rules; nil if not shown.
	Budgets []BudgetStatus `json:"budgets,omitempty"`
	// CheckFailure is why the newest check failed, for a person; empty if it succeeded. Checked is when a check last succeeded.
	CheckFailure string    `json:"check_failure,omitempty"`
	Checked      time.Time `json:"checked,omitzero"`
	// Cost is what the month costs; nil if the account has no estimate.
	Cost *RunningCost `json:"cost,omitempty"`
	// TopChanges is what changed most, by usage type: of each measure the few rows that moved it most; nil if that is not shown.
	TopChanges *report.Table `json:"movers,omitempty"`
	// Worth is what the changes cost; nil if no rates are known.
	Worth *Worth `json:"worth,omitempty"`
	// Close is the result of the month; nil if the digest is not for a month's close.
	Close *Close `json:"close,omitempty"`
	// File goes into the thread of the message; nil if there is none.
	File *File `json:"-"`
	// IsLate means that the last check of usage failed or is late, so that the next one may still change the digest.
	IsLate bool `json:"-"`
	// Missing are sentences for people about what could not be read, and why.
	Missing []string `json:"untold,omitempty"`
}

// RunningCost is what the month costs by Fastly's estimate, how it is likely to end, and what the month before came to, or the newest invoice. Of a
// month that is over it is what that came to.
type RunningCost struct {
	Currency string          `json:"currency,omitempty"`
	SoFar    decimal.Decimal `json:"so_far"`
	Likely   *LikelyCost     `json:"likely,omitempty"` // nil if there is no forecast
	// Before is what BeforeMonth came to; not valid if no month before is known in that currency.
	Before      decimal.NullDecimal `json:"before"`
	BeforeMonth billing.Month       `json:"before_month"`
	// NotInvoiced is the one of these months that is over and has no invoice yet, so that its amount is what Fastly's last estimate makes likely;
	// zero if there is none.
	NotInvoiced billing.Month `json:"not_invoiced,omitzero"`
}

// LikelyCost is the expected bill, and the range in which it ends with a probability of 80 %.
type LikelyCost struct {
	End  decimal.Decimal `json:"end"`
	Low  decimal.Decimal `json:"low"`
	High decimal.Decimal `json:"high"`

	Planned []billing.Event `json:"planned,omitempty"` // that the figures include
}

// Worth is what usage costs that a month has more than the days before it, or less, at the rates of the last tiers of an invoice.
type Worth struct {
	Currency string          `json:"currency,omitempty"`
	Rates    billing.Month   `json:"rates"` // whose invoice it is
	Whole    decimal.Decimal `json:"whole"` // of every usage type that can be compared and has a rate
	// Rows are usage types of Bulletin.TopChanges, the largest amount first.
	Rows []WorthOfRow `json:"rows,omitempty"`
}

// WorthOfRow is what the change of one usage type costs; it is below zero if usage fell.
type WorthOfRow struct {
	Product   string          `json:"product,omitempty"`
	UsageType string          `json:"usage_type"`
	Amount    decimal.Decimal `json:"amount"`
}

// File is a file to be uploaded to a channel.
type File struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// Close is the result of a month, as its closing message shows it.
type Close struct {
	// Final means that final figures are shown, ForecastRecord that forecasts are compared with them.
	Final          bool `json:"final,omitempty"`
	ForecastRecord bool `json:"foretold,omitempty"`
	// Count is how many budgets ended the month with a figure, and Over how many of them went over. Unknown ones have no figure, and Pending
	// are money budgets that wait for the invoice.
	Count   int `json:"count,omitempty"`
	Over    int `json:"over,omitempty"`
	Unknown int `json:"unknown,omitempty"`
	Pending int `json:"pending,omitempty"`
	// Budgets are those that went over or came near, worst first, at most 50; if there are none, the one that came nearest.
	Budgets []FinalLine `json:"budgets,omitempty"`
	// Forecasts is how many budgets had a forecast, Held how many of them ended within its range.
	Forecasts int       `json:"forecasts,omitempty"`
	InRange   int       `json:"held,omitempty"`
	PostedOn  time.Time `json:"said_on,omitzero"`
	// Missed is the budget that ended farthest outside its forecast range, relative to its final figure; nil if none did.
	Missed *FinalLine `json:"missed,omitempty"`
	// Teams is the usage of each team, and Costs its estimated cost; nil if not shown or not known.
	Teams *report.Table `json:"teams,omitempty"`
	Costs *report.Table `json:"costs,omitempty"`
	// Statement is what Fastly billed; nil if the account has no bills.
	Statement *Statement `json:"statement,omitempty"`
	// CanExport means that the figures are available as a file, ByTeam that the rules have teams.
	CanExport bool `json:"can_export,omitempty"`
	ByTeam    bool `json:"by_team,omitempty"`
}

// FinalLine is how a budget ended, with its forecast.
type FinalLine struct {
	BudgetLine
	ForecastRange *ForecastRange `json:"said,omitempty"` // nil if there was no forecast
}

// ForecastRange is the range in which a budget was forecast to end with a probability of 80 %, in its single units.
type ForecastRange struct {
	Low  decimal.Decimal `json:"low"`
	High decimal.Decimal `json:"high"`
}

// Statement is what Fastly billed for a month, beside the earlier figures.
type Statement struct {
	Month    billing.Month   `json:"month"`
	Version  string          `json:"version,omitempty"` // of the invoices; empty while there is none
	Invoices []string        `json:"invoices,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Total    decimal.Decimal `json:"total"`
	// Was is the total posted before this one; not valid if there was none.
	Was decimal.NullDecimal `json:"was"`
	// Estimate is Fastly's last estimate of the month, as of EstimatedAt; not valid if there is none.
	Estimate    decimal.NullDecimal `json:"estimate"`
	EstimatedAt time.Time           `json:"estimated_at,omitzero"`
	// Apart are the usage types whose billed and counted figures differ; at most ten.
	Apart []report.Discrepancy `json:"apart,omitempty"`
	// Budgets are the money budgets, worst first.
	Budgets []BudgetLine `json:"budgets,omitempty"`
	Remarks []string     `json:"remarks,omitempty"`
	// Bill compares the invoice with that of the month before, by product; nil if there is none to compare with.
	Bill *report.Table `json:"bill,omitempty"`
}

// IsIn reports whether there is an invoice.
func (s *Statement) IsIn() bool { return s != nil && s.Version != "" }

// Limits of what a closing message shows.
const (
	nearThreshold = 80 // a budget that used this percentage of its limit came near it
	mostFinals    = 50
	MostApart     = 10
)

// Settle adds the final lines, worst first, and compares them with their forecasts.
func (c *Close) Settle(lines []BudgetLine, forecast []ForecastDay) {
	forecasts := map[BudgetID]ForecastDay{}
	for _, o := range forecast {
		forecasts[o.BudgetID] = o
	}
	farthest := decimal.Decimal{}
	for _, l := range lines {
		final := FinalLine{BudgetLine: l}
		if o, known := forecasts[l.BudgetID]; known {
			final.ForecastRange = &ForecastRange{o.Low, o.High}
			c.Forecasts++
			off := final.ForecastRange.off(l.Used)
			switch {
			case off.IsZero():
				c.InRange++
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

// off returns how far a figure lies outside the range, as a share of itself; zero within the range.
func (f ForecastRange) off(used decimal.Decimal) decimal.Decimal {
	out := decimal.Max(f.Low.Sub(used), used.Sub(f.High))
	if !out.IsPositive() || !used.IsPositive() {
		return decimal.Decimal{}
	}
	return out.Div(used)
}

// Compare adds the usage types whose billed and counted figures differ, largest difference first.
func (s *Statement) Compare(apart []report.Discrepancy) {
	slices.SortStableFunc(apart, func(a, b report.Discrepancy) int {
		return cmp.Or(b.Part().Cmp(a.Part()), cmp.Compare(a.UsageType, b.UsageType))
	})
	s.Apart = apart[:min(MostApart, len(apart))]
}
