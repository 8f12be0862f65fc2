package main

import (
	"strings"
	"sync"
	"testing"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

const (
	boris = "U0BORIS01"
	carla = "U0CARLA01"

	// ownedRules are those of the world, with a group that answers for the budgets: Alice and Boris.
	ownedRules = "people: {finops: S0FINOPS1}\n" + worldRules
)

// withOwners gives the workspace two more people, and the group.
func withOwners(workspace *slacksim.Config, _ *fastlysim.Config) {
	workspace.Users = append(workspace.Users, slacksim.User{ID: boris, Name: "boris"}, slacksim.User{ID: carla, Name: "carla"})
	workspace.UserGroups = []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{alice, boris}}}
}

// owned is a world whose budgets have owners.
func owned(t *testing.T, options ...worldOption) *world {
	t.Helper()
	w := newWorld(t, append(options, withOwners)...)
	w.writeRules(strings.Replace(ownedRules, "defaults: {", "defaults: {owners: [finops], ", 1))
	w.uses(390, 50)
	return w
}

// root waits until the channel's first message says all of it.
func (w *world) root(texts ...string) slacksim.Message {
	w.t.Helper()
	w.await("a root that says "+strings.Join(texts, ", "), func() bool {
		posts := w.posts(cdnBudget)
		return len(posts) > 0 && saysAll(posts[0], texts)
	})
	return w.posts(cdnBudget)[0]
}

// replies waits until so many replies stand under the root, and returns them.
func (w *world) replies(n int) []slacksim.Message {
	w.t.Helper()
	w.await("replies", func() bool { return len(w.posts(cdnBudget)) > n })
	posts := w.expectPosts(cdnBudget, n+1)
	for _, reply := range posts[1:] {
		if reply.ThreadTS != posts[0].TS {
			w.t.Errorf("%q is no reply to the root", reply.Text)
		}
	}
	return posts[1:]
}

// confirms presses a button that asks first, and says yes.
func (w *world) confirms(user string, m slacksim.Message, action string) *slacksim.Invocation {
	w.t.Helper()
	press := slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action, Confirmed: true}
	pressed, err := w.slack.Press(w.soon(), press)
	if err != nil {
		w.t.Fatalf("%v; the message:\n%s", err, m.Blocks)
	}
	w.secrets.add(pressed.ResponseURL())
	return pressed
}

// The whole life of an answer: taken in hand at 80%, said again at 100%, muted over 125%, taken back without a burst.
func TestAnswersToAnAlert(t *testing.T) {
	t.Parallel()
	w := owned(t)
	w.hurry(20)
	w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	root := w.root("80% Used", "Acknowledge", "By Service", "Mute Until Dec 1")

	says(t, w.answer(w.presses(carla, root, "acknowledge")), "Only this budget's owners can answer it: `finops`.")
	says(t, w.answer(w.presses(gerda, root, "acknowledge")), "Only this budget's owners")
	private := w.answer(w.presses(alice, root, "acknowledge"))
	says(t, private, "You acknowledged *North America Bandwidth*. You'll still be alerted at 100%.")
	w.root("Acknowledged by <@"+alice+">", "You'll still be alerted at 100%", "Undo")
	if replies := w.replies(1); replies[0].Broadcast {
		t.Error("an acknowledgement was broadcast to the channel")
	}
	w.explain(private, "launch of the video shop")
	root = w.root("“launch of the video shop”")
	says(t, w.replies(2)[1], "'s reason<@"+alice+">: “launch of the video shop”")
	says(t, w.answer(w.presses(boris, root, "budget_services")), "North America Bandwidth (cdn_usage)", "only you see this")

	w.uses(501, 50)
	w.await("100% in the channel", func() bool { return len(w.posts(cdnBudget)) == 4 })
	if rise := w.replies(3)[2]; !rise.Broadcast {
		t.Error("100% was not broadcast, although 80% alone was acknowledged")
	}
	root = w.root("Over Budget, 100% Used", "Acknowledge", "Mute Until Dec 1")

	says(t, w.answer(w.confirms(boris, root, "mute")), "is muted until Dec 1, even above 100%")
	w.root("Muted until Dec 1 by <@"+boris+">", "no further message this month")
	w.replies(4)
	w.uses(640, 50)
	root = w.root("Over Budget, 128% Used", "Muted until Dec 1")
	w.awaitChecks(manyChecks)
	w.replies(4)
	says(t, w.asks("/budget"), "muted until Dec 1")

	says(t, w.answer(w.presses(alice, root, "unmute")), "is not muted any more")
	w.root("Over Budget, 128% Used", "Mute Until Dec 1")
	says(t, w.replies(5)[4], "<@"+alice+"> unmuted it")
	w.awaitChecks(manyChecks)
	w.replies(5)
	says(t, w.asks("/budget history na-bandwidth"), "<@"+alice+"> unmuted it", "125% reached, no separate alert: muted", "100% reached, said in #cdn-budget",
		"<@"+boris+"> muted it until Dec 1", "<@"+alice+"> added the reason: “launch of the video shop”", "80% reached, said in #cdn-budget")
	says(t, w.asks("/budget try na-bandwidth"), "*Preview.* Nothing would be posted now", "128% Used")
	w.replies(5)
}

