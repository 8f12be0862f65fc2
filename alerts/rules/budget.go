package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
)

// Instance is one of the budgets of a rule that has several: how it is called and, if it is a service's, whose it is. It is zero for the
// rule as a whole.
type Instance struct{ Name, ServiceID string }

// ServiceName is the service's own name: the instance's has the id behind it if another service has the same name.
func (i Instance) ServiceName() string {
	if i.ServiceID == "" {
		return i.Name
	}
	return strings.TrimSuffix(i.Name, " ("+i.ServiceID+")")
}

// BudgetOf returns the limit of one of the rule's budgets in the month. An exception comes before a month that differs. One for a service's
// id counts for it alone, one for a name for every service of that name.
func (r *Rule) BudgetOf(month billing.Month, of Instance) billing.Amount {
	for _, name := range []string{of.ServiceID, of.Name, of.ServiceName()} {
		if amount, excepted := r.Except[name]; excepted {
			return amount
		}
	}
	if amount, differs := r.Months[month]; differs {
		return amount
	}
	return r.Budget
}

// Hash changes with everything that decides what a threshold of the budget in the month means. A change of channel, title, owners or
// thresholds keeps it, so that what was posted stays posted, and so does a version that has other defaults. Its first part, up to the dash,
// is that of the rule in any month and instance.
func (r *Rule) Hash(month billing.Month, of Instance) string {
	limit := r.BudgetOf(month, of).Value.String()
	for _, team := range r.Teams {
		if r.Per == PerTeam && team.Name == of.Name {
			limit += fmt.Sprintf(" %q", team.Services)
		}
	}
	return r.counted("") + HashDash + ContentHash(limit)
}

// counted is the first part of the hash; more is what an earlier version put into it too.
func (r *Rule) counted(more string) string {
	counted := fmt.Sprintf("%q %q %q %q %q %q %s %q", r.Match.Product, r.Match.UsageType, r.Match.Region, r.Match.Service,
		r.Per, r.Charges, r.Budget.Kind, r.Budget.Currency) + more
	for _, team := range r.Teams {
		if r.Per != PerTeam {
			counted += fmt.Sprintf(" %q", team.Services)
		}
	}
	return ContentHash(counted)
}

// earlierThresholds are those of a rule that named none, in the versions whose hashes had the thresholds in them.
var earlierThresholds = []Threshold{80, 100, 125, 150, 200}

// Modern returns what the hash would be today, if an earlier version made it of this very rule, else the hash as it is.
func (r *Rule) Modern(hash string) string {
	counted, limit, _ := strings.Cut(hash, HashDash)
	for _, thresholds := range [][]Threshold{r.Thresholds, earlierThresholds} {
		if counted == r.counted(fmt.Sprintf(" %v", thresholds)) {
			return r.counted("") + HashDash + limit
		}
	}
	return hash
}

// earlierForecast is the forecast threshold of a rule that named none, in earlier versions.
const earlierForecast Threshold = 100

// Forecasts reports whether a forecast of the threshold is the rule's. One that was posted by the default of an earlier version is that of
// a rule with the default of today: an upgrade is no edit.
func (r *Rule) Forecasts(threshold Threshold) bool {
	return threshold == r.Forecast || threshold == earlierForecast && r.Forecast == DefaultForecast
}

// SilencedAt is the threshold that silences the rule's forecast once it is reached. The default forecast is silenced by the limit: its margin of
// 5% only keeps a small excess quiet, and a budget that is used up needs no forecast.
func (r *Rule) SilencedAt() Threshold {
	if r.Forecast == DefaultForecast {
		return UsedUp
	}
	return r.Forecast
}

// HashDash separates the parts of a rule's hash.
const HashDash = "-"

// ContentHash returns a short hash of a text, for telling two forms of a rule apart.
func ContentHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// CountsAlike reports whether two hashes are of rules that count the same, be it against other limits.
func CountsAlike(hash, other string) bool {
	counted, _, _ := strings.Cut(hash, HashDash)
	return strings.HasPrefix(other, counted+HashDash)
}

// Measure returns what the budget's figures count, for printing them.
func (r *Rule) Measure() billing.Measure {
	switch r.Budget.Kind {
	case billing.Bytes:
		return billing.Measure{Noun: "bandwidth", Bytes: true}
	case billing.Requests:
		return billing.Measure{Noun: "requests"}
	case billing.Time:
		return billing.Measure{Noun: billing.NounVCPUTime, Time: true}
	case billing.Money:
		return billing.Cost(r.Budget.Currency)
	case billing.Billed:
	}
	return billing.Measure{Noun: "units", Billed: true}
}

// IsMoney reports whether the budget is one of money, which is compared with Fastly's bill.
func (r *Rule) IsMoney() bool { return r.Kind == RuleBudget && r.Budget.Kind == billing.Money }

// Route is where a budget posts, and who owns it.
type Route struct {
	Channel string // a name without "#", or an id
	Owners  []Person
}

// Route returns where the budget of the instance posts: a team's in the team's channel, unless the rule has its own.
func (r *Rule) Route(instance string) Route {
	if r.Per == PerTeam {
		if at := slices.IndexFunc(r.Teams, func(t Team) bool { return t.Name == instance }); at >= 0 {
			return Route{r.Teams[at].Channel, r.Teams[at].Owners}
		}
	}
	return Route{r.Channel, r.Owners}
}

// Channels returns every channel that the rule may post in.
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
