package alerts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
)

// BudgetFor returns the limit of the month for the scope, "" being the rule as a whole. What the file excepts comes before a
// month that differs.
func (r *Rule) BudgetFor(month billing.Month, scope string) billing.Amount {
	if amount, excepted := r.Except[scope]; excepted {
		return amount
	}
	if amount, differs := r.Months[month]; differs {
		return amount
	}
	return r.Budget
}

// Hash changes with everything that decides what the levels of the month's budget for the scope mean. A change of channel,
// title or owners keeps it, so that what was said stays said. Its first part, up to the dash, is that of the rule in any
// month and scope.
func (r *Rule) Hash(month billing.Month, scope string) string {
	counted := fmt.Sprintf("%q %q %q %q %q %q %s %q %v", r.Match.Product, r.Match.UsageType, r.Match.Region, r.Match.Service,
		r.Per, r.Charges, r.Budget.Kind, r.Budget.Currency, r.Thresholds)
	limit := r.BudgetFor(month, scope).Value.String()
	for _, team := range r.Teams {
		switch services := fmt.Sprintf(" %q", team.Services); {
		case r.Per != PerTeam:
			counted += services
		case team.Name == scope:
			limit += services
		}
	}
	return digest(counted) + hashDash + digest(limit)
}

const hashDash = "-"

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// countsAlike reports whether two hashes are of rules that count the same, be it against other limits.
func countsAlike(hash, other string) bool {
	counted, _, _ := strings.Cut(hash, hashDash)
	return strings.HasPrefix(other, counted+hashDash)
}

// Measure returns what the budget's figures count, for printing them.
func (r *Rule) Measure() billing.Measure {
	switch r.Budget.Kind {
	case billing.Bytes:
		return billing.Measure{Noun: "bandwidth", Bytes: true}
	case billing.Requests:
		return billing.Measure{Noun: "requests"}
	case billing.Money:
		return billing.Cost(r.Budget.Currency)
	case billing.Billed:
	}
	return billing.Measure{Noun: "units", Billed: true}
}

// IsMoney reports whether the budget is one of money, which is held against Fastly's bill.
func (r *Rule) IsMoney() bool { return r.Kind == RuleBudget && r.Budget.Kind == billing.Money }

// IsEstimate reports whether the budget's figures are estimates: what services used at the rates of the account's bill, since Fastly
// bills no single service. Flat fees and credits are no part of them.
func (r *Rule) IsEstimate() bool { return r.IsMoney() && questionOf(r).selection().isNeeded() }

// Route is where something is said, and whose it is.
type Route struct {
	Channel string // a name without "#", or an id
	Owners  []Person
}

// Route returns where the budget of the scope speaks: a team's in the team's channel, unless the rule has its own.
func (r *Rule) Route(scope string) Route {
	if r.Per == PerTeam {
		if at := slices.IndexFunc(r.Teams, func(t Team) bool { return t.Name == scope }); at >= 0 {
			return Route{r.Teams[at].Channel, r.Teams[at].Owners}
		}
	}
	return Route{r.Channel, r.Owners}
}

// Channels returns every channel that the rule may speak in.
func (r *Rule) Channels() []string {
	var channels []string
	if r.Per == PerTeam {
		for _, team := range r.Teams {
			channels = append(channels, team.Channel)
		}
	}
	if r.Channel != "" {
		channels = append(channels, r.Channel)
	}
	slices.Sort(channels)
	return slices.Compact(channels)
}
