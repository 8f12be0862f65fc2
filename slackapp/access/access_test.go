package access_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/webapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice   = "U0ALICE01"
	boris   = "U0BORIS01"
	guest   = "U0GUEST01"
	general = "C0GENERAL"
	cdn     = "C0CDN0001"
	secret  = "C0SECRET1"
)

// office is a simulated Slack, and what the bot knows of it.
type office struct {
	*slacksim.Server
	people   *webapi.People
	channels *webapi.Channels
}

// newOffice starts a Slack that grants these scopes; nil is all of them.
func newOffice(t *testing.T, scopes []string) office {
	t.Helper()
	slack, err := slacksim.Start(slacksim.Config{
		Scopes: scopes,
		Channels: []slacksim.Channel{
			{ID: general, Name: "general", BotMember: true},
			{ID: cdn, Name: "cdn-budget", BotMember: true},
			{ID: secret, Name: "finops-private", Private: true, BotMember: true},
		},
		Users:      []slacksim.User{{ID: alice, Name: "alice"}, {ID: boris, Name: "boris"}, {ID: guest, Name: "gerda", Guest: true}},
		UserGroups: []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{boris}}},
		RateLimits: slacksim.RateLimits{Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		for _, v := range slack.Violations() {
			t.Errorf("violation: %s: %s", v.Rule, v.Detail)
		}
		transport.CloseIdleConnections()
		if err := slack.Close(); err != nil {
			t.Error(err)
		}
	})
	api := webapi.NewClient(slack.BotToken(), slack.APIURL(), transport)
	return office{slack, webapi.NewPeople(api, zap.NewNop()), webapi.NewChannels(api, nil)}
}

const (
	may         = "they may"
	askSlack    = "Slack could not be asked"
	onlyCDN     = "Usage is shown in `#cdn-budget` only"
	notHere     = "Usage is not shown in this channel."
	youAreGuest = "you're a guest"
	fewPeople   = "a few people only"
)

// asks returns what becomes of a person who asks in a channel, where access.ask has these entries.
func (o office) asks(user, channel string, ask ...rules.Person) string {
	no := access.Rights{
		Asker: access.Asker{Workspace: "T0ACME001", User: user, Channel: channel, ChannelName: map[string]string{general: "general", cdn: "cdn-budget"}[channel]},
		Rules: rules.Access{Ask: ask}, Team: access.Team{ID: "T0ACME001"}, People: o.people, Channels: o.channels,
	}.MayAsk(context.Background())
	switch {
	case no == nil:
		return may
	case no.Err != nil:
		return askSlack
	}
	return no.Sentence
}

