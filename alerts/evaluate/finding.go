package evaluate

import (
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Reading is one month's usage as one check read it.
type Reading struct {
	Month billing.Month
	Rows  []billing.Usage
	// Unread are the skipped rows of the month and the months before, with the reason.
	Unread []billing.Usage
	// Closed are the rows of the months before, as Fastly has them now.
	Closed []billing.Usage
	// Archive is what forecasts rest on; nil if nothing is known.
	Archive *Archive
	// Bill is what the month costs, if a rule needs it; nil if that is unknown, for the reason in BillUnknown.
	// BillPending means that the month is over, and not invoiced yet.
	Bill *billing.Bill
	// LastBill is the newest invoice before it, for its forecast; nil if there is none, or it could not be read.
	LastBill    *billing.Bill
	BillUnknown string
	BillPending bool
	// Services are what the rules that name a service need; nil if none does.
	Services *ServiceTally
	// ForecastErrors are how far forecasts of closed months were off; nil if none is known.
	ForecastErrors map[alerts.BudgetName][]forecast.PastError
	ReadAt         time.Time
	// Incomplete is why the bill or some of Services could not be read; the budgets that need those are unknown.
	Incomplete error
	// UnreadBill and UnreadServices are the parts of Incomplete.
	UnreadBill, UnreadServices error
}

// UnreadOf is why the match's usage cannot be added up in the month, if it may cover a skipped row; else empty.
func (r *Reading) UnreadOf(m rules.Match, month billing.Month) string {
	for _, u := range r.Unread {
		if u.Month == month && m.MayCover(u) {
			return u.Unread
		}
	}
	return ""
}

// names returns the rows and the unread rows with known names: what the account uses, for finding the product of a charge.
func (r *Reading) names() []billing.Usage { return billing.WithNames(r.Rows, r.Unread) }

// Finding is what a reading shows of one budget.
type Finding struct {
	Rule *rules.Rule
	alerts.BudgetID
	ServiceID string          // whose budget it is, if the rule has one for each service
	Used      decimal.Decimal // in the budget's single units; meaningless if Unknown is set
	Limit     decimal.Decimal // likewise; thresholds are shares of it, in this month and for this instance
	Threshold rules.Threshold // the highest threshold reached; 0 for none
	Largest   []alerts.Part   // of the usage types that make up Used, if there are several
	Version   string          // the data version: last_updated_at, a hash of the figures, and the sum of services
	CountedTo time.Time       // the newest instant that a row of the budget counts to, or that the bill does
	ReadAt    time.Time
	Estimate  bool              // Used is usage of services at the account's rates, and no line of a bill
	Forecast  forecast.Forecast // how the month is likely to end
	// Unknown is why Used is unknown, for a person; else empty.
	Unknown string
	// NotBilled means that the reason is that the current month's bill has no such charge yet: a fee may land on its last day.
	NotBilled bool
}

// Reached returns the highest threshold that usage is at or above.
func (f *Finding) Reached() rules.Threshold {
	for _, threshold := range slices.Backward(f.Rule.Thresholds) {
		if f.Used.GreaterThanOrEqual(f.At(threshold)) {
			return threshold
		}
	}
	return 0
}

// At returns the usage at which the threshold is reached.
func (f *Finding) At(threshold rules.Threshold) decimal.Decimal {
	return f.Limit.Mul(decimal.New(int64(threshold), -2))
}

// Hash is the rule's for the budget.
func (f *Finding) Hash() string { return f.Rule.Hash(f.Month, f.instance()) }

func (f *Finding) instance() rules.Instance {
	return rules.Instance{Name: f.BudgetID.Instance, ServiceID: f.ServiceID}
}

// Route is where the budget posts.
func (f *Finding) Route() rules.Route { return f.Rule.Route(f.Instance) }

// Contains reports whether all usage that counts for the narrow budget counts for this one too, but not the reverse.
func (f *Finding) Contains(narrow *Finding) bool {
	if f.Instance != "" || len(f.Rule.Teams) > 0 || f.Rule.Budget.Kind != narrow.Rule.Budget.Kind {
		return false
	}
	if f.Rule.Charges == rules.ChargesUsage && narrow.Rule.Charges != rules.ChargesUsage {
		return false
	}
	wide, of := f.Rule.Match, narrow.Rule.Match
	return wide.Contains(of) && (!of.Contains(wide) || narrow.Instance != "" || len(narrow.Rule.Teams) > 0)
}

// Chance returns the probability that the month ends at or above the forecast's threshold; NaN if it is unknown.
func (f *Finding) Chance() float64 {
	if !f.Forecast.IsKnown() {
		return math.NaN()
	}
	return f.chanceOver(f.Rule.ForecastThreshold())
}

func (f *Finding) chanceOver(threshold rules.Threshold) float64 {
	chance, _ := f.Forecast.ChanceOver(f.At(threshold))
	return chance
}

// ForecastSummary is how the month of a budget is likely to end, as a message shows it.
func (f *Finding) ForecastSummary(track forecast.Track) *alerts.Forecast {
	o := f.Forecast
	switch {
	case o.Method == "" || o.Method == forecast.MethodComplete || f.Unknown != "":
		return nil
	case !o.IsKnown():
		return &alerts.Forecast{Threshold: f.Rule.ForecastThreshold(), Unknown: o.Unknown}
	}
	p := &alerts.Forecast{
		Threshold: f.Rule.ForecastThreshold(), Likely: track.Likely, Low: o.Low, Expected: o.End, High: o.High,
		Planned: o.Planned,
	}
	p.OnCourse = !p.Likely && f.chanceOver(min(p.Threshold, alerts.OverThreshold)) < forecast.LikelyUntil
	if out, ok := o.RunsOut(f.Limit); ok {
		p.RunsOut = &out
	}
	return p
}

// ForecastSummary is what a message would show of the day's forecast, given its rule and the month's
// forecasts so far.
func ForecastSummary(d alerts.ForecastDay, rule *rules.Rule, track forecast.Track) *alerts.Forecast {
	s := forecast.NewSpan(forecast.Position{Month: d.Month, Used: d.Used, CountedTo: d.Day.AddDate(0, 0, 1)})
	o := forecast.Forecast{Position: forecast.Position{Month: d.Month, Used: d.Used}, Method: d.Method, End: d.Expected, Low: d.Low, High: d.High, Deviation: d.Deviation}
	o.CountedTo = s.Cut()
	if s.Left() > 0 {
		o.Ahead = s.Even(d.Expected.Sub(d.Used).InexactFloat64() / float64(s.Left()))
	}
	o.Planned = billing.EventsIn(rule.Planned, o.CountedTo, d.Month.End())
	f := Finding{Rule: &rules.Rule{Forecast: rule.ForecastThreshold()}, Limit: d.Limit, Used: d.Used, Forecast: o}
	return f.ForecastSummary(track)
}
