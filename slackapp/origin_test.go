package slackapp

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts/rules"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/webapi"
)

const (
	workspace    = "T0ACME001"
	organisation = "E0ACME001"

	sister  = "U0SISTER1" // of another workspace of the organisation
	shared  = "U0SHARED1" // of somebody else's workspace, in a channel that is shared with it
	partner = "U0PARTNR1" // of somebody else's organisation, in a shared channel
	unmet   = "U0UNMET01" // of somebody else's workspace, and in no channel with us
)

// withOthers adds people from elsewhere to the workspace.
func withOthers(s *slacksim.Config) {
	s.Users = slices.Concat(s.Users, []slacksim.User{
		{ID: shared, Name: "shared", TeamID: "T0OTHER01"},
		{ID: partner, Name: "partner", TeamID: "T0PARTNR1", EnterpriseID: "E0PARTNR1"},
		{ID: unmet, Name: "unmet", TeamID: "T0OTHER02", Unmet: true},
	})
}

// onGrid makes the workspace one of an organisation.
func onGrid(s *slacksim.Config, c *Config) {
	withOthers(s)
	s.EnterpriseID = organisation
	s.Users = append(s.Users, slacksim.User{ID: sister, Name: "sister", TeamID: "T0SISTER1", EnterpriseID: organisation})
	c.Team = access.Team{ID: workspace, Enterprise: organisation}
}

func offGrid(s *slacksim.Config, _ *Config) { withOthers(s) }

// from is a payload's user as Slack names the person's own workspace or organisation; empty is left out.
func from(user, home string) map[string]any {
	if home == "" {
		return map[string]any{"id": user}
	}
	return map[string]any{"id": user, "team_id": home}
}

const (
	ownPeople  = `"type":"table"`
	ownOrg     = "people in my own organization"
	ownTeam    = "people in my own workspace"
	cannotKnow = "I can't tell whether you belong to my organization."
)

func TestWhosePressIsTakenInAnOrganisation(t *testing.T) {
	w := newWorld(t, onGrid)
	parent := w.alerted()
	none := map[string]any{"enterprise": nil, "team": map[string]any{"id": workspace}}
	with := func(fields map[string]any, user map[string]any) map[string]any {
		all := map[string]any{"user": user}
		for key, value := range fields {
			all[key] = value
		}
		return all
	}
	for _, test := range []struct {
		name   string
		user   string
		fields map[string]any
		want   string
	}{
		{"one of us", alice, nil, ownPeople},
		{"one of us, named by the workspace", alice, with(nil, from(alice, workspace)), ownPeople},
		{"one of us, with nothing said of the person", alice, with(nil, from(alice, "")), ownPeople},
		{"one of us, the organisation named under team alone", alice, map[string]any{"enterprise": nil}, ownPeople},
		{"one of us, with no word of an organisation", alice, with(none, from(alice, workspace)), ownPeople},
		{"one of us, from no workspace, as in an app of the whole organisation", alice, map[string]any{"team": nil}, ownPeople},
		{"one of another workspace of ours", sister, nil, ownPeople},
		{"one of another workspace of ours, named by it", sister, with(nil, from(sister, "T0SISTER1")), ownPeople},
		{"one of another workspace of ours, who acts from there", sister, map[string]any{"team": map[string]any{"id": "T0SISTER1"}}, ownPeople},
		{"somebody from a workspace without an organisation, in our payload", shared, nil, ownOrg},
		{"the same, with nothing said of the person", shared, with(nil, from(shared, "")), ownOrg},
		{"the same, with no word of an organisation", shared, with(none, from(shared, "T0OTHER01")), ownOrg},
		{"somebody from another organisation, in our payload", partner, nil, ownOrg},
		{"the same, named by their workspace", partner, with(nil, from(partner, "T0PARTNR1")), ownOrg},
		{"the same, with nothing said of the person", partner, with(nil, from(partner, "")), ownOrg},
		{"somebody whom nobody has met", unmet, with(nil, from(unmet, "")), ownOrg},
		{"one of us in another organisation's payload", alice, map[string]any{"enterprise": map[string]any{"id": "E0PARTNR1"}}, ownOrg},
		{"one of us in a payload whose team is another organisation's", alice, map[string]any{"team": map[string]any{"id": "T0PARTNR1", "enterprise_id": "E0PARTNR1"}}, ownOrg},
		{"somebody without an id", alice, with(nil, map[string]any{"team_id": organisation}), ownOrg},
		{"somebody whom Slack does not know", alice, with(nil, from("U0NOBODY1", "")), ownOrg},
	} {
		t.Run(test.name, func(t *testing.T) {
			says(t, w.pressesAs(test.user, parent, alertview.ActionServices, test.fields), test.want)
		})
	}
	w.inOrder()
}

