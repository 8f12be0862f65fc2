package service_test

import (
	"strings"
	"sync"
	"testing"

	"budgetbot/internal/servicetest"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

const (
	boris = "U0BORIS01"
	carla = "U0CARLA01"

	// ownedRules are those of the world, with a group that answers for the budgets: Alice and Boris.
	ownedRules = "people: {finops: S0FINOPS1}\n" + servicetest.Rules
)

// withOwners gives the workspace two more people, and the group.
func withOwners(workspace *slacksim.Config, _ *fastlysim.Config) {
	workspace.Users = append(workspace.Users, slacksim.User{ID: boris, Name: "boris"}, slacksim.User{ID: carla, Name: "carla"})
	workspace.UserGroups = []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{alice, boris}}}
}

// owned is a world whose budgets have owners.
func owned(t *testing.T, options ...servicetest.Option) *world {
	t.Helper()
	w := newWorld(t, append(options, withOwners)...)
	w.WriteRules(strings.Replace(ownedRules, "defaults: {", "defaults: {owners: [finops], ", 1))
	w.Uses(390, 50)
	return w
}

// root waits until the channel's first message has all the texts.
func (w *world) root(texts ...string) slacksim.Message {
	w.T.Helper()
	w.Await("a root that says "+strings.Join(texts, ", "), func() bool {
		posts := w.Posts(cdnBudget)
		return len(posts) > 0 && servicetest.Has(posts[0], texts...)
	})
	return w.Posts(cdnBudget)[0]
}

// replies waits until the parent message has so many replies, and returns them.
func (w *world) replies(n int) []slacksim.Message {
	w.T.Helper()
	w.Await("replies", func() bool { return len(w.Posts(cdnBudget)) > n })
	posts := w.ExpectPosts(cdnBudget, n+1)
	for _, reply := range posts[1:] {
		if reply.ThreadTS != posts[0].TS {
			w.T.Errorf("%q is no reply to the root", reply.Text)
		}
	}
	return posts[1:]
}

// confirms presses a button that asks first, and says yes.
func (w *world) confirms(user string, m slacksim.Message, action string) *slacksim.Invocation {
	w.T.Helper()
	return w.Press(slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action, Confirmed: true})
}

// The whole life of an answer: acknowledged at 80%, posted again at 100%, muted over 125%, withdrawn without a burst.
func TestAnswersToAnAlert(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := owned(t)
		w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 50)
		root := w.root("80% Used", "Acknowledge", "By Service", "Mute Until Dec 1")

		w.Says(w.Answer(w.Presses(carla, root, "acknowledge")), "Only this budget's owners can answer it: `finops`.")
		w.Says(w.Answer(w.Presses(gerda, root, "acknowledge")), "Only this budget's owners")
		private := w.Answer(w.Presses(alice, root, "acknowledge"))
		w.Says(private, "You acknowledged *North America Bandwidth*. You'll still be alerted at 100%.")
		w.root("Acknowledged by <@"+alice+">", "You'll still be alerted at 100%", "Undo")
		if replies := w.replies(1); replies[0].Broadcast {
			t.Error("an acknowledgement was broadcast to the channel")
		}
		w.explain(private, "launch of the video shop")
		root = w.root("“launch of the video shop”")
		w.Says(w.replies(2)[1], "<@"+alice+">'s reason: “launch of the video shop”")
		w.Says(w.Answer(w.Presses(boris, root, "budget_services")), "North America Bandwidth (cdn_usage)")

		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 4)
		if rise := w.replies(3)[2]; !rise.Broadcast {
			t.Error("100% was not broadcast, although 80% alone was acknowledged")
		}
		root = w.root("Over Budget, 100% Used", "Acknowledge", "Mute Until Dec 1")

		w.Says(w.Answer(w.confirms(boris, root, "mute")), "is muted until Dec 1, even above 100%")
		w.root("Muted until Dec 1 by <@" + boris + ">")
		w.replies(4)
		w.Uses(640, 50)
		root = w.root("Over Budget, 128% Used", "Muted until Dec 1")
		w.AwaitChecks(manyChecks)
		w.replies(4)
		w.Says(w.Asks("/budget"), "muted until Dec 1")

		w.Says(w.Answer(w.Presses(alice, root, "unmute")), "is no longer muted")
		w.root("Over Budget, 128% Used", "Mute Until Dec 1")
		w.Says(w.replies(5)[4], "<@"+alice+"> unmuted this")
		w.AwaitChecks(manyChecks)
		w.replies(5)
		w.Says(w.Asks("/budget history na-bandwidth"), "<@"+alice+"> unmuted it", "125% reached, no separate alert: muted", "100% reached, posted in #cdn-budget",
			"<@"+boris+"> muted it until Dec 1", "<@"+alice+"> added the reason: “launch of the video shop”", "80% reached, posted in #cdn-budget")
		w.Says(w.Asks("/budget try na-bandwidth"), "*Preview.* Nothing would be posted now", "128% Used")
		w.replies(5)
	})
}

