package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

func TestTheModalIsAsItWas(t *testing.T) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", " ")
	line := sampleLine(hostile, hostile, bandwidth, 1, 2, 80)
	if err := encoder.Encode(AskReason(line, "metadata")); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "modal-reason.json", b.Bytes())
}

// buttonsOf returns the labels under a message, and the actions' ids.
func buttonsOf(t *testing.T, m Message) map[string]*slack.ButtonBlockElement {
	t.Helper()
	found := map[string]*slack.ButtonBlockElement{}
	for _, b := range m.Blocks {
		row, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, element := range row.Elements.ElementSet {
			button := element.(*slack.ButtonBlockElement)
			found[button.ActionID] = button
		}
	}
	return found
}

func TestButtonsAreThereForWhatCanBeDecided(t *testing.T) {
	at := func(level rules.Level, change func(*alerts.BudgetLine)) alerts.BudgetLine {
		l := sampleLine("na-bandwidth", "NA", bandwidth, 402, 500, level)
		if change != nil {
			change(&l)
		}
		return l
	}
	ack := func(level rules.Level) func(*alerts.BudgetLine) {
		return func(l *alerts.BudgetLine) { l.Ack = sampleAnswer("U1", "", level) }
	}
	for _, test := range []struct {
		name string
		kind alerts.DeliveryKind
		line alerts.BudgetLine
		want []string
	}{
		{"under a root", alerts.DeliverRoot, at(80, nil), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"and its edits", alerts.DeliverRefresh, at(80, nil), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"not under a reply, which is not edited", alerts.DeliverRise, at(80, nil), nil},
		{"acknowledged it can be taken back", alerts.DeliverRefresh, at(80, ack(80)), []string{ActionUnacknowledge, ActionServices}},
		{"a higher level than the acknowledged one is to be acknowledged", alerts.DeliverRefresh, at(100, ack(80)), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"of what came down nothing is to be acknowledged", alerts.DeliverRefresh, at(0, nil), []string{ActionServices, ActionMute}},
		{"a forecast is to be acknowledged before any level is", alerts.DeliverRoot, at(0, func(l *alerts.BudgetLine) {
			l.Prospect = &alerts.Prospect{Level: 100, Likely: true}
		}), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"once", alerts.DeliverRefresh, at(0, func(l *alerts.BudgetLine) {
			l.Prospect = &alerts.Prospect{Level: 100, Likely: true}
			ack(0)(l)
		}), []string{ActionUnacknowledge, ActionServices}},
		{"one service has no services", alerts.DeliverRoot, at(80, func(l *alerts.BudgetLine) { l.Scope = "www" }), []string{ActionAcknowledge, ActionMute}},
		{"a month that is over is not muted", alerts.DeliverRoot, at(80, func(l *alerts.BudgetLine) { l.Month = october }), []string{ActionAcknowledge, ActionServices}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := alerts.Delivery{Kind: test.kind, Message: alerts.Message{Reason: alerts.ReasonFirstLevel, Budgets: []alerts.BudgetLine{test.line}}}
			found := buttonsOf(t, Alert(d, sampleAlert))
			want := map[string]bool{}
			for _, id := range test.want {
				want[id] = true
			}
			if len(want) > 0 {
				want[ActionWhy] = true // whoever can press at all can ask why
			}
			got, primaries := map[string]bool{}, 0
			for id, button := range found {
				got[id] = true
				if button.Style == slack.StylePrimary {
					primaries++
				}
				if asks := button.Confirm != nil; asks != (id == ActionMute) {
					t.Errorf("%s asks whether it was meant: %t", id, asks)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" || primaries > 1 {
				t.Errorf("%d primary buttons; buttons (-want +got):\n%s", primaries, diff)
			}
		})
	}
}

func TestEveryRefusalCanBeToldWithoutMarkup(t *testing.T) {
	line := sampleLine("na-bandwidth", "NA", bandwidth, 402, 500, 80)
	for _, obstacle := range []alerts.Obstacle{
		alerts.ObstacleUnwatched, alerts.ObstacleNothingSaid, alerts.ObstacleMonthOver, alerts.ObstacleAcknowledged, alerts.ObstacleMuted,
		alerts.ObstacleUnacknowledged, alerts.ObstacleUnmuted, alerts.ObstacleOthers, alerts.ObstacleChanged,
	} {
		text := RefusalText(&alerts.Refusal{Obstacle: obstacle}, AnswerContext{Line: line, BudgetCommand: "/budget"})
		if strings.ContainsAny(text, "*<>") || text == "Nothing was changed." {
			t.Errorf("%s: %q has markup or says nothing", obstacle, text)
		}
	}
}
