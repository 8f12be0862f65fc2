package slackapp

import (
	"slices"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/internal/slacksim"
)

func TestWhoMayAskWhere(t *testing.T) {
	here := func(places ...rules.Person) rules.Access { return rules.Access{Ask: places} }
	for _, test := range []struct {
		name    string
		access  rules.Access
		user    string
		channel string
		scopes  []string // beside commands and chat:write; nil is all of them
		want    string
	}{
		{"without a list every member may", rules.Access{}, alice, general, nil, `"type":"table"`},
		{"without a list a guest may not", rules.Access{}, guest, general, nil, "you're a guest"},
		{"without the scope to tell, a guest counts as a member", rules.Access{}, guest, general, []string{}, `"type":"table"`},
		{"a listed channel, by id", here(rules.Person{Name: cdn, ID: cdn}), alice, cdn, nil, `"type":"table"`},
		{"a listed channel, by name", here(rules.Person{Name: "cdn-budget"}), alice, cdn, nil, `"type":"table"`},
		{"a listed private channel, by name", here(rules.Person{Name: "finops-private"}), alice, secret, nil, `"type":"table"`},
		{"a listed private channel whose name cannot be known", here(rules.Person{Name: "finops-private"}), alice, secret, []string{}, "Usage is not shown in this channel."},
		{"another channel", here(rules.Person{Name: "cdn-budget"}), alice, general, nil, "Usage is shown in `#cdn-budget` only"},
		{"a guest in a listed channel", here(rules.Person{Name: "cdn-budget"}), guest, cdn, nil, "you're a guest"},
		{"a listed person anywhere", here(rules.Person{Name: "alice", ID: alice}), alice, general, nil, `"type":"table"`},
		{"a listed person who is a guest", here(rules.Person{Name: "gerda", ID: guest}), guest, general, nil, `"type":"table"`},
		{"another person", here(rules.Person{Name: "alice", ID: alice}), boris, general, nil, "a few people only"},
		{"a member of a listed group", here(rules.Person{Name: "finops", ID: "S0FINOPS1"}), boris, general, nil, `"type":"table"`},
		{"no member of a listed group", here(rules.Person{Name: "finops", ID: "S0FINOPS1"}), alice, general, nil, "a few people only"},
		{"a group that cannot be read", here(rules.Person{Name: "finops", ID: "S0FINOPS1"}), boris, general, []string{}, "a few people only"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(s *slacksim.Config, _ *Config) {
				if test.scopes != nil {
					s.Scopes = append([]string{"commands", "chat:write"}, test.scopes...)
				}
			})
			w.rules.Access = test.access
			says(t, w.types(test.user, test.channel, "/usage 2023-01", 1), test.want)
			w.inOrder()
		})
	}
}

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

// TestPrivateChannelsAreNotNamed: a refusal names public channels only.
func TestPrivateChannelsAreNotNamed(t *testing.T) {
	public, private := rules.Person{Name: "cdn-budget"}, rules.Person{Name: "finops-private"}
	all := []string{"commands", "chat:write", "channels:read", "groups:read", "users:read", "usergroups:read"}
	for _, test := range []struct {
		name   string
		ask    []rules.Person
		scopes []string
		want   string
	}{
		{"a private channel, by name", []rules.Person{private}, all, "Usage is not shown in this channel."},
		{"a private channel, by id", []rules.Person{{Name: secret, ID: secret}}, all, "Usage is not shown in this channel."},
		{"a public one beside it", []rules.Person{private, public}, all, "Usage is shown in `#cdn-budget` only."},
		{"a public one by id", []rules.Person{{Name: cdn, ID: cdn}}, all, "Usage is shown in `#cdn-budget` only."},
		{"a channel that there is not", []rules.Person{{Name: "no-such"}}, all, "Usage is not shown in this channel."},
		{"a channel that Slack does not show", []rules.Person{public}, []string{"commands", "chat:write"}, "Usage is not shown in this channel."},
		{"people alone", []rules.Person{{Name: "boris", ID: boris}}, all, "a few people only"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(s *slacksim.Config, _ *Config) { s.Scopes = test.scopes })
			w.rules.Access.Ask = test.ask
			m := w.types(alice, general, "/usage 2023-01", 1)
			says(t, m, test.want)
			if contains(m, "finops") || contains(m, secret) {
				t.Errorf("it tells of the private channel:\n%s", m.Text)
			}
		})
	}
}