func TestWhosePressIsTakenWithoutAnOrganisation(t *testing.T) {
	w := newWorld(t, offGrid)
	parent := w.alerted()
	for _, test := range []struct {
		name   string
		user   string
		fields map[string]any
		want   string
	}{
		{"one of us", alice, nil, ownPeople},
		{"one of us, with nothing said of the person", alice, map[string]any{"user": from(alice, "")}, ownPeople},
		{"one of us, from no workspace", alice, map[string]any{"team": nil}, ownTeam},
		{"one of us, from another workspace", alice, map[string]any{"team": map[string]any{"id": "T0OTHER01"}}, ownTeam},
		{"somebody from a shared channel, in our payload", shared, nil, ownTeam},
		{"the same, with nothing said of the person", shared, map[string]any{"user": from(shared, "")}, ownTeam},
		{"somebody from an organisation, in our payload", partner, nil, ownTeam},
		{"the same, with nothing said of the person", partner, map[string]any{"user": from(partner, "")}, ownTeam},
		{"somebody whom nobody has met, with nothing said of them", unmet, map[string]any{"user": from(unmet, "")}, ownTeam},
		{"somebody without an id", alice, map[string]any{"user": map[string]any{}}, ownTeam},
	} {
		t.Run(test.name, func(t *testing.T) {
			says(t, w.pressesAs(test.user, parent, alertview.ActionServices, test.fields), test.want)
		})
	}
	w.inOrder()
}

// pressesAs presses a button, with a payload that says other things than usual, and returns the answer.
func (w *world) pressesAs(user string, m slacksim.Message, action string, fields map[string]any) slacksim.Message {
	w.t.Helper()
	pressed, err := w.slack.Press(w.soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action, Fields: fields})
	if err != nil {
		w.t.Fatal(err)
	}
	for n := 1; ; n++ { // the question before may still be under way, and the bot answers that first
		if m := w.answer(pressed, n); !contains(m, "questions under way") {
			return m
		}
	}
}

func TestWhoseCommandIsTaken(t *testing.T) {
	for _, test := range []struct {
		name  string
		grid  bool
		user  string
		scope bool // users:read
		want  string
	}{
		{"in an organisation, one of us", true, alice, true, ownPeople},
		{"in an organisation, one of another workspace of ours", true, sister, true, ownPeople},
		{"in an organisation, somebody from a workspace without one", true, shared, true, ownOrg},
		{"in an organisation, somebody from another one", true, partner, true, ownOrg},
		{"in an organisation, without the scope to tell", true, alice, false, cannotKnow},
		{"without an organisation, one of us", false, alice, true, ownPeople},
		{"without an organisation, somebody from elsewhere", false, shared, true, ownTeam},
		{"without an organisation and the scope, one of us", false, alice, false, ownPeople},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(s *slacksim.Config, c *Config) {
				if test.grid {
					onGrid(s, c)
				} else {
					offGrid(s, c)
				}
				if !test.scope {
					s.Scopes = []string{"commands", "chat:write"}
				}
			})
			// Slack runs a command in the workspace of the installation.
			asked := w.slash(slacksim.Slash{User: test.user, Channel: general, Command: "/usage", Text: "2023-01", TeamID: workspace})
			says(t, w.answer(asked, 1), test.want)
			w.inOrder()
		})
	}
}

