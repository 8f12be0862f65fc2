package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
)

// Rules is a rules file, read and found right.
type Rules struct {
	// Zone is where working hours and the schedules of digests are kept. Months are UTC, as Fastly bills them.
	Zone         *time.Location
	WorkingHours []WorkingHours // when what can wait is said; empty is at any hour
	URL          string         // where people find the file; may be empty
	People       map[string]Person
	Access       Access
	Teams        []Team
	Operators    Operators
	Digests      []Digest
	Rules        []Rule
	// Doubts are what the file says rightly, and what its writer may have meant otherwise.
	Doubts Problems
}

// HaveMoney reports whether a budget is one of money, so that the bill is needed.
func (r *Rules) HaveMoney() bool { return HaveMoney(r.Rules) }

// HaveMoney reports whether any of the rules is a budget in money.
func HaveMoney(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.IsMoney() })
}

// RuleKind is what a rule watches for.
type RuleKind string

// The kinds of rule. A rule is of exactly one.
const (
	RuleBudget   RuleKind = "budget"   // that usage or cost reaches thresholds of a budget
	RuleChange   RuleKind = "change"   // that usage per day changes against the same days of the month before
	RuleNew      RuleKind = "new"      // that something is used that was not in six months
	RuleVanished RuleKind = "vanished" // that something is no longer used
)

// Rule is one thing that is watched for, most often a budget, and where it is said.
type Rule struct {
	Name  string // the key in the ledger, in commands and in messages: a lower-case slug
	Was   string // the name that the rule had before, whose state it keeps; may be empty
	Title string // for people; the usage type, where that says it all, or the name where the file gives none
	Kind  RuleKind
	Match Match
	// Teams are those whose services count: one where the rule is of a team, every one where Per is PerTeam, else none. Their
	// channels and owners are those that this rule uses.
	Teams []Team
	Per   Per // whether there is a budget for each service or team; else empty

	// Budget is the limit, Months are those of the months that differ, and Except those of the scopes that do, in any month.
	// All are of one kind and currency.
	Budget     billing.Amount
	Months     map[billing.Month]billing.Amount
	Except     map[string]billing.Amount
	Charges    Charges     // which charges count towards a budget of money; empty for other budgets
	Thresholds []Threshold // rising; empty only where there is a forecast
	// Forecast is the level above which the month is likely to end when that is said ahead of time; 0 for never.
	Forecast Threshold

	Change  Change    // of a RuleChange
	Of      []Subject // of a RuleNew or RuleVanished: what may appear or vanish
	AtLeast Threshold // of a RuleNew or RuleVanished: how much of its product it must make, as a floor; 0 for none

	Channel string // a name without "#", or an id; empty where Teams tell it, and only those
	Owners  []Person
	PingAt  Threshold // owners are mentioned from this level on
	// EscalateAfter is how long a budget that is used up may go without an answer until its owners are called; 0 for ever.
	// Where there are working hours it is counted in them.
	EscalateAfter time.Duration
	// Line and Column are where the rule stands in its file.
	Line, Column int
	// At is where the values of the rule's keys stand, by the keys.
	At map[string]Location
}

// Location is a place in a file, both counted from 1.
type Location struct{ Line, Column int }

// Place returns where the value of the first key stands that the rule has; the rule's own place where it has none.
func (r *Rule) Place(keys ...string) Location {
	for _, key := range keys {
		if position, written := r.At[key]; written {
			return position
		}
	}
	return Location{r.Line, r.Column}
}

// Per is what a rule has a budget for each of.
type Per string

// What a rule can have a budget for each of.
const (
	PerService Per = "service"
	PerTeam    Per = "team"
)

// Charges says which charges of a bill count.
type Charges string

// Which charges count.
const (
	ChargesAll   Charges = "all"   // the whole bill, credits taken off
	ChargesUsage Charges = "usage" // what is counted, without support, TLS and other flat fees, and without credits
)

// Change is by how much usage per day must differ from the same days of the month before.
type Change struct {
	Over    Threshold      // in percent of the month before
	AtLeast billing.Amount // and in itself, so that a large share of very little is no news
}

// Subject is a kind of thing that can appear on a bill or vanish from it.
type Subject string

// The kinds of thing that can appear or vanish.
const (
	SubjectProduct   Subject = "product"
	SubjectUsageType Subject = "usage_type"
	SubjectService   Subject = "service"
)

// Match says which usage counts. Each field is an exact name or a glob with *; an empty one matches everything.
type Match struct {
	Product   string `json:"product,omitempty"`
	UsageType string `json:"usage_type,omitempty"`
	Region    string `json:"region,omitempty"`
	Service   string `json:"service,omitempty"` // a service's name or id
}

