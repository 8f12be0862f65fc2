package phrase

import (
	"testing"

	"budgetbot/alerts"
	"budgetbot/slackapp/view/sampledata"
)

func TestTheBarIsFullFromTheLimitOn(t *testing.T) {
	for percent, want := range map[float64]string{0: "░░░░░░░░░░", 9.9: "░░░░░░░░░░", 10: "█░░░░░░░░░", 99.9: "█████████░", 100: "██████████", 900: "██████████"} {
		if got := bar(sampledata.Line("r", "", sampledata.Bandwidth, percent, 100, 0)); got != want {
			t.Errorf("%v%%: %s, want %s", percent, got, want)
		}
	}
}

func TestOfLimit(t *testing.T) {
	tests := []struct {
		name string
		line alerts.BudgetLine
		want string
	}{
		{"both in the limit's unit", sampledata.Line("r", "", sampledata.Bandwidth, 402.6, 500, 0), "402.6 of 500 TB"},
		{"requests in billions", sampledata.Line("r", "", sampledata.Requests, 1.28, 2, 0), "1.28 of 2 B requests"},
		{"no zeros behind the point", sampledata.Line("r", "", sampledata.Bandwidth, 640, 500, 0), "640 of 500 TB"},
		{"a part of one unit is shown in its own unit", sampledata.Line("r", "", sampledata.Bandwidth, 812.4, 1000, 0), "812 TB of 1 PB"},
		{"a trace is shown in its own unit", sampledata.Line("r", "", sampledata.Bandwidth, 0.0002, 500, 0), "200 MB of 500 TB"},
		{"nothing is nothing", sampledata.Line("r", "", sampledata.Bandwidth, 0, 500, 0), "0 B of 500 TB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := OfLimit(tt.line); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	scoped := func(title, rule, instance string) string {
		return NameOf(alerts.BudgetLine{Title: title, BudgetID: alerts.BudgetID{Rule: rule, Instance: instance}})
	}
	tests := []struct{ name, got, want string }{
		{"a budget goes by its title", scoped("Shop", "shop-services", ""), "Shop"},
		{"without a title it goes by its rule", scoped(" ", "shop-services", ""), "shop-services"},
		{"one of a rule's budgets says which", scoped("Shop", "shop-services", "www-shop"), "Shop: www-shop"},
		{"a channel's id becomes a link", ChannelName("C0123456789"), "<#C0123456789>"},
		{"a channel's name keeps one sign", ChannelName("#cdn-budget"), "#cdn-budget"},
		{"a usage type leaves out its group's noun", ShortName("Asia Bandwidth", sampledata.Bandwidth), "Asia"},
		{"a usage type of another noun stays whole", ShortName("Asia Storage", sampledata.Bandwidth), "Asia Storage"},
		{"a usage type that is the noun stays whole", ShortName("Bandwidth", sampledata.Bandwidth), "Bandwidth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}