// explain gives the reason of an acknowledgement in the modal.
func (w *world) explain(private slacksim.Message, reason string) {
	w.t.Helper()
	opened := w.slack.CallCount("views.open")
	w.presses(alice, private, "add_reason")
	if err := w.slack.WaitCalls(w.soon(), "views.open", opened+1); err != nil {
		w.t.Fatalf("no modal: %v; %s", err, w.log())
	}
	submitted, err := w.slack.Submit(w.soon(), slacksim.Submission{
		User: alice, ViewID: w.slack.Modals(alice)[0].ID, Values: map[string]map[string]map[string]any{"reason": {"reason": {"value": reason}}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if out, err := submitted.Outcome(w.soon()); err != nil || len(out.ViewErrors) > 0 {
		w.t.Fatalf("the modal: %+v, %v; %s", out, err, w.log())
	}
}

// TestTwoAnswerAtOnce: on two replicas, time and again, one of two people is first, and the other is told of them alone.
func TestTwoAnswerAtOnce(t *testing.T) {
	t.Parallel()
	w := owned(t, onWallTime)
	database, _ := w.postgres()
	w.replicas(2, database)
	w.awaitChecks(2)
	w.uses(402.6, 50)
	root := w.root("80% Used", "Acknowledge")
	for range 5 {
		answers := w.atOnce(root, "acknowledge", alice, boris)
		winner, loser := answers[alice], answers[boris]
		first := alice
		if strings.Contains(words(loser), "You acknowledged *") {
			winner, loser, first = loser, winner, boris
		}
		says(t, winner, "You acknowledged *North America Bandwidth*")
		says(t, loser, "<@"+first+"> acknowledged this already")
		root = w.root("Acknowledged by <@"+first+">", "Undo")

		answers = w.atOnce(root, "unacknowledge", alice, boris)
		both := words(answers[alice]) + words(answers[boris])
		for _, want := range []string{"is not acknowledged any more", "so that there is nothing to take back"} {
			if strings.Count(both, want) == 0 {
				t.Errorf("nobody is told %q:\n%s", want, both)
			}
		}
		w.await("the buttons again", func() bool { return strings.Contains(string(w.posts(cdnBudget)[0].Blocks), `"acknowledge"`) })
		root = w.posts(cdnBudget)[0]
	}
	w.replies(10)
}

// atOnce lets people press the same button at the same moment, and returns what each is told.
func (w *world) atOnce(m slacksim.Message, action string, people ...string) map[string]slacksim.Message {
	w.t.Helper()
	pressed := make([]*slacksim.Invocation, len(people))
	var all sync.WaitGroup
	for i, user := range people {
		all.Go(func() {
			var err error
			if pressed[i], err = w.slack.Press(w.soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action}); err != nil {
				w.t.Error(err)
			}
		})
	}
	all.Wait()
	answers := map[string]slacksim.Message{}
	for i, user := range people {
		w.secrets.add(pressed[i].ResponseURL())
		answers[user] = w.answer(pressed[i])
	}
	return answers
}

// TestAnswersSurviveAKill: whatever the moment, what a person was told is done stands in the channel once.
func TestAnswersSurviveAKill(t *testing.T) {
	t.Parallel()
	w := owned(t, onWallTime)
	censor := newCensor(t, w.slack.APIURL())
	p := w.launch(censor.through).connected()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	root := w.root("80% Used", "Acknowledge")

	// The reply stands in the thread, and its receipt was never recorded.
	kept := censor.watch("chat.postMessage")
	says(t, w.answer(w.presses(alice, root, "acknowledge")), "You acknowledged")
	w.happens("an answer that is kept", kept)
	p.kill()
	p = w.launch(censor.through).connected()
	w.root("Acknowledged by <@" + alice + ">")
	w.awaitChecks(manyChecks)
	w.replies(1)

	// The edit arrived, and its receipt was never recorded.
	kept = censor.watch("chat.update")
	says(t, w.answer(w.types(boris, cdnBudget, "/budget mute na-bandwidth")), "is muted until")
	w.happens("an answer that is kept", kept)
	p.kill()
	p = w.launch(censor.through).connected()
	w.root("Acknowledged by <@"+alice+">", "by <@"+boris+">", "Muted until")
	w.replies(2)
	w.uses(520, 50)
	w.root("Over Budget, 104% Used", "Muted until")
	w.awaitChecks(manyChecks)
	w.replies(2)
	p.kill()
	p = w.launch(censor.through).connected()
	says(t, w.asks("/budget na-bandwidth"), "by <@"+boris+">", "Muted until", "silent now: muted until the month")
	says(t, w.answer(w.types(boris, cdnBudget, "/budget unmute na-bandwidth")), "is not muted any more")
	w.root("Over Budget, 104% Used", "Mute Until")
	w.awaitChecks(manyChecks)
	w.replies(3)
	p.terminate()
}