// Access says who may ask, and where an answer may be shared. An empty list leaves it to every full member of the workspace.
type Access struct {
	Ask   []Place
	Share []Place
}

// Place is a channel or a person that the file allows something.
type Place struct {
	Name string // as the file writes it, without "#"
	ID   string // Slack's id where the file gives it or people names it; empty for a channel known by name alone
}

// Operators are the people who run the service and hear of its own troubles.
type Operators struct {
	Channel    string        // empty where nobody is told
	StaleAfter time.Duration // how old figures may grow before they are called stale
}

// DefaultStaleAfter is how old figures may be where the file does not say.
const DefaultStaleAfter = 36 * time.Hour

// DefaultThresholds are the levels of a rule that names none.
var DefaultThresholds = []Threshold{80, 100, 125, 150, 200}

// DefaultForecast is the level of a rule that names none, above which the month's likely end is said ahead of time.
const DefaultForecast Threshold = 100

// DefaultPingAt is the level from which owners are mentioned where the file does not say.
const DefaultPingAt Threshold = 100

// Next returns the lowest threshold above the level, or 0 if there is none.
func (r Rule) Next(threshold Threshold) Threshold {
	for _, next := range r.Thresholds {
		if next > threshold {
			return next
		}
	}
	return 0
}

// Covers reports whether the usage row counts towards the rule. Service is left to the caller: usage rows have none.
func (m Match) Covers(u billing.Usage) bool {
	return Glob(m.Product, u.Product) && Glob(m.UsageType, u.UsageType) && Glob(m.Region, u.Region)
}

// MayCover is Covers for a row that was set aside: what of its names is not known may be anything.
func (m Match) MayCover(u billing.Usage) bool {
	may := func(pattern, name string) bool { return name == "" || Glob(pattern, name) }
	return may(m.Product, u.Product) && may(m.UsageType, u.UsageType) && may(m.Region, u.Region)
}

// CoversService reports whether the service counts, by its name or its id.
func (m Match) CoversService(s billing.ServiceUsage) bool {
	return Glob(m.Service, s.ServiceName) || Glob(m.Service, s.ServiceID)
}

// String returns the parts that are set, "cdn_usage, North America Bandwidth".
func (m Match) String() string {
	var parts []string
	for _, part := range []string{m.Product, m.UsageType, m.Region, m.Service} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// Describe is String, with words for the match that covers everything.
func (m Match) Describe() string { return cmp.Or(m.String(), "any product") }

// ForecastThreshold returns the level that the forecast is about. A rule without one still shows whether the limit will hold.
func (r *Rule) ForecastThreshold() Threshold { return cmp.Or(r.Forecast, DefaultForecast) }

// Texts returns named strings as plain ones.
func Texts[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return names
}

// PlainTitle returns the usage type where the rule is a budget of the whole of it, and of nothing else.
func (r *Rule) PlainTitle() string {
	if r.Match.Service != "" || len(r.Teams) > 0 || r.Per != "" || r.Kind != RuleBudget {
		return ""
	}
	return PlainName(r.Match.UsageType)
}

// PlainName returns the name where it is exact, and nothing where it is a glob, which would make a poor title.
func PlainName(name string) string {
	if strings.Contains(name, "*") {
		return ""
	}
	return name
}

// LooksBack reports whether a rule needs the months before.
func (r *Rules) LooksBack() bool {
	return slices.ContainsFunc(r.Rules, func(rule Rule) bool { return rule.Kind == RuleNew || rule.Kind == RuleVanished })
}

// Channels counts the channels that the rules speak in.
func (r *Rules) Channels() int {
	seen := map[string]bool{}
	for _, rule := range r.Rules {
		for _, channel := range rule.Channels() {
			seen[channel] = true
		}
	}
	return len(seen)
}

// Renames returns the names that rules have now, by those that they had before.
func (r *Rules) Renames() map[string]string {
	names := map[string]string{}
	for _, rule := range r.Rules {
		if rule.Was != "" {
			names[rule.Was] = rule.Name
		}
	}
	return names
}

// LooksForServices reports whether a rule needs to know which services there were.
func (r *Rules) LooksForServices() bool {
	return slices.ContainsFunc(r.Rules, func(rule Rule) bool { return slices.Contains(rule.Of, SubjectService) })
}

// Threshold is a threshold in whole percent of a budget, such as 80.
type Threshold int

// String returns "80%".
func (l Threshold) String() string { return fmt.Sprintf("%d%%", int(l)) }

// Between returns the thresholds above low, up to high.
func (r *Rule) Between(low, high Threshold) []Threshold {
	var thresholds []Threshold
	for _, threshold := range r.Thresholds {
		if threshold > low && threshold <= high {
			thresholds = append(thresholds, threshold)
		}
	}
	return thresholds
}
