package phrases

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inTexts are the phrases that no string literal of the product, no golden text and no page for readers may have.
var inTexts = compiled(
	"is said", "will be said", "will still be said", "whoever", "unknown, (?:and )?not zero", "taken silently", "levels? already said",
	"take back", "took (?:it|the \\w+) back", "no higher level", "past a level", "first level", "higher level", "foretells?", "couriers?",
	"standings?", "episodes?", "passed over", "no figure of", "cannot be told", "outlooks?", "bot: (?:error|hint)", "bin/bot", "overtaken before",
	"looked at", "mend its", "above plan", "I go on trying", "tells nothing", "what grew against", "kept, since", "of which", "are said",
	"(?:is|are) told",
)

// inComments are those that no comment of the product may have either.
var inComments = compiled(
	"unknown, and not zero", "couriers?", "no higher level", "bot: (?:error|hint)", "bin/bot", "will (?:still )?be said", "foretell", "passed over",
	"higher level", "levels? already said", "took back", "overtaken before", "mend its", "above plan", "I go on trying", "taken silently",
	"kept, since", "held for everybody", "as it was read last", "tells nobody", "somebody who",
	"is said", "are said", "whoever", "of which", "(?:is|are) told",
)

// allowed are files with a reason to have such a phrase.
var allowed = map[string]string{
	"alerts/reason_stored.go":          "the words that earlier versions have stored",
	"internal/phrases/phrases_test.go": "the list itself",
}

// instruments are not part of the product: what they print is for those who work on it.
var instruments = []string{"internal/soak", "internal/bench", "internal/slacksim", "internal/fastlysim", "internal/forecastreport", "internal/spikereport", "internal/store/query"}

// pages are what people read beside the product.
var pages = regexp.MustCompile(`^(?:docs/.*\.md|[A-Z]+\.md|deploy/slack-manifest\.yaml|rules\.example\.yaml|Makefile)$`)

func compiled(phrases ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|\W)(` + strings.Join(phrases, "|") + `)(?:\W|$)`)
}

// TestNoPhraseComesBack reads every file that people read.
func TestNoPhraseComesBack(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if name == ".git" || name == "bin" || slices.Contains(instruments, name) || strings.HasSuffix(name, "testdata/fuzz") {
				return filepath.SkipDir
			}
			return nil
		}
		switch _, known := allowed[name]; {
		case known:
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			checkGo(t, path, name)
		case pages.MatchString(name), strings.Contains(name, "view/samples/testdata/"):
			checkText(t, path, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkGo looks through the string literals and the comments of a file.
func checkGo(t *testing.T, path, name string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		report(t, inComments, name, files.Position(group.Pos()).Line, group.Text())
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && strings.Contains(strings.TrimSpace(text), " ") {
			report(t, inTexts, name, files.Position(literal.Pos()).Line, text)
		}
		return true
	})
}

// stored is the name of a table or a column, which keeps its old word.
var stored = regexp.MustCompile("`[a-z_]+`")

func checkText(t *testing.T, path, name string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		report(t, inTexts, name, i+1, stored.ReplaceAllString(line, ""))
	}
}

func report(t *testing.T, phrases *regexp.Regexp, name string, line int, text string) {
	t.Helper()
	for _, found := range phrases.FindAllStringSubmatch(text, -1) {
		t.Errorf("%s:%d: %q is hard to read; say who does what", name, line, found[1])
	}
}
