package view

import (
	"strings"
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

func alertOf(kind alerts.DeliveryKind, lines ...alerts.BudgetLine) Message {
	return Alert(alerts.Delivery{Kind: kind, Message: alerts.Message{Reason: alerts.ReasonFirstLevel, Budgets: lines}}, sampleAlert)
}

func TestOwnersArePingedFromTheirLevelOn(t *testing.T) {
	tests := []struct {
		name   string
		level  rules.Level
		pingAt rules.Level
		owners []rules.Person
		want   string
		pings  bool
	}{
		{"below it they are named", 80, 100, []rules.Person{finops}, "owner: finops (pinged from 100%)", false},
		{"at it a group is pinged", 100, 100, []rules.Person{finops}, "owner: <!subteam^S0614TZR7>", true},
		{"above it a person is pinged", 125, 100, []rules.Person{oncall}, "owner: <@U061F7AUR>", true},
		{"several are listed", 100, 100, []rules.Person{finops, oncall}, "owner: <!subteam^S0614TZR7> and <@U061F7AUR>", true},
		{"without a level for it nobody is pinged", 125, 0, []rules.Person{oncall}, "owner: oncall", false},
		{"what is no id pings nobody", 100, 100, []rules.Person{{Name: "x", ID: "!channel"}}, "owner: !channel", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := sampleLine("r", "R", bandwidth, 600, 500, tt.level)
			l.Owners, l.PingAt = tt.owners, tt.pingAt
			for _, kind := range []alerts.DeliveryKind{alerts.DeliverRoot, alerts.DeliverRise, alerts.DeliverRefresh} {
				text := strings.Join(mrkdwnTexts(alertOf(kind, l)), "\n")
				if !strings.Contains(text, tt.want+" ·") {
					t.Errorf("%s: %q is not in %q", kind, tt.want, text)
				}
				if pinged := strings.Contains(text, "<@") || strings.Contains(text, "<!"); pinged != tt.pings {
					t.Errorf("%s: somebody is pinged: %v, want %v: %q", kind, pinged, tt.pings, text)
				}
			}
		})
	}
}

func TestListPingsEachOwnerOnceAndOnlyThoseWhoseLevelIsReached(t *testing.T) {
	reached := sampleLine("a", "A", bandwidth, 600, 500, 100)
	again := sampleLine("b", "B", bandwidth, 600, 500, 100)
	below := sampleLine("c", "C", bandwidth, 410, 500, 80)
	below.Owners = []rules.Person{oncall}
	text := strings.Join(mrkdwnTexts(alertOf(alerts.DeliverList, reached, again, below)), "\n")
	if n := strings.Count(text, "<!subteam^S0614TZR7>"); n != 1 {
		t.Errorf("the owner is pinged %d times in %q", n, text)
	}
	if strings.Contains(text, oncall.ID) {
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
			"below the limit", alerts.DeliverRoot, sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 402.6, 500, 80),
			"North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.",
		},
		{
			"above the limit", alerts.DeliverRise, sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 521.3, 500, 100),
			"North America Bandwidth is over budget: 521 TB used, 104% of November's 500 TB. Rule na-bandwidth.",
		},
		{
			"a rule without a title goes by its name", alerts.DeliverRoot, sampleLine("compute", "", requests, 1.7, 2, 80),
			"compute: 1.7 B requests used, 85% of November's 2 B requests. Rule compute.",
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

func TestTheBarIsFullFromTheLimitOn(t *testing.T) {
	for percent, want := range map[float64]string{0: "░░░░░░░░░░", 9.9: "░░░░░░░░░░", 10: "█░░░░░░░░░", 99.9: "█████████░", 100: "██████████", 900: "██████████"} {
		if got := bar(sampleLine("r", "", bandwidth, percent, 100, 0)); got != want {
			t.Errorf("%v%%: %s, want %s", percent, got, want)
		}
	}
}

func TestMistakeOffersWhatItShows(t *testing.T) {
	m := Mistake{
		Sentence: "No.", Command: "/usage", ActionID: "again",
		Corrected: []string{"a", "b\nc", strings.Repeat("x", maxCommand+1), "d", "e"},
	}
	answer := m.Message()
	want := "No.\n`/usage a`\n`/usage b c`\n`/usage d`"
	if got := mrkdwnTexts(answer)[0]; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var pressed []string
	for _, a := range runButtons("again", m.offered()) {
		pressed = append(pressed, a.ID+"="+a.Value)
	}
	if got := strings.Join(pressed, " "); got != "again:0=a again:1=b c again:2=d" {
		t.Errorf("buttons run %q", got)
	}
}