// TestNobodyFromOutsideAnswersForABudget goes through everything that changes something.
func TestNobodyFromOutsideAnswersForABudget(t *testing.T) {
	for _, person := range []string{shared, partner} {
		w := newWorld(t, onGrid)
		w.rules.Rules[0].Owners = nil
		parent := w.alerted()
		// As it arrives where Slack says nothing of the person, and speaks of the installation.
		fields := map[string]any{"user": from(person, "")}
		says(t, w.pressesAs(person, parent, alertview.ActionAcknowledge, fields), ownOrg)
		private := w.presses(alice, parent, alertview.ActionAcknowledge, 1)
		modal := w.asksReason(alice, private)
		before := w.budgetState().Revision
		submitted, err := w.slack.Submit(w.soon(), slacksim.Submission{
			User: alice, ViewID: modal.ID, Fields: fields,
			Values: map[string]map[string]map[string]any{alertview.ReasonBlock: {alertview.ReasonInput: {"value": "because"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := submitted.Outcome(w.soon())
		if err != nil {
			t.Fatal(err)
		}
		if said := outcome.ViewErrors[alertview.ReasonBlock]; said == "" || w.budgetState().Revision != before {
			t.Errorf("a reason of %s was taken: %q", person, said)
		}
		w.inOrder()
	}
}

// TestAskingForAReasonIsForPeopleWhoMayGiveOne: the modal shows what the budget is called, and opens for nobody else.
func TestAskingForAReasonIsForPeopleWhoMayGiveOne(t *testing.T) {
	w := newWorld(t, offGrid)
	private := w.presses(boris, w.alerted(), alertview.ActionAcknowledge, 1)
	w.rules.Rules[0].Owners = []rules.Person{{Name: "alice", ID: alice}}
	says(t, w.presses(boris, private, alertview.ActionReason, 1), "Only this budget's owners can answer it: `alice`.")
	if modals := w.slack.Modals(boris); len(modals) > 0 {
		t.Errorf("a modal was opened for somebody who may give no reason: %s", modals[0].Title)
	}
	w.inOrder()
}

// TestARequestWithoutIDsIsNobodys: two ids that are missing are not the same person, place or workspace.
func TestARequestWithoutIDsIsNobodys(t *testing.T) {
	nobody := rules.Person{Name: "finops"} // a name without an id
	for _, team := range []access.Team{{}, {ID: workspace}, {ID: workspace, Enterprise: organisation}} {
		w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Team = access.Team{ID: workspace} })
		w.app.host.Team, w.app.host.people = team, webapi.NewPeople(w.app.host.Slack, w.app.host.Log)
		w.rules.Access = rules.Access{Ask: []rules.Person{{Name: "finops-private"}}, Share: []rules.Person{{Name: "finops-private"}}}
		ctx := context.Background()
		for name, q := range map[string]*conversation{
			"command":         w.app.host.ofCommand(&slack.SlashCommand{}),
			"press":           w.app.host.ofPress(&slack.InteractionCallback{}),
			"view_submission": w.app.host.ofPress(&slack.InteractionCallback{Type: slack.InteractionTypeViewSubmission}),
		} {
			q.began = time.Now()
			if q.mayAsk(ctx) == nil {
				t.Errorf("%s without ids, of %+v: may ask", name, team)
			}
			if q.mayAnswer(ctx, []rules.Person{nobody}) == nil {
				t.Errorf("%s without ids, of %+v: may answer", name, team)
			}
			if q.access().MayPublish(ctx) == nil {
				t.Errorf("%s without ids, of %+v: may share", name, team)
			}
		}
		if done := w.app.budgets.explain(ctx, w.app.host.ofPress(&slack.InteractionCallback{}), slack.View{PrivateMetadata: `{"about":"{\"rule\":\"na-bandwidth\",\"month\":\"2026-11\"}"}`}); done.outcome == outcomeDecided {
			t.Errorf("a submission without ids, of %+v, was taken", team)
		}
	}
}

// TestAPlaceWithoutAChannelIsNoChannel: a press in a view, where there is none, by one of us.
func TestAPlaceWithoutAChannelIsNoChannel(t *testing.T) {
	w := newWorld(t)
	w.rules.Access = rules.Access{Ask: []rules.Person{{Name: "finops-private"}, {}}, Share: []rules.Person{{Name: "finops-private"}, {}}}
	q := w.app.host.ofPress(&slack.InteractionCallback{Team: slack.Team{ID: workspace}, User: slack.User{ID: alice}})
	if q.mayAsk(context.Background()) == nil {
		t.Error("somebody without a channel may ask where a channel is named")
	}
	if q.access().MayPublish(context.Background()) == nil {
		t.Error("somebody without a channel may share where a channel is named")
	}
	w.rules.Access.Ask = nil
	if no := q.mayAsk(context.Background()); no != nil {
		t.Errorf("without a list, one of us is refused: %s", no.message.Text)
	}
}
