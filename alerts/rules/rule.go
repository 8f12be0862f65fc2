package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Rules is a valid rules file.
type Rules struct {
	// Zone is the time zone of working hours, of digest schedules and of instants that Slack does not draw. Months are UTC, as Fastly bills them.
	Zone         *time.Location
	WorkingHours []WorkingHours // when non-urgent messages are posted; empty for at any hour
	YearStarts   time.Month     // the month in which a fiscal year starts
	URL          string         // where people find the file; may be empty
	People       map[string]Person
	Access       Access
	Teams        []Team
	Operators    Operators
	Digests      []Digest
	Planned      []billing.Event // what changes all usage on some days; every rule has them too
	Rules        []Rule
	// Doubts are valid entries that the writer of the file may have meant differently.
	Doubts Problems
}

// Local returns an instant in the zone of the rules file. If there is no file it is UTC: the zone of the machine means nothing to those who read.
func (r *Rules) Local(t time.Time) time.Time {
	if r == nil {
		return t.UTC()
	}
	return t.In(cmp.Or(r.Zone, time.UTC))
}

// HaveMoney reports whether the file has a money budget, so that checks need the bill.
func (r *Rules) HaveMoney() bool { return HaveMoney(r.Rules) }

// HaveMoney reports whether any of the rules is a money budget.
func HaveMoney(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.IsMoney() })
}

// RuleKind is what a rule watches for.
type RuleKind string

// The kinds of rule. A rule has exactly one.
const (
	RuleBudget   RuleKind = "budget"   // that usage or cost reaches thresholds of a budget
	RuleChange   RuleKind = "change"   // that usage per day changes against the same days of the month before, or a day against its weekday
	RuleNew      RuleKind = "new"      // that something is used that was not in six months
	RuleVanished RuleKind = "vanished" // that something is no longer used
)

// Rule is one entry of the file: what to watch, most often a budget, and where to post about it.
type Rule struct {
	Name  string // the key in the ledger, in commands and in messages: a lower-case slug
	Was   string // the rule's former name, whose state it keeps; may be empty
	Title string // for people; by default the usage type if that describes the rule, else the name
	Kind  RuleKind
	Match Match
	// Teams are the teams whose services count: one for a team's rule, all for Per PerTeam, else none. The rule uses their channels and
	// owners.
	Teams []Team
	Per   Per // whether there is a budget for each service or team; else empty

	// Budget is the limit, Months are the limits of particular months, and Except those of particular services or teams, in any month. All are
	// of one kind and currency.
	Budget     billing.Amount
	Months     map[billing.Month]billing.Amount
	Except     map[string]billing.Amount
	Charges    Charges     // which charges count towards a money budget; empty for other budgets
	Thresholds []Threshold // ascending; empty only if there is a forecast
	// Forecast is the threshold: a month likely to end above it is posted in advance; 0 for never.
	Forecast Threshold

	Planned []billing.Event // what changes the usage on some days, for the forecast: the file's and the rule's own

	Change  Change    // of a RuleChange
	Of      []Subject // of a RuleNew or RuleVanished: what may appear or vanish
	AtLeast Threshold // of a RuleNew or RuleVanished: the least share of its product; 0 for any

	Channel string // a name without "#", or an id; empty if the channels of Teams are used
	Owners  []Person
	PingAt  Threshold // the threshold from which owners are mentioned
	// EscalateAfter is how long a budget that is used up may go unanswered before its owners are called; 0 for ever. If the file has working
	// hours, only those count.
	EscalateAfter time.Duration
	// Line and Column are the rule's position in its file.
	Line, Column int
	// At are the positions of the values of the rule's keys.
	At map[string]Location
}

// Location is a place in a file, both counted from 1.
type Location struct{ Line, Column int }

// Problem is a problem with the value of the first of the keys that the rule has, or with the rule as a whole if it has none of them.
func (r *Rule) Problem(file, text string, keys ...string) Problem {
	at := Location{r.Line, r.Column}
	for _, key := range slices.Backward(keys) {
		if value, written := r.At[key]; written {
			at = value
		}
	}
	return Problem{File: file, Line: at.Line, Column: at.Column, Text: "rule " + r.Name + text}
}

// Per is the kind of instance that a rule has a budget for.
type Per string

// The kinds of instance.
const (
	PerService Per = "service"
	PerTeam    Per = "team"
)

// Charges says which charges of a bill count.
type Charges string

// Which charges count.
const (
	ChargesAll   Charges = "all"   // the whole bill, after credits
	ChargesUsage Charges = "usage" // metered usage only, without flat fees such as support and TLS, and without credits
)

// Change is by how much usage per day must differ from the same days of the month before, or, if it is Daily, the usage of a day from the same
// weekday of the four weeks before.
type Change struct {
	Daily   bool
	Over    Threshold      // in percent of what it is compared with
	AtLeast billing.Amount // and at least this amount, so that a large share of very little is not posted
}

// IsDaily reports whether the rule compares days with their weekday.
func (r *Rule) IsDaily() bool { return r.Kind == RuleChange && r.Change.Daily }

// SpikesRule is the name of the rule that spikes: on under operators stands for.
const SpikesRule = "spikes"

