package alertview

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

var alertContext = phrase.AlertContext{Now: sampledata.Now, BudgetCommand: "/budget", Buttons: true}

func alertOf(kind alerts.DeliveryKind, lines ...alerts.BudgetLine) blocks.Message {
	return Alert(alerts.Delivery{Kind: kind, Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: lines}}, alertContext)
}

func TestOwnersArePingedFromTheirThresholdOn(t *testing.T) {
	tests := []struct {
		name      string
		threshold rules.Threshold
		pingAt    rules.Threshold
		owners    []rules.Person
		want      string
		pings     bool
	}{
		{"below it they are named", 80, 100, []rules.Person{sampledata.FinOps}, "owner: finops", false},
		{"at it a group is pinged", 100, 100, []rules.Person{sampledata.FinOps}, "owner: <!subteam^S0614TZR7>", true},
		{"above it a person is pinged", 125, 100, []rules.Person{sampledata.OnCall}, "owner: <@U061F7AUR>", true},
		{"several are listed", 100, 100, []rules.Person{sampledata.FinOps, sampledata.OnCall}, "owner: <!subteam^S0614TZR7> and <@U061F7AUR>", true},
		{"without a threshold for it nobody is pinged", 125, 0, []rules.Person{sampledata.OnCall}, "owner: oncall", false},
		{"what is no id pings nobody", 100, 100, []rules.Person{{Name: "x", ID: "!channel"}}, "owner: !channel", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := sampledata.Line("r", "R", sampledata.Bandwidth, 600, 500, tt.threshold)
			l.Owners, l.PingAt = tt.owners, tt.pingAt
			for _, kind := range []alerts.DeliveryKind{alerts.DeliverParent, alerts.DeliverBroadcast, alerts.DeliverUpdate} {
				text := mrkdwnOf(alertOf(kind, l))
				if !strings.Contains(text, tt.want+" ·") {
					t.Errorf("%s: %q is not in %q", kind, tt.want, text)
				}
				if pinged := strings.Contains(text, "<@") || strings.Contains(strings.ReplaceAll(text, "<!date^", ""), "<!"); pinged != tt.pings {
					t.Errorf("%s: somebody is pinged: %v, want %v: %q", kind, pinged, tt.pings, text)
				}
			}
		})
	}
}

func TestListPingsEachOwnerOnceAndOnlyThoseWhoseThresholdIsReached(t *testing.T) {
	reached := sampledata.Line("a", "A", sampledata.Bandwidth, 600, 500, 100)
	again := sampledata.Line("b", "B", sampledata.Bandwidth, 600, 500, 100)
	below := sampledata.Line("c", "C", sampledata.Bandwidth, 410, 500, 80)
	below.Owners = []rules.Person{sampledata.OnCall}
	text := mrkdwnOf(alertOf(alerts.DeliverList, reached, again, below))
	if n := strings.Count(text, "<!subteam^S0614TZR7>"); n != 1 {
		t.Errorf("the owner is pinged %d times in %q", n, text)
	}
	if strings.Contains(text, sampledata.OnCall.ID) {
		t.Errorf("an owner is pinged below the level for it: %q", text)
	}
}

func TestAlertTextSaysTheWholePoint(t *testing.T) {
	tests := []struct {
		name string
		kind alerts.DeliveryKind
		line alerts.BudgetLine
		want string
	}{
		{
			"below the limit", alerts.DeliverParent, sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 402.6, 500, 80),
			"North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.",
		},
		{
			"above the limit", alerts.DeliverBroadcast, sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 521.3, 500, 100),
			"North America Bandwidth is over budget: 521 TB used, 104% of November's 500 TB. Rule na-bandwidth.",
		},
		{
			"a rule without a title goes by its name", alerts.DeliverParent, sampledata.Line("compute", "", sampledata.Requests, 1.7, 2, 80),
			"compute: 1.70 B requests used, 85% of November's 2 B requests. Rule compute.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := alertOf(tt.kind, tt.line).Text; got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// buttonsOf returns the labels under a message, and the actions' ids.
func buttonsOf(t *testing.T, m blocks.Message) map[string]*slack.ButtonBlockElement {
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
	at := func(threshold rules.Threshold, change func(*alerts.BudgetLine)) alerts.BudgetLine {
		l := sampledata.Line("na-bandwidth", "NA", sampledata.Bandwidth, 402, 500, threshold)
		if change != nil {
			change(&l)
		}
		return l
	}
	ack := func(threshold rules.Threshold) func(*alerts.BudgetLine) {
		return func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U1", "", threshold) }
	}
	for _, test := range []struct {
		name string
		kind alerts.DeliveryKind
		line alerts.BudgetLine
		want []string
	}{
		{"under a parent message", alerts.DeliverParent, at(80, nil), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"and its edits", alerts.DeliverUpdate, at(80, nil), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"not under a reply, which is not edited", alerts.DeliverBroadcast, at(80, nil), nil},
		{"acknowledged it can be taken back", alerts.DeliverUpdate, at(80, ack(80)), []string{ActionUnacknowledge, ActionServices}},
		{"a higher threshold than the acknowledged one is to be acknowledged", alerts.DeliverUpdate, at(100, ack(80)), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"of what came down nothing is to be acknowledged", alerts.DeliverUpdate, at(0, nil), []string{ActionServices, ActionMute}},
		{"a forecast is to be acknowledged before any threshold is", alerts.DeliverParent, at(0, func(l *alerts.BudgetLine) {
			l.Forecast = &alerts.Forecast{Threshold: 100, Likely: true}
		}), []string{ActionAcknowledge, ActionServices, ActionMute}},
		{"once", alerts.DeliverUpdate, at(0, func(l *alerts.BudgetLine) {
			l.Forecast = &alerts.Forecast{Threshold: 100, Likely: true}
			ack(0)(l)
		}), []string{ActionUnacknowledge, ActionServices}},
		{"one service has no services", alerts.DeliverParent, at(80, func(l *alerts.BudgetLine) { l.Instance = "www" }), []string{ActionAcknowledge, ActionMute}},
		{"a month that is over is not muted", alerts.DeliverParent, at(80, func(l *alerts.BudgetLine) { l.Month = sampledata.October }), []string{ActionAcknowledge, ActionServices}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := alerts.Delivery{Kind: test.kind, Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{test.line}}}
			found := buttonsOf(t, Alert(d, alertContext))
			want := map[string]bool{}
			for _, id := range test.want {
				want[id] = true
			}
			if len(want) > 0 {
				want[phrase.ActionWhy] = true // everybody who may press may ask why
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
