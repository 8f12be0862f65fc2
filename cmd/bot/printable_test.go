package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/service"
)

// hostile is a name that sets the title of a terminal, colours what follows, clears the screen and turns the direction of writing.
const hostile = "\x1b[31mred\x1b]0;owned\a\x1b[2J \u009b31m \u202eright\u2066\U000e0001 \x7f\x00\nend"

// acts are what of a text a terminal would act on, but for the end of a line.
func acts(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return r
		}
		return -1
	}, text)
}

func TestATerminalActsOnNoName(t *testing.T) {
	var columns, said strings.Builder
	writeColumns(&columns, [][]string{{"service", "GB", "what follows"}, {hostile, "1", "unknown: " + hostile}}, 2)
	if got := acts(columns.String()); got != "" || !strings.Contains(columns.String(), "[31mred ]0;owned [2J 31m right end") {
		t.Errorf("a table has %+q in %q", got, columns.String())
	}
	if lines := strings.Count(columns.String(), "\n"); lines != 2 {
		t.Errorf("a line feed in a name made %d lines of two", lines)
	}
	complain(&said, &service.Failure{Problem: "no service is called " + hostile, Hint: hostile})
	if got := acts(said.String()); got != "" {
		t.Errorf("a complaint has %+q in %q", got, said.String())
	}
	var shown strings.Builder
	if err := printTable(&shown, named(hostile), time.Now()); err != nil || acts(shown.String()) != "" {
		t.Errorf("an answer has %+q in %q (%v)", acts(shown.String()), shown.String(), err)
	}
}

// named is an answer of one row.
func named(name string) report.Table {
	month := billing.MonthOf(time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC))
	t := report.Table{Question: report.Question{By: report.ByService, Months: billing.One(month)}, Months: []billing.Month{month}}
	t.Missing, t.Unread = t.Months, []report.UnreadMonth{{Month: month, Why: name}}
	row := report.Row{Name: name, Figures: make([]decimal.NullDecimal, 1)}
	t.Groups = []report.Group{{Measure: billing.Measure{Noun: "requests"}, Rows: []report.Row{row}, Total: row}}
	return t
}

func TestJSONIsReadAsItWasAndActsOnNoTerminal(t *testing.T) {
	for _, text := range []string{hostile, "Müller 😀 👩\u200d💻", "plain", `\u009b`, "a\u2028b"} {
		var out strings.Builder
		if err := writeJSON(&out, map[string]string{"name": text}); err != nil {
			t.Fatal(err)
		}
		if got := acts(out.String()); got != "" {
			t.Errorf("JSON has %+q in %q", got, out.String())
		}
		var read map[string]string
		if err := json.Unmarshal([]byte(out.String()), &read); err != nil || read["name"] != text {
			t.Errorf("%q is read as %q (%v)", text, read["name"], err)
		}
	}
}