// DefaultSpikeOver is how far a day must be above its usual amount for that rule. docs/spikes.md has what comes of it.
const DefaultSpikeOver Threshold = 60

// DefaultSpike is what that rule looks for.
var DefaultSpike = Change{Daily: true, Over: DefaultSpikeOver, AtLeast: billing.Amount{Kind: billing.Bytes, Value: decimal.New(1, 12)}}

// Subject is a kind of item that can appear on a bill or vanish from it.
type Subject string

// The kinds of item that can appear or vanish.
const (
	SubjectProduct   Subject = "product"
	SubjectUsageType Subject = "usage_type"
	SubjectService   Subject = "service"
)

// Match selects usage. Each field is an exact name or a glob with *; an empty one matches everything.
type Match struct {
	Product   string `json:"product,omitempty"`
	UsageType string `json:"usage_type,omitempty"`
	Region    string `json:"region,omitempty"`
	Service   string `json:"service,omitempty"` // a service's name or id
}

// Access is who may ask, and where answers may be shared. An empty list allows every full member of the workspace.
type Access struct {
	Ask   []Person
	Share []Person
}

// Operators are the people who run the service and are notified of its own troubles.
type Operators struct {
	Channel    string        // empty if nobody is notified
	StaleAfter time.Duration // the age from which figures are stale
}

// DefaultStaleAfter is the age from which figures are stale if the file does not set one.
const DefaultStaleAfter = 36 * time.Hour

// DefaultThresholds are the thresholds of a rule that names none.
var DefaultThresholds = []Threshold{100, 125, 150, 200}

// DefaultForecast is the forecast threshold of a rule that names none. It is above the limit, so that one percent is no alarm.
const DefaultForecast Threshold = 105

// DefaultPingAt is the threshold from which owners are mentioned if the file does not set one.
const DefaultPingAt Threshold = 100

// Next returns the lowest threshold above the given one, or 0 if there is none.
func (r Rule) Next(threshold Threshold) Threshold {
	for _, next := range r.Thresholds {
		if next > threshold {
			return next
		}
	}
	return 0
}

// Covers reports whether the usage row counts towards the rule. It ignores Service, because usage rows have none.
func (m Match) Covers(u billing.Usage) bool {
	return billing.Glob(m.Product, u.Product) && billing.Glob(m.UsageType, u.UsageType) && billing.Glob(m.Region, u.Region)
}

// MayCover is Covers for a row that was set aside: a name that could not be read may be any name.
func (m Match) MayCover(u billing.Usage) bool {
	may := func(pattern, name string) bool { return name == "" || billing.Glob(pattern, name) }
	return may(m.Product, u.Product) && may(m.UsageType, u.UsageType) && may(m.Region, u.Region)
}

// CoversService reports whether the service counts, by its name or its id.
func (m Match) CoversService(s billing.ServiceUsage) bool {
	return billing.Glob(m.Service, s.ServiceName) || billing.Glob(m.Service, s.ServiceID)
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

// ForecastThreshold returns the threshold of the forecast. A rule without one still shows whether the limit will hold.
func (r *Rule) ForecastThreshold() Threshold { return cmp.Or(r.Forecast, UsedUp) }

// UsedUp is the threshold at which a budget is used up.
const UsedUp Threshold = 100

// Texts converts named strings to plain ones.
func Texts[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return names
}

// IsOfServices reports whether only the usage of some services counts, or each service or team has a budget.
func (r *Rule) IsOfServices() bool { return r.Match.Service != "" || len(r.Teams) > 0 || r.Per != "" }

// IsEstimate reports whether the budget's figures are estimates: what services used at the rates of the account's bill, since Fastly
// bills no single service. They leave out flat fees and credits.
func (r *Rule) IsEstimate() bool { return r.IsMoney() && r.IsOfServices() }

// PlainTitle returns the usage type if the rule is a budget for all of it and nothing else; else empty.
func (r *Rule) PlainTitle() string {
	if r.IsOfServices() || r.Kind != RuleBudget {
		return ""
	}
	return PlainName(r.Match.UsageType)
}

// PlainName returns an exact name, and nothing for a glob, which would make a poor title.
func PlainName(name string) string {
	if strings.Contains(name, "*") {
		return ""
	}
	return name
}

// LooksBack reports whether a rule needs earlier months.
func (r *Rules) LooksBack() bool {
	return slices.ContainsFunc(r.Rules, func(rule Rule) bool { return rule.Kind == RuleNew || rule.Kind == RuleVanished })
}

// Channels counts the channels that the rules post to.
func (r *Rules) Channels() int {
	var channels []string
	for _, rule := range r.Rules {
		channels = append(channels, rule.Channels()...)
	}
	slices.Sort(channels)
	return len(slices.Compact(channels))
}

// Renames maps the former names of rules to their current ones.
func (r *Rules) Renames() map[string]string {
	names := map[string]string{}
	for _, rule := range r.Rules {
		if rule.Was != "" {
			names[rule.Was] = rule.Name
		}
	}
	return names
}

// LooksForServices reports whether a rule needs the record of the services that were used.
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