// TestPartnersDoNotReadWhatIsShared: a channel of Slack Connect has to be named for it.
func TestPartnersDoNotReadWhatIsShared(t *testing.T) {
	const outside = "People from other organisations are in this channel, so I don't share answers here."
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

// TestAGroupThatSlackDoesNotHaveLetsNobodyInAndKeepsNobodyOut: a person whom their name or the channel lets in needs no group.
func TestAGroupThatSlackDoesNotHaveLetsNobodyInAndKeepsNobodyOut(t *testing.T) {
	gone, there := rules.Person{Name: "fin", ID: "S0FINGONE"}, rules.Person{Name: "finops", ID: "S0FINOPS1"}
	channel, person := rules.Person{Name: "cdn-budget"}, rules.Person{Name: "alice", ID: alice}
	for _, test := range []struct {
		name    string
		ask     []rules.Person
		user    string
		channel string
		code    string // what Slack says of every group; empty is what it would
		want    string
	}{
		{"a member in a listed channel", []rules.Person{gone, channel}, alice, cdn, "", `"type":"table"`},
		{"a listed person elsewhere", []rules.Person{gone, person}, alice, general, "", `"type":"table"`},
		{"a member of the next group", []rules.Person{gone, there}, boris, general, "", `"type":"table"`},
		{"somebody whom nothing lets in", []rules.Person{gone, channel}, alice, general, "", "Usage is shown in `#cdn-budget` only"},
		{"where there is nothing but the group", []rules.Person{gone}, alice, general, "", "a few people only"},
		{"a guest in a listed channel", []rules.Person{gone, channel}, guest, cdn, "", "you're a guest"},
		{"a code that nobody has seen", []rules.Person{there, channel}, alice, general, "subteam_is_unheard_of", "Usage is shown in `#cdn-budget` only"},
		{"Slack in trouble, somebody let in by the channel", []rules.Person{there, channel}, alice, cdn, "internal_error", `"type":"table"`},
		{"Slack in trouble, somebody named", []rules.Person{there, person}, alice, general, "internal_error", `"type":"table"`},
		{"Slack in trouble, nothing else lets them in", []rules.Person{there, channel}, alice, general, "internal_error", "isn't telling me right now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Access.Ask = test.ask
			if test.code != "" {
				w.slack.Fail("usergroups.users.list", 100, slacksim.Fault{Error: test.code})
			}
			says(t, w.types(test.user, test.channel, "/usage 2023-01", 1), test.want)
			w.inOrder()
		})
	}
}

// TestOneGroupInTroubleDoesNotHideTheNext: the member of the second is let in though the first cannot be read.
func TestOneGroupInTroubleDoesNotHideTheNext(t *testing.T) {
	w := newWorld(t)
	w.rules.Access.Ask = []rules.Person{{Name: "fin", ID: "S0FIN0001"}, {Name: "finops", ID: "S0FINOPS1"}}
	w.slack.Fail("usergroups.users.list", 1, slacksim.Fault{Error: "internal_error"})
	says(t, w.types(boris, general, "/usage 2023-01", 1), `"type":"table"`)
}

func TestSomebodyWhomSlackDoesNotKnowIsRefusedForGood(t *testing.T) {
	for _, code := range []string{"user_not_found", "user_not_visible"} {
		w := newWorld(t)
		w.slack.Fail("users.info", 1, slacksim.Fault{Error: code})
		for range 2 { // the second is answered from memory
			says(t, w.types(alice, general, "/usage 2023-01", 1), "people in my own workspace")
		}
	}
}
