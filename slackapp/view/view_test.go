package view_test

import (
	"strings"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

func TestEachDeliveryHasTheWordsOfItsSurface(t *testing.T) {
	over := sampledata.Line("asia", "Asia", sampledata.Bandwidth, 156.2, 150, 100)
	budgets := []alerts.BudgetStatus{{Line: over, Known: true}}
	bulletin := &alerts.Bulletin{Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now, Budgets: budgets}
	closing := *bulletin
	closing.Close = &alerts.Close{}
	for _, tt := range []struct {
		name    string
		message alerts.Message
		want    string
	}{
		{"a digest, with what it says of budgets", alerts.Message{Bulletin: bulletin}, "November Budgets, Day 21 of 30"},
		{"the close of a month", alerts.Message{Bulletin: &closing}, "November 2026 Is Closed"},
		{"an invoice", alerts.Message{Statement: &alerts.Statement{Month: sampledata.November}}, "The invoice for November"},
		{"an alert", alerts.Message{Budgets: []alerts.BudgetLine{over}}, "Asia: Over Budget, 104% Used"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := blocks.PlainText(view.Alert(alerts.Delivery{Kind: alerts.DeliverParent, Message: tt.message}, phrase.AlertContext{Now: sampledata.Now}))
			if !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in\n%s", tt.want, got)
			}
		})
	}
}

func TestAPreviewSaysWhenAndWhereTheDigestIsDue(t *testing.T) {
	bulletin := &alerts.Bulletin{Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now}
	m := view.Preview(alerts.Delivery{Kind: alerts.DeliverDigest, Channel: "finops", Message: alerts.Message{Bulletin: bulletin}}, sampledata.Now.Add(22*time.Hour), sampledata.Now)
	text, shown, _ := strings.Cut(blocks.PlainText(m), "\n\n")
	for _, want := range []string{"`monday`", "#finops", "Nov 23, 08:42 UTC", "Only you see this"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if !strings.Contains(shown, "There are no budgets") {
		t.Errorf("what follows is %q", shown)
	}
}
