package alerts

import (
	"os"
	"regexp"
	"testing"
)

// TestTheExamplesAreGood: what people copy is what the loader takes.
func TestTheExamplesAreGood(t *testing.T) {
	text, err := os.ReadFile("../rules.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules := load(t, string(text))
	if len(rules.Rules) < 5 || len(rules.People) == 0 || rules.Operators.Channel == "" || len(rules.Access.Ask) == 0 {
		t.Errorf("rules.example.yaml does not show every key: %+v", rules)
	}

	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) == 0 {
		t.Fatal("README.md has no rules file")
	}
	for _, block := range blocks {
		if rules := load(t, string(block[1])); len(rules.Rules) != 1 {
			t.Errorf("the README's file has %d rules, want the one that it shows", len(rules.Rules))
		}
	}
}
