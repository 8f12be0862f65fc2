package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"budgetbot/billing"
)

// Rules is a rules file, read and found right.
type Rules struct {
	People    map[string]Person
	Access    Access
	Teams     []Team
	Operators Operators
	Rules     []Rule
}

// Rule is one budget and where its crossings are said.
type Rule struct {
	Name       string // the key in the ledger, in commands and in messages: a lower-case slug
	Title      string // for people; the usage type, where that says it all, or the name where the file gives none
	Match      Match
	Budget     billing.Amount
	Thresholds []Level // rising; may be empty
	Channel    string  // a name without "#", or an id
	Owners     []Person
	PingAt     Level // owners are mentioned from this level on
	// Line and Column are where the rule stands in its file.
	Line, Column int
}

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
var DefaultThresholds = []Level{80, 100, 125, 150, 200}

// DefaultPingAt is the level from which owners are mentioned where the file does not say.
const DefaultPingAt Level = 100

// Hash changes with everything that decides what a rule's levels mean. A change of channel, title or owners keeps it, so
// that what was said stays said.
func (r Rule) Hash() string {
	text := fmt.Sprintf("%q %q %q %q %s %s %v", r.Match.Product, r.Match.UsageType, r.Match.Region, r.Match.Service,
		r.Budget.Kind, r.Budget.Value, r.Thresholds)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Measure returns what the budget's figures count, for printing them.
func (r Rule) Measure() billing.Measure {
	switch r.Budget.Kind {
	case billing.Bytes:
		return billing.Measure{Noun: "bandwidth", Bytes: true}
	case billing.Requests:
		return billing.Measure{Noun: "requests"}
	}
	return billing.Measure{Noun: "units", Billed: true}
}

// Next returns the lowest threshold above the level, or 0 if there is none.
func (r Rule) Next(level Level) Level {
	for _, threshold := range r.Thresholds {
		if threshold > level {
			return threshold
		}
	}
	return 0
}

// Covers reports whether the usage row counts towards the rule. Service is left to the caller: usage rows have none.
func (m Match) Covers(u billing.Usage) bool {
	return Glob(m.Product, u.Product) && Glob(m.UsageType, u.UsageType) && Glob(m.Region, u.Region)
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

// describe is String, with words for the match that covers everything.
func (m Match) describe() string { return cmp.Or(m.String(), "any product") }

// Glob reports whether name matches pattern, in which each * stands for any run of characters. The empty pattern matches
// everything.
func Glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return name == pattern
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for {
		piece, later, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(name, rest)
		}
		_, after, found := strings.Cut(name, piece)
		if !found {
			return false
		}
		rest, name = later, after
	}
}
