package alerts

import (
	"testing"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
)

func instant(t *testing.T, text string) time.Time {
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

// working reads hours as a rules file has them.
func working(t *testing.T, zone, hours string) rules.Calendar {
	t.Helper()
	text := "time_zone: " + zone + "\nrules: [{name: na, product: cdn_usage, budget: 500 TB, channel: cdn}]\n"
	if hours != "" {
		text += "working_hours: " + hours + "\n"
	}
	return load(t, text).Calendar()
}

// load reads rules that must be right.
func load(t testing.TB, text string) *rules.Rules {
	t.Helper()
	rules, err := rulesfile.Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return rules
}
