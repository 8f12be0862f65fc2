package usageview

import (
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// footerOf is the small type under an answer.
func footerOf(m blocks.Message) string {
	i := slices.IndexFunc(m.Blocks, func(b slack.Block) bool { return b.ID() == "freshness" })
	if i < 0 {
		return ""
	}
	return blocks.PlainText(blocks.Message{Blocks: m.Blocks[i : i+1]})
}

func TestAFooterHasThreeFactsAtMostAndNothingUnread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable().Draw(t, "table")
		table.Question.Cost = rapid.Bool().Draw(t, "cost")
		isUnread := !table.Question.Cost && rapid.Bool().Draw(t, "unread")
		if isUnread {
			table.LeftOut = []report.LeftOut{{Month: table.Months[0], Why: "its quantity is x"}}
		}
		m := Usage(table, Context{Now: sampledata.Now, Command: "/usage", Asked: "2026-10"})
		facts := strings.Split(footerOf(m), " · ")
		if len(facts) > 3 {
			t.Fatalf("%d facts: %q", len(facts), facts)
		}
		if !strings.Contains(strings.ToLower(facts[0]), "read from fastly") && !strings.Contains(facts[0], "these figures are from") {
			t.Fatalf("the first fact does not say when the figures were read: %q", facts)
		}
		if isUnread && !strings.Contains(m.Text, "Not in these figures") {
			t.Fatalf("what could not be read is not in %q", m.Text)
		}
	})
}

func TestUnitsAreTheFirstFactToGo(t *testing.T) {
	rows := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100), of("cdn_usage", "Europe Bandwidth", 300), of("cdn_usage", "Asia Requests", 6), of("cdn_usage", "Japan Requests", 2),
	}
	q := report.Question{Months: untilOctober(1), By: report.ByRegion}
	const unit = "B is billion; counts are single requests"
	if got := blocks.PlainText(asked(q, usageOf(q.Months, rows...), nil)); !strings.Contains(got, unit) {
		t.Errorf("%q is not in\n%s", unit, got)
	}
	rows = append(rows, of("ngwaf", "Asia WAF Requests", 3), of("kv", "Europe Operations", 0.5), of("kv", "Asia Object Storage", 12), of("compute", "Asia vCPU Time", 5))
	got := blocks.PlainText(asked(q, usageOf(q.Months, rows...), nil))
	for _, want := range []string{"Months are UTC and closed; read from Fastly", "requests of several products have no total", "4 of 5 measures"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, unit) {
		t.Errorf("%q is in\n%s", unit, got)
	}
}