// explain gives the reason of an acknowledgement in the modal.
func (w *world) explain(private slacksim.Message, reason string) {
	w.T.Helper()
	opened := w.Slack.CallCount("views.open")
	w.Presses(alice, private, "add_reason")
	if err := w.Slack.WaitCalls(w.Soon(), "views.open", opened+1); err != nil {
		w.T.Fatalf("no modal: %v; %s", err, w.Log())
	}
	submitted, err := w.Slack.Submit(w.Soon(), slacksim.Submission{
		User: alice, ViewID: w.Slack.Modals(alice)[0].ID, Values: map[string]map[string]map[string]any{"reason": {"reason": {"value": reason}}},
	})
	if err != nil {
		w.T.Fatal(err)
	}
	if out, err := submitted.Outcome(w.Soon()); err != nil || len(out.ViewErrors) > 0 {
		w.T.Fatalf("the modal: %+v, %v; %s", out, err, w.Log())
	}
}

// TestTwoAnswerAtOnce: on two replicas, in every round, one of two people is first, and the other is shown only that answer.
func TestTwoAnswerAtOnce(t *testing.T) {
	t.Parallel()
	w := owned(t, servicetest.OnMachineNetwork)
	database, _ := w.Postgres()
	w.startOn(database, 2)
	w.AwaitChecks(2)
	w.Uses(402.6, 50)
	root := w.root("80% Used", "Acknowledge")
	for range 5 {
		answers := w.atOnce(root, "acknowledge", alice, boris)
		winner, loser := answers[alice], answers[boris]
		first := alice
		if strings.Contains(servicetest.Words(loser), "You acknowledged *") {
			winner, loser, first = loser, winner, boris
		}
		w.Says(winner, "You acknowledged *North America Bandwidth*")
		w.Says(loser, "<@"+first+"> acknowledged this already")
		root = w.root("Acknowledged by <@"+first+">", "Undo")

		answers = w.atOnce(root, "unacknowledge", alice, boris)
		both := servicetest.Words(answers[alice]) + servicetest.Words(answers[boris])
		for _, want := range []string{"is no longer acknowledged", "so there's nothing to undo"} {
			if strings.Count(both, want) == 0 {
				t.Errorf("nobody reads %q:\n%s", want, both)
			}
		}
		w.Await("the buttons again", func() bool { return strings.Contains(string(w.Posts(cdnBudget)[0].Blocks), `"acknowledge"`) })
		root = w.Posts(cdnBudget)[0]
	}
	w.replies(10)
}

// atOnce lets people press the same button at the same moment, and returns what each reads.
func (w *world) atOnce(m slacksim.Message, action string, people ...string) map[string]slacksim.Message {
	w.T.Helper()
	pressed := make([]*slacksim.Invocation, len(people))
	var all sync.WaitGroup
	for i, user := range people {
		all.Go(func() {
			var err error
			if pressed[i], err = w.Slack.Press(w.Soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action}); err != nil {
				w.T.Error(err)
			}
		})
	}
	all.Wait()
	answers := map[string]slacksim.Message{}
	for i, user := range people {
		w.AddSecret(pressed[i].ResponseURL())
		answers[user] = w.Answer(pressed[i])
	}
	return answers
}

// TestAnswersSurviveAKill: at whichever moment the service is killed, an answer that it confirmed to a person is in the channel once.
func TestAnswersSurviveAKill(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := owned(t)
		censor := w.Censor()
		r := w.Start(through(censor))
		w.AwaitChecks(2)
		w.Uses(402.6, 50)
		root := w.root("80% Used", "Acknowledge")

		// The reply stands in the thread, and its receipt was never recorded.
		kept := censor.Keep("chat.postMessage")
		w.Says(w.Answer(w.Presses(alice, root, "acknowledge")), "You acknowledged")
		kept()
		r.Kill()
		r = w.Start(through(censor))
		w.root("Acknowledged by <@" + alice + ">")
		w.AwaitChecks(manyChecks)
		w.replies(1)

		// The edit arrived, and its receipt was never recorded.
		kept = censor.Keep("chat.update")
		w.Says(w.Answer(w.Types(boris, cdnBudget, "/budget mute na-bandwidth")), "is muted until")
		kept()
		r.Kill()
		r = w.Start(through(censor))
		w.root("Acknowledged by <@"+alice+">", "by <@"+boris+">", "Muted until")
		w.replies(2)
		w.Uses(520, 50)
		w.root("Over Budget, 104% Used", "Muted until")
		w.AwaitChecks(manyChecks)
		w.replies(2)
		r.Kill()
		r = w.Start(through(censor))
		w.Says(w.Asks("/budget na-bandwidth"), "by <@"+boris+">", "Muted until", "not posting now: muted until")
		w.Says(w.Answer(w.Types(boris, cdnBudget, "/budget unmute na-bandwidth")), "is no longer muted")
		w.root("Over Budget, 104% Used", "Mute Until")
		w.AwaitChecks(manyChecks)
		w.replies(3)
		r.Stop()
	})
}
