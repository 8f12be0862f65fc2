package alertstest

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
)

// Instant reads a time, in the form of RFC 3339.
func Instant(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Working reads hours as a rules file has them.
func Working(t *testing.T, zone, hours string) rules.Calendar {
	t.Helper()
	text := "time_zone: " + zone + "\nrules: [{name: na, product: cdn_usage, budget: 500 TB, channel: cdn}]\n"
	if hours != "" {
		text += "working_hours: " + hours + "\n"
	}
	return Load(t, text).Calendar()
}

// Load reads rules that must be right.
func Load(t testing.TB, text string) *rules.Rules {
	t.Helper()
	rules, err := rulesfile.Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return rules
}

// RuleOf reads the rule of one budget from its keys, as a file would have them.
func RuleOf(t testing.TB, keys string) rules.Rule {
	t.Helper()
	return Load(t, "defaults: {channel: cdn, "+early+"}\nrules: [{name: r, "+keys+"}]").Rules[0]
}

// early are the thresholds and the forecast of tests: what a budget has reached shows in them before it is used up.
const early = "thresholds: [80%, 100%, 125%, 150%, 200%], forecast: 100%"

// ForecastRule is budgetRule with a forecast of its limit.
func ForecastRule() *rules.Rule {
	rule := BudgetRule()
	rule.Forecast = 100
	return rule
}

// ScopedRules reads rules of a file with two teams.
func ScopedRules(t testing.TB, keys string) []rules.Rule {
	t.Helper()
	return Load(t, `teams: {shop: {services: ["shop-*"], channel: shop}, media: {services: ["media-*", S4]}}
defaults: {channel: cdn, `+early+`}
rules: [{name: r, `+keys+`}]`).Rules
}

// BudgetRule is a budget of 1,000 billed units with the thresholds 80, 100 and 125.
func BudgetRule() *rules.Rule {
	return &rules.Rule{
		Name: "na", Title: "NA", Match: rules.Match{Product: "cdn_usage"}, Channel: "cdn", Thresholds: []rules.Threshold{80, 100, 125},
		Budget: billing.Amount{Value: decimal.New(1000, 0), Kind: billing.Billed}, PingAt: 100,
	}
}

// JumpRule is the keys of a rule about a change of requests.
const JumpRule = `usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}`
