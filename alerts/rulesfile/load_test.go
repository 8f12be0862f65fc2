package rulesfile

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts/rules"
)

var update = flag.Bool("update", false, "write the .want files anew")

// wrongFiles returns the rules files that hold a mistake each, and fails where there is none.
func wrongFiles(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil || len(paths) < 50 {
		t.Fatalf("found %d rules files under testdata/rules, error %v; want every mistake of the language", len(paths), err)
	}
	return paths
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestLoadRefuses compares the problems of each file with the .want file beside it.
func TestLoadRefuses(t *testing.T) {
	for _, path := range wrongFiles(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			rules, err := Load("rules.yaml", readFile(t, path))
			if rules != nil || err == nil {
				t.Fatalf("Load = %+v, %v; want the file refused", rules, err)
			}
			want := strings.TrimSuffix(path, ".yaml") + ".want"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(readFile(t, want)), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLoadWantFiles catches a .want file whose rules file was renamed or removed.
func TestLoadWantFiles(t *testing.T) {
	wants, err := filepath.Glob("testdata/rules/*.want")
	if err != nil || len(wants) != len(wrongFiles(t)) {
		t.Errorf("%d .want files for %d rules files, error %v", len(wants), len(wrongFiles(t)), err)
	}
}

func TestLoadRefusesWhatIsTooLarge(t *testing.T) {
	many := "rules:\n" + strings.Repeat("  - {budget: 1 TB}\n", maxRules+1)
	long := strings.Repeat("x", 1<<20)
	for _, tt := range []struct{ name, text, want string }{
		{
			"a key of a megabyte is quoted by its beginning", "rules:\n  - " + long + ": 1\n",
			`rules.yaml:2:5: unknown key "` + long[:40] + `…" in a rule; known are`,
		},
		{
			"a value of a megabyte is quoted by its beginning", "rules: " + long + "\n",
			`rules.yaml:1:8: rules must be a list, not "` + long[:40] + `…"`,
		},
		{"a hundred thousand brackets", "rules: " + strings.Repeat("[", 100_000), "rules.yaml:1:"},
		{"one rule too many", many, "rules.yaml:2:3: 20001 rules; the most is 20000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load("rules.yaml", []byte(tt.text))
			problems, ok := errors.AsType[rules.Problems](err)
			if !ok || !strings.HasPrefix(problems[0].String(), tt.want) {
				t.Fatalf("Load error = %.200v; want it to begin with %q", err, tt.want)
			}
			if n := len(problems.Error()); n > 600 {
				t.Errorf("the error has %d characters; want at most 600", n)
			}
		})
	}
}

// TestProblemOfAWholeFile keeps the form for a problem that has no line, such as a file that cannot be opened.
func TestProblemOfAWholeFile(t *testing.T) {
	problem := rules.Problem{File: "rules.yaml", Text: "there is no such file"}
	if got := problem.String(); got != "rules.yaml: there is no such file" {
		t.Errorf("String = %q", got)
	}
}
