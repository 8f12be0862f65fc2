package alerts

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzLoad holds what is true of any text at all: no panic, a result or an error and not both, and every problem inside the
// file.
func FuzzLoad(f *testing.F) {
	for _, path := range wrongFiles(f) {
		f.Add(readFile(f, path))
	}
	f.Add([]byte(smallestFile))
	f.Add([]byte(fullFile))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := Load("rules.yaml", text)
		if (rules == nil) == (err == nil) {
			t.Fatalf("Load = %v, %v; want one of them", rules, err)
		}
		if err == nil {
			checkLoaded(t, rules)
			return
		}
		problems, ok := errors.AsType[Problems](err)
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
func checkLoaded(t *testing.T, rules *Rules) {
	t.Helper()
	names := map[string]bool{}
	for _, rule := range rules.Rules {
		if names[rule.Name] || rule.Name == "" || rule.Title == "" || rule.Channel == "" || !rule.Budget.Value.IsPositive() {
			t.Errorf("rule %+v is incomplete or stands twice", rule)
		}
		names[rule.Name] = true
		for i, level := range rule.Thresholds {
			if level < 1 || i > 0 && level <= rule.Thresholds[i-1] {
				t.Errorf("thresholds %v do not rise", rule.Thresholds)
			}
		}
		for _, owner := range rule.Owners {
			if !slackPerson.MatchString(owner.ID) {
				t.Errorf("owner %+v has no Slack id", owner)
			}
		}
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
