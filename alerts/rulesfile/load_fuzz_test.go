package rulesfile

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// FuzzLoad holds what is true of any text at all: no panic, a result or an error and not both, and every problem inside the
// file.
func FuzzLoad(f *testing.F) {
	for _, path := range wrongFiles(f) {
		f.Add(readFile(f, path))
	}
	f.Add([]byte(smallestFile))
	f.Add([]byte(fullFile))
	f.Add(readFile(f, "testdata/language.yaml"))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := Load("rules.yaml", text)
		if (set == nil) == (err == nil) {
			t.Fatalf("Load = %v, %v; want one of them", set, err)
		}
		if err == nil {
			checkLoaded(t, set)
			return
		}
		problems, ok := errors.AsType[rules.Problems](err)
		if !ok || len(problems) == 0 {
			t.Fatalf("Load error = %v; want Problems", err)
		}
		for _, problem := range problems {
			if problem.Line < 1 || problem.Line > mostLines(text) || problem.Column < 1 || problem.Text == "" {
				t.Errorf("%s:%d:%d: %q is no place in a file of %d lines", problem.File, problem.Line, problem.Column,
					problem.Text, mostLines(text))
			}
		}
	})
}

// checkLoaded holds what everything behind Load relies on.
func checkLoaded(t *testing.T, set *rules.Rules) {
	t.Helper()
	names := map[string]bool{}
	for _, rule := range set.Rules {
		if names[rule.Name] || rule.Name == "" || rule.Title == "" {
			t.Errorf("rule %+v has no name, or one that stands twice", rule)
		}
		names[rule.Name] = true
		checkRoutes(t, rule)
		checkThresholds(t, rule)
		if rule.Kind != rules.RuleBudget {
			continue
		}
		for _, amount := range allAmounts(rule) {
			if !amount.Value.IsPositive() || amount.Kind != rule.Budget.Kind || amount.Currency != rule.Budget.Currency {
				t.Errorf("%s is no limit beside %s in %+v", amount, rule.Budget, rule)
			}
		}
	}
	for _, digest := range set.Digests {
		if digest.Channel == "" || len(digest.Shows) == 0 || !digest.AtClose() && digest.Next(noon, set.Zone).IsZero() {
			t.Errorf("digest %+v cannot be sent", digest)
		}
	}
}

func allAmounts(rule rules.Rule) []billing.Amount {
	amounts := slices.AppendSeq([]billing.Amount{rule.Budget}, maps.Values(rule.Months))
	return slices.AppendSeq(amounts, maps.Values(rule.Except))
}

func checkRoutes(t *testing.T, rule rules.Rule) {
	t.Helper()
	instances := []string{""}
	if rule.Per == rules.PerTeam {
		instances = nil
		for _, team := range rule.Teams {
			instances = append(instances, team.Name)
		}
	}
	for _, instance := range instances {
		route := rule.Route(instance)
		if route.Channel == "" {
			t.Errorf("%s of rule %+v has no channel", instance, rule)
		}
		for _, owner := range route.Owners {
			if !rules.IsPersonID(owner.ID) {
				t.Errorf("owner %+v has no Slack id", owner)
			}
		}
	}
}

func checkThresholds(t *testing.T, rule rules.Rule) {
	t.Helper()
	for i, threshold := range rule.Thresholds {
		if threshold < 1 || i > 0 && threshold <= rule.Thresholds[i-1] {
			t.Errorf("thresholds %v do not rise", rule.Thresholds)
		}
	}
	if rule.Kind == rules.RuleBudget && len(rule.Thresholds) == 0 && rule.Forecast == 0 {
		t.Errorf("nothing is ever posted about rule %+v", rule)
	}
}

// mostLines counts the lines of a text in the most generous way: every line end of YAML, and one more line behind the last.
func mostLines(text []byte) int {
	lines := 1
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		lines += bytes.Count(text, []byte(end))
	}
	return lines
}
