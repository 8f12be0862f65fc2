package view

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

func TestNames(t *testing.T) {
	scoped := func(title, rule, scope string) string {
		return nameOf(alerts.BudgetLine{Title: title, BudgetID: alerts.BudgetID{Rule: rule, Scope: scope}})
	}
	tests := []struct{ name, got, want string }{
		{"a budget goes by its title", scoped("Shop", "shop-services", ""), "Shop"},
		{"without a title it goes by its rule", scoped(" ", "shop-services", ""), "shop-services"},
		{"one of a rule's budgets says which", scoped("Shop", "shop-services", "www-shop"), "Shop: www-shop"},
		{"a channel's id becomes a link", channelName("C0123456789"), "<#C0123456789>"},
		{"a channel's name keeps one sign", channelName("#cdn-budget"), "#cdn-budget"},
		{"a usage type leaves out its group's noun", shortName("Asia Bandwidth", bandwidth), "Asia"},
		{"a usage type of another noun stays whole", shortName("Asia Storage", bandwidth), "Asia Storage"},
		{"a usage type that is the noun stays whole", shortName("Bandwidth", bandwidth), "Bandwidth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestTwinReadsAsPeopleSeeIt(t *testing.T) {
	m := Message{Text: "t", Blocks: []slack.Block{
		section("s", "*bold* `* code` <@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789> a &amp; b &lt;c&gt;"),
		slack.NewActionBlock("a", pressable("x", "One", ""), pressable("y", "Two", "")),
	}}
	want := "bold `* code` @U012AB3CD @S0614TZR7 #C0123456789 a & b <c>\n\n[One] [Two]\n"
	if got := Twin(m); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Twin(m.TextOnly()); got != strings.Split(want, "\n")[0]+"\n" {
		t.Errorf("text alone reads %q", got)
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "Größe": 5, "e\u0301": 1, "長い": 4, "🚀": 2, "＠": 2} {
		if got := columns(text); got != want {
			t.Errorf("columns(%q) = %d, want %d", text, got, want)
		}
	}
}
