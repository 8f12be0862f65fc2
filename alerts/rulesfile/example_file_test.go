package rulesfile

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheExamplesAreGood: what people copy is what the loader takes.
func TestTheExamplesAreGood(t *testing.T) {
	text, err := os.ReadFile("../../rules.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	load(t, string(text))
	for _, key := range knownKeys(t) {
		if !regexp.MustCompile(`(?m)(^|[ {])` + key + `:`).Match(text) {
			t.Errorf("rules.example.yaml does not show %s", key)
		}
	}

	readme, err := os.ReadFile("../../README.md")
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

// knownKeys are the keys that something acts on, as the loader lists them where it meets one that it does not know.
func knownKeys(t *testing.T) []string {
	t.Helper()
	_, err := Load("rules.yaml", []byte(`{zz: 1, planned: [{zz: 1}], access: {zz: 1}, operators: {zz: 1}, defaults: {zz: 1}, teams: {a: {zz: 1}},
		rules: [{zz: 1, change: {zz: 1}}], digests: [{zz: 1}]}`))
	var keys []string
	for _, list := range regexp.MustCompile(`known are (.*)`).FindAllStringSubmatch(fmt.Sprint(err), -1) {
		keys = append(keys, strings.Split(list[1], ", ")...)
	}
	if len(keys) < 20 {
		t.Fatalf("the loader knows only %v", keys)
	}
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return key == "" })
}