func says(t *testing.T, said, want string) {
	t.Helper()
	if !strings.Contains(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

func TestWhoMayAskWhere(t *testing.T) {
	byName, finops, aliceAlone := rules.Person{Name: "cdn-budget"}, rules.Person{Name: "finops", ID: "S0FINOPS1"}, rules.Person{Name: "alice", ID: alice}
	private := rules.Person{Name: "finops-private"}
	none := []string{"commands", "chat:write"}
	for _, test := range []struct {
		name    string
		ask     []rules.Person
		user    string
		channel string
		scopes  []string
		want    string
	}{
		{"without a list every member may", nil, alice, general, nil, may},
		{"without a list a guest may not", nil, guest, general, nil, youAreGuest},
		{"without the scope to tell, a guest counts as a member", nil, guest, general, none, may},
		{"a listed channel, by id", []rules.Person{{Name: cdn, ID: cdn}}, alice, cdn, nil, may},
		{"a listed channel, by name", []rules.Person{byName}, alice, cdn, nil, may},
		{"a listed private channel, by name", []rules.Person{private}, alice, secret, nil, may},
		{"a listed private channel whose name cannot be known", []rules.Person{private}, alice, secret, none, notHere},
		{"another channel", []rules.Person{byName}, alice, general, nil, onlyCDN},
		{"a guest in a listed channel", []rules.Person{byName}, guest, cdn, nil, youAreGuest},
		{"a listed person anywhere", []rules.Person{aliceAlone}, alice, general, nil, may},
		{"a listed person who is a guest", []rules.Person{{Name: "gerda", ID: guest}}, guest, general, nil, may},
		{"another person", []rules.Person{aliceAlone}, boris, general, nil, fewPeople},
		{"a member of a listed group", []rules.Person{finops}, boris, general, nil, may},
		{"no member of a listed group", []rules.Person{finops}, alice, general, nil, fewPeople},
		{"a group that cannot be read", []rules.Person{finops}, boris, general, none, fewPeople},
	} {
		t.Run(test.name, func(t *testing.T) {
			says(t, newOffice(t, test.scopes).asks(test.user, test.channel, test.ask...), test.want)
		})
	}
}

// TestPrivateChannelsAreNotNamed: a refusal names public channels only.
func TestPrivateChannelsAreNotNamed(t *testing.T) {
	public, private := rules.Person{Name: "cdn-budget"}, rules.Person{Name: "finops-private"}
	for _, test := range []struct {
		name   string
		ask    []rules.Person
		scopes []string
		want   string
	}{
		{"a private channel, by name", []rules.Person{private}, nil, notHere},
		{"a private channel, by id", []rules.Person{{Name: secret, ID: secret}}, nil, notHere},
		{"a public one beside it", []rules.Person{private, public}, nil, onlyCDN},
		{"a public one by id", []rules.Person{{Name: cdn, ID: cdn}}, nil, onlyCDN},
		{"a channel that there is not", []rules.Person{{Name: "no-such"}}, nil, notHere},
		{"a channel that Slack does not show", []rules.Person{public}, []string{"commands", "chat:write"}, notHere},
		{"people alone", []rules.Person{{Name: "boris", ID: boris}}, nil, fewPeople},
	} {
		t.Run(test.name, func(t *testing.T) {
			said := newOffice(t, test.scopes).asks(alice, general, test.ask...)
			says(t, said, test.want)
			if strings.Contains(said, "finops") || strings.Contains(said, secret) {
				t.Errorf("it tells of the private channel: %s", said)
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
		{"a member in a listed channel", []rules.Person{gone, channel}, alice, cdn, "", may},
		{"a listed person elsewhere", []rules.Person{gone, person}, alice, general, "", may},
		{"a member of the next group", []rules.Person{gone, there}, boris, general, "", may},
		{"somebody whom nothing lets in", []rules.Person{gone, channel}, alice, general, "", onlyCDN},
		{"where there is nothing but the group", []rules.Person{gone}, alice, general, "", fewPeople},
		{"a guest in a listed channel", []rules.Person{gone, channel}, guest, cdn, "", youAreGuest},
		{"a code that nobody has seen", []rules.Person{there, channel}, alice, general, "subteam_is_unheard_of", onlyCDN},
		{"Slack in trouble, somebody let in by the channel", []rules.Person{there, channel}, alice, cdn, "internal_error", may},
		{"Slack in trouble, somebody named", []rules.Person{there, person}, alice, general, "internal_error", may},
		{"Slack in trouble, nothing else lets them in", []rules.Person{there, channel}, alice, general, "internal_error", askSlack},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t, nil)
			if test.code != "" {
				o.Fail("usergroups.users.list", 100, slacksim.Fault{Error: test.code})
			}
			says(t, o.asks(test.user, test.channel, test.ask...), test.want)
		})
	}
}

// TestOneGroupInTroubleDoesNotHideTheNext: the member of the second is let in though the first cannot be read.
func TestOneGroupInTroubleDoesNotHideTheNext(t *testing.T) {
	o := newOffice(t, nil)
	o.Fail("usergroups.users.list", 1, slacksim.Fault{Error: "internal_error"})
	says(t, o.asks(boris, general, rules.Person{Name: "fin", ID: "S0FIN0001"}, rules.Person{Name: "finops", ID: "S0FINOPS1"}), may)
}

func TestSomebodyWhomSlackDoesNotKnowIsRefusedForGood(t *testing.T) {
	for _, code := range []string{"user_not_found", "user_not_visible"} {
		o := newOffice(t, nil)
		o.Fail("users.info", 1, slacksim.Fault{Error: code})
		for range 2 { // the second is answered from memory
			says(t, o.asks(alice, general), "people in my own workspace")
		}
	}
}
