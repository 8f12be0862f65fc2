package slackapp

import (
	"slices"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/internal/slacksim"
)

func TestOtherWorkspacesAreRefused(t *testing.T) {
	w := newWorld(t)
	asked := w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", TeamID: "T0OTHER01"})
	says(t, w.answer(asked, 1), "people in my own workspace")
	if n := w.fastly.Calls(); n != 0 {
		t.Errorf("Fastly was asked %d times for a stranger", n)
	}
}

func TestWhenSlackDoesNotTellWhoSomebodyIsNothingIsShown(t *testing.T) {
	w := newWorld(t)
	w.slack.Fail("users.info", 1, slacksim.Fault{Error: "internal_error"})
	says(t, w.types(alice, general, "/usage 2023-01", 1), "isn't telling me right now whether you may see usage")
	says(t, w.types(alice, general, "/usage 2023-01", 1), `"type":"table"`)
}

func TestSharingIsOfferedWhereItIsAllowed(t *testing.T) {
	for _, test := range []struct {
		name    string
		share   []rules.Person
		channel string
		offered bool
	}{
		{"everywhere without a list", nil, general, true},
		{"in a listed channel", []rules.Person{{Name: "cdn-budget"}}, cdn, true},
		{"not in another one", []rules.Person{{Name: "cdn-budget"}}, general, false},
		{"for a listed person anywhere", []rules.Person{{Name: "alice", ID: alice}}, general, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Access.Share = test.share
			m := w.types(alice, test.channel, "/usage 2023-01", 1)
			if offered := contains(m, "Share in Channel"); offered != test.offered {
				t.Errorf("offered is %v", offered)
			}
		})
	}
}

func TestSharingIsCheckedAgainWhenTheButtonIsPressed(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2023-01", 1)
	w.rules.Access.Share = []rules.Person{{Name: "cdn-budget"}}
	says(t, w.presses(alice, m, "share", 1), "Answers can't be shared in this channel")
}

// TestPartnersDoNotReadWhatIsShared: a channel of Slack Connect has to be named for it.
func TestPartnersDoNotReadWhatIsShared(t *testing.T) {
	const outside = "People from other organizations are in this channel, so I don't share answers here."
	connect := func(s *slacksim.Config, _ *Config) { s.Channels[0].Shared = true }
	invited := func(s *slacksim.Config, _ *Config) { s.Channels[0].PendingShare = true }
	blind := func(s *slacksim.Config, c *Config) { connect(s, c); s.Scopes = []string{"commands", "chat:write"} }
	channel, person := rules.Person{Name: "general"}, rules.Person{Name: "alice", ID: alice}
	for _, test := range []struct {
		name  string
		world option
		share []rules.Person
		code  string // what Slack says of the channel; empty is what it would
		want  string // empty where it is shared
	}{
		{"a channel with people from outside", connect, nil, "", outside},
		{"a channel that they are invited to", invited, nil, "", outside},
		{"somebody who may share anywhere", connect, []rules.Person{person}, "", outside},
		{"a channel that is named for it", connect, []rules.Person{channel}, "", ""},
		{"a channel of our own", offGrid, nil, "", ""},
		{"where nobody can tell", blind, nil, "", ""},
		{"where Slack does not tell now", offGrid, nil, "internal_error", "isn't telling me right now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.world)
			w.rules.Access.Share = test.share
			mine := w.types(alice, general, "/usage 2023-01", 1)
			if test.code != "" {
				w.slack.Fail("conversations.info", 1, slacksim.Fault{Error: test.code})
			}
			answer := w.presses(alice, mine, "share", 1)
			if test.want != "" {
				says(t, answer, test.want)
			}
			isPublic := func(m slacksim.Message) bool { return m.EphemeralTo == "" }
			if test.want != "" && slices.ContainsFunc(w.slack.Messages(general), isPublic) {
				t.Error("it was shared")
			}
			if test.want == "" {
				if _, err := w.slack.WaitMessage(w.soon(), general, isPublic); err != nil {
					t.Errorf("it was not shared: %v", err)
				}
			}
			if again := w.types(alice, general, "/usage 2023-01", 1); contains(again, "Share in Channel") == (test.want == outside) {
				t.Errorf("afterwards sharing is offered: %t", test.want != outside)
			}
			w.inOrder()
		})
	}
}

// TestOneRuleForEverySurface: every surface refuses a person who may not ask, and shows them no figures.
func TestOneRuleForEverySurface(t *testing.T) {
	only := rules.Access{Ask: []rules.Person{{Name: "cdn-budget"}}}
	for _, surface := range []string{"/usage", "/usage 2023-01", "/usage help", "/usage nonsense", "/budget", "/budget all", "/budget nonsense"} {
		t.Run("typed "+surface, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Access = only
			says(t, w.types(alice, general, surface, 1), "Usage is shown in `#cdn-budget` only")
			says(t, w.types(guest, cdn, surface, 1), "you're a guest")
			if n := w.fastly.Calls(); n != 0 {
				t.Errorf("Fastly was asked %d times for people who may not ask", n)
			}
		})
	}
	for _, action := range []string{"ask:service", "ask:previous", "share"} {
		t.Run("pressed "+action, func(t *testing.T) {
			w := newWorld(t)
			m := w.types(alice, general, "/usage 2023-01 cdn_usage", 1)
			w.rules.Access = only
			w.fastly.Forget()
			says(t, w.presses(alice, m, action, 1), "Usage is shown in `#cdn-budget` only")
			if n := w.fastly.Calls(); n != 0 {
				t.Errorf("Fastly was asked %d times for somebody who may not ask", n)
			}
		})
	}
}
