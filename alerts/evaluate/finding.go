package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// Reading is one month's usage as one check read it.
type Reading struct {
	Month billing.Month
	Rows  []billing.Usage
	// Unread are the rows of those months and of the ones before that were set aside, with the reason.
	Unread []billing.Usage
	// Closed are the rows of the months before, as Fastly has them now.
	Closed []billing.Usage
	// Archive is what forecasts are made of; nil where nothing is known.
	Archive *Archive
	// Bill is what the month costs, where a rule needs it; nil where that is not known, for the reason that BillUnknown gives to a
	// person. BillPending tells that the month is over, and not invoiced yet.
	Bill *billing.Bill
	// LastBill is the newest invoice before it, for its forecast; nil where there is none, or it could not be read.
	LastBill    *billing.Bill
	BillUnknown string
	BillPending bool
	// Services are what the rules that name a service need; nil where none does.
	Services *ServiceTally
	// ForecastErrors are how far forecasts of closed months were off; nil where none is known.
	ForecastErrors map[alerts.BudgetName][]forecast.PastError
	ReadAt         time.Time
	// Incomplete is why the bill or some of Services could not be read; the budgets that need those are unknown.
	Incomplete error
	// unreadBill and unreadServices are the parts of Incomplete.
	UnreadBill, UnreadServices error
}

// UnreadOf is why what the match covers cannot be added up in the month, where a row that it may cover was set aside; else empty.
func (r *Reading) UnreadOf(m rules.Match, month billing.Month) string {
	for _, u := range r.Unread {
		if u.Month == month && m.MayCover(u) {
			return u.Unread
		}
	}
	return ""
}

// names are the rows with those of the unread ones whose names are known: what the account uses, for finding the product of a charge.
func (r *Reading) names() []billing.Usage { return report.WithNames(r.Rows, r.Unread) }

// Finding is what a reading says of one budget.
type Finding struct {
	Rule *rules.Rule
	alerts.BudgetID
	ServiceID string          // whose budget it is, where the rule has one for each service
	Used      decimal.Decimal // in the budget's single units; meaningless where Unknown is set
	Limit     decimal.Decimal // likewise: what levels are shares of, in this month and scope
	Threshold rules.Threshold // the highest threshold reached; 0 for none
	Largest   []alerts.Part   // of the usage types that make up Used, where there are several
	Version   string          // the data version: last_updated_at, a hash of the figures, and what services come to
	CountedTo time.Time       // the newest instant that a row of the budget counts to, or that the bill does
	ReadAt    time.Time
	Estimate  bool              // Used is what services come to at the account's rates, and no line of a bill
	Forecast  forecast.Forecast // how the month is likely to end
	// Unknown is why Used cannot be told, for a person; empty where it can.
	Unknown string
	// NotBilled tells that this is so since the bill of the month that runs has no such charge yet: a fee may land on its last day.
	NotBilled bool
}

// MostParts is how many parts of a total are named.
const MostParts = 3

// Reached returns the highest threshold that usage is at or above.
func (f *Finding) Reached() rules.Threshold {
	for _, threshold := range slices.Backward(f.Rule.Thresholds) {
		if f.Used.GreaterThanOrEqual(f.At(threshold)) {
			return threshold
		}
	}
	return 0
}

// At returns how much usage the level is.
func (f *Finding) At(threshold rules.Threshold) decimal.Decimal {
	return f.Limit.Mul(decimal.New(int64(threshold), -2))
}

// Hash is the rule's for the budget.
func (f *Finding) Hash() string {
	return f.Rule.HashOf(f.Month, rules.Instance{Instance: f.Instance, ServiceID: f.ServiceID})
}

// Route is where the budget speaks.
func (f *Finding) Route() rules.Route { return f.Rule.Route(f.Instance) }

// dataVersion tells two states of the data apart: when Fastly last touched them, and what they are.
func dataVersion(rows []billing.Usage) string {
	lines := make([]string, len(rows))
	var newest time.Time
	for i, row := range rows {
		raw := "-"
		if row.Raw.Valid {
			raw = row.Raw.Decimal.String()
		}
		lines[i] = strings.Join([]string{row.Product, row.UsageType, row.Region, row.Unit, row.Quantity.String(), raw}, "|")
		if row.CountedTo.After(newest) {
			newest = row.CountedTo
		}
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		hash.Write([]byte(line + "\n"))
	}
	return newest.UTC().Format("2006-01-02T15:04Z") + "-" + hex.EncodeToString(hash.Sum(nil)[:6])
}
