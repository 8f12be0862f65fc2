package slackapp

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/webapi"
)

// alerted is a budget at 80%, with its parent message in the channel.
func (w *world) alerted() slacksim.Message {
	w.t.Helper()
	parent := delivery(alerts.DeliverParent, cdn, "r1")
	w.budgets.budgetStates = []alerts.BudgetState{{
		BudgetID: parent.BudgetID, Threshold: 80, Used: terabytes(402), Limit: terabytes(500), Version: "v", ParentID: "r1", Revision: 1,
		CountedTo: parent.Message.Budgets[0].CountedTo,
	}}
	w.budgets.deliveries = []alerts.Delivery{parent}
	w.says(parent, alerts.Receipt{})
	return w.slack.Messages(cdn)[0]
}

func (w *world) says(d alerts.Delivery, parent alerts.Receipt) {
	w.t.Helper()
	n := webapi.Notifier{API: w.app.host.Slack, Channels: w.app.host.Channels, Command: "/budget", Now: w.clock.Now, Log: zap.NewNop()}
	if _, err := n.Notify(w.soon(), d, parent); err != nil {
		w.t.Fatal(err)
	}
}

// delivered carries out what was queued since, and returns the parent message as it is then.
func (w *world) delivered(parent slacksim.Message) slacksim.Message {
	w.t.Helper()
	w.budgets.mu.Lock()
	queued := w.budgets.deliveries[1:]
	w.budgets.deliveries = w.budgets.deliveries[:1:1]
	w.budgets.mu.Unlock()
	for _, d := range queued {
		w.says(d, alerts.Receipt{ChannelID: parent.Channel, TS: parent.TS})
	}
	for _, m := range w.slack.Messages(parent.Channel) {
		if m.TS == parent.TS {
			return m
		}
	}
	w.t.Fatal("the parent message is gone")
	return slacksim.Message{}
}

// thread are the replies to the message that everybody sees.
func (w *world) thread(parent slacksim.Message) []slacksim.Message {
	var replies []slacksim.Message
	for _, m := range w.slack.Messages(parent.Channel) {
		if m.ThreadTS == parent.TS && m.TS != parent.TS && m.EphemeralTo == "" {
			replies = append(replies, m)
		}
	}
	return replies
}

func (w *world) budgetState() alerts.BudgetState {
	w.budgets.mu.Lock()
	defer w.budgets.mu.Unlock()
	return w.budgets.budgetStates[0]
}

// confirms presses a button that asks whether it was meant, and says yes.
func (w *world) confirms(user string, m slacksim.Message, action string) slacksim.Message {
	w.t.Helper()
	press := slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action, Confirmed: true}
	pressed, err := w.slack.Press(w.soon(), press)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.answer(pressed, 1)
}

func TestAnAcknowledgementIsForEverybodyToSee(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "You acknowledged *North America Bandwidth*. You'll still be alerted at 100%.", "Add a Reason", "Undo")
	if ack := w.budgetState().Ack; ack.By != boris || ack.Threshold != 80 || !ack.At.Equal(now) {
		t.Errorf("acknowledged %+v, want by %s at 80%%", ack, boris)
	}
	edited := w.delivered(parent)
	says(t, edited, "Acknowledged by <@"+boris+">", "You'll still be alerted at 100%", `"Undo"`, `"By Service"`)
	if contains(edited, `"Acknowledge"`) || contains(edited, "Mute Until") {
		t.Errorf("what was decided is still asked:\n%s", all(edited))
	}
	replies := w.thread(parent)
	if len(replies) != 1 || replies[0].Broadcast {
		t.Fatalf("%d replies, want one that only the thread sees: %+v", len(replies), replies)
	}
	says(t, replies[0], "Acknowledged by <@"+boris+">")

	says(t, w.presses(boris, edited, alertview.ActionUnacknowledge, 1), "is no longer acknowledged")
	edited = w.delivered(parent)
	says(t, edited, `"Acknowledge"`, "Mute Until Dec 1")
	if replies = w.thread(parent); len(replies) != 2 {
		t.Fatalf("%d replies, want one more", len(replies))
	}
	says(t, replies[1], "<@"+boris+"> withdrew the acknowledgement")
	w.inOrder()
}

func TestTheSecondOfTwoIsPostedAlone(t *testing.T) {
	w := newWorld(t)
	w.rules.Rules[0].Owners = nil
	parent := w.alerted()
	w.presses(boris, parent, alertview.ActionAcknowledge, 1)
	m := w.presses(alice, parent, alertview.ActionAcknowledge, 1)
	says(t, m, "<@"+boris+"> acknowledged this already, Nov 22, 10:42 UTC.")
	if m.EphemeralTo != alice {
		t.Errorf("it is shown to %q, want %s alone", m.EphemeralTo, alice)
	}
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "You acknowledged this already")
	if n := len(w.budgets.audit); n != 1 || w.budgetState().Revision != 2 {
		t.Errorf("%d entries in the audit and revision %d, want one answer", n, w.budgetState().Revision)
	}
	w.inOrder()
}

func TestAMuteAsksOnceAndCanBeTakenBack(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	says(t, parent, "No more alerts about this budget until Dec 1, even above 100%? It stays in /budget and in the digest.", `"Keep"`)
	m := w.confirms(boris, parent, alertview.ActionMute)
	says(t, m, "is muted until Dec 1, even above 100%")
	edited := w.delivered(parent)
	says(t, edited, "Muted until Dec 1 by <@"+boris+">")
	says(t, w.types(alice, cdn, "/budget", 1), "muted until Dec 1")
	says(t, w.types(alice, cdn, "/budget na-bandwidth", 1), "Muted until Dec 1 by <@"+boris+">", "not posting now: muted until Dec 1")
	// From the private answer, which gives way to the next one.
	undone := w.presses(boris, m, alertview.ActionUnmute, 1)
	says(t, undone, "is no longer muted. The next message comes at 100%")
	if undone.TS != m.TS {
		t.Errorf("the answer is another message than the one it was pressed in")
	}
	says(t, w.delivered(parent), `"Acknowledge"`)
	w.inOrder()
}

func TestAMuteMayEndOnANamedDay(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	m := w.types(boris, cdn, "/budget mute na-bandwidth until friday", 1)
	says(t, m, "is muted until Nov 27, even above 100%")
	says(t, w.delivered(parent), "Muted until Nov 27 by <@"+boris+">")
	says(t, w.types(alice, cdn, "/budget", 1), "muted until Nov 27")
	says(t, w.types(alice, cdn, "/budget na-bandwidth", 1), "Muted until Nov 27 by <@"+boris+">", "not posting now: muted until Nov 27")
	says(t, w.types(boris, cdn, "/budget snooze na-bandwidth 5 days", 1), "You muted this already, Nov 22, 10:42 UTC, until Nov 27.")
	says(t, w.types(boris, cdn, "/budget mute na-bandwidth until dec 20", 1), "A mute ends with the month at the latest, and Dec 20 is after that.", `"mute na-bandwidth"`)
	says(t, w.types(boris, cdn, "/budget mute na-bandwidth for 2 days", 1), "is muted until Nov 24")
	says(t, w.types(alice, cdn, "/budget history na-bandwidth", 1), "<@"+boris+"> muted it until Nov 24", "<@"+boris+"> muted it until Nov 27")
	w.inOrder()
}

func TestAButtonOfAnOlderMessageSaysSo(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	w.budgets.budgetStates[0].Threshold = 100
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "This has changed: it has reached 100%.", "/budget na-bandwidth")
	w.budgets.budgetStates[0].Threshold = 80
	first := w.presses(boris, parent, alertview.ActionAcknowledge, 1)
	w.clock.advance(time.Minute)
	w.presses(boris, w.delivered(parent), alertview.ActionUnacknowledge, 1)
	w.presses(boris, w.delivered(parent), alertview.ActionAcknowledge, 1)
	says(t, w.presses(boris, first, alertview.ActionUnacknowledge, 1), "This has changed: <@"+boris+"> acknowledged it, Nov 22, 10:43 UTC.")
	w.inOrder()
}

func TestWhoMayAnswer(t *testing.T) {
	group, person := rules.Person{Name: "finops", ID: "S0FINOPS1"}, rules.Person{Name: "alice", ID: alice}
	gone := rules.Person{Name: "fin", ID: "S0FINGONE"}
	onlyGeneral := rules.Access{Ask: []rules.Person{{Name: "general"}}}
	for _, test := range []struct {
		name   string
		owners []rules.Person
		access rules.Access
		user   string
		scopes []string // beside commands and chat:write; nil is all of them
		want   string
	}{
		{"an owner", []rules.Person{person}, rules.Access{}, alice, nil, "You acknowledged"},
		{"a member of an owning group", []rules.Person{group}, rules.Access{}, boris, nil, "You acknowledged"},
		{"one of several owners", []rules.Person{group, person}, rules.Access{}, alice, nil, "You acknowledged"},
		{"an owner where usage may not be asked for", []rules.Person{group}, onlyGeneral, boris, nil, "You acknowledged"},
		{"nobody else", []rules.Person{group}, rules.Access{}, alice, nil, "Only this budget's owners can answer it: `finops`."},
		{"no guest", []rules.Person{group}, rules.Access{}, guest, nil, "Only this budget's owners"},
		{"unless the guest is an owner", []rules.Person{{Name: "gerda", ID: guest}}, rules.Access{}, guest, nil, "You acknowledged"},
		{"without owners everybody who may ask", nil, rules.Access{}, alice, nil, "You acknowledged"},
		{"without owners nobody who may not ask here", nil, onlyGeneral, alice, nil, "Usage is shown in `#general` only"},
		{"without owners no guest", nil, rules.Access{}, guest, nil, "you're a guest"},
		{"everybody who may ask where members of the group are hidden", []rules.Person{group}, rules.Access{}, alice, []string{}, "You acknowledged"},
		{"but nobody who may not", []rules.Person{group}, onlyGeneral, alice, []string{"channels:read"}, "Usage is shown in `#general` only"},
		{"an owner beside a group that is gone", []rules.Person{gone, person}, rules.Access{}, alice, nil, "You acknowledged"},
		{"a member of a group beside one that is gone", []rules.Person{gone, group}, rules.Access{}, boris, nil, "You acknowledged"},
		{"nobody else beside a group that is gone", []rules.Person{gone, person}, rules.Access{}, boris, nil, "Only this budget's owners"},
		{"everybody who may ask where every owner is a group that is gone", []rules.Person{gone}, rules.Access{}, alice, nil, "You acknowledged"},
		{"and nobody who may not", []rules.Person{gone}, onlyGeneral, alice, nil, "Usage is shown in `#general` only"},
		{"and an owner by name is enough to keep others out", []rules.Person{person}, rules.Access{}, boris, []string{}, "Only this budget's owners"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(s *slacksim.Config, _ *Config) {
				if test.scopes != nil {
					s.Scopes = append([]string{"commands", "chat:write"}, test.scopes...)
				}
			})
			w.rules.Rules[0].Owners, w.rules.Access = test.owners, test.access
			parent := w.alerted()
			says(t, w.presses(test.user, parent, alertview.ActionAcknowledge, 1), test.want)
			if answered := w.budgetState().Ack.Given(); answered != strings.HasPrefix(test.want, "You ack") {
				t.Errorf("acknowledged: %t", answered)
			}
			w.inOrder()
		})
	}
}

func TestWhenSlackDoesNotTellWhoOwnsABudgetNothingChanges(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	w.slack.Fail("usergroups.users.list", 1, slacksim.Fault{Error: "internal_error"})
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "isn't telling me right now")
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "You acknowledged")
	before := w.slack.CallCount("usergroups.users.list")
	w.presses(boris, parent, alertview.ActionAcknowledge, 1)
	if asked := w.slack.CallCount("usergroups.users.list"); asked != before {
		t.Errorf("Slack was asked again who is in the group")
	}
}

func TestAPressFromAnotherWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Team = access.Team{ID: "T0ELSE001"} })
	parent := w.alerted()
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "people in my own workspace")
}

// reasoned fills in the modal and submits it.
func (w *world) reasoned(user, viewID, reason string) slacksim.Outcome {
	w.t.Helper()
	submitted, err := w.slack.Submit(w.soon(), slacksim.Submission{
		User: user, ViewID: viewID, Values: map[string]map[string]map[string]any{alertview.ReasonBlock: {alertview.ReasonInput: {"value": reason}}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	outcome, err := submitted.Outcome(w.soon())
	if err != nil {
		w.t.Fatal(err)
	}
	return outcome
}

// asksReason presses the button that opens the modal, and returns the modal.
func (w *world) asksReason(user string, m slacksim.Message) slacksim.View {
	w.t.Helper()
	calls := w.slack.CallCount("views.open")
	if _, err := w.slack.Press(w.soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: alertview.ActionReason}); err != nil {
		w.t.Fatal(err)
	}
	if err := w.slack.WaitCalls(w.soon(), "views.open", calls+1); err != nil {
		w.t.Fatal(err)
	}
	modals := w.slack.Modals(user)
	if len(modals) != 1 {
		w.t.Fatalf("%d modals are open, want one", len(modals))
	}
	return modals[0]
}

func TestAReasonIsGivenAfterwards(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	private := w.presses(boris, parent, alertview.ActionAcknowledge, 1)
	modal := w.asksReason(boris, private)
	if blank := w.reasoned(boris, modal.ID, " \n "); blank.ViewErrors[alertview.ReasonBlock] != "Please write a few words." {
		t.Errorf("a blank reason: %+v", blank)
	}
	if done := w.reasoned(boris, modal.ID, "  launch of\nthe *video* shop <!channel>"); len(done.ViewErrors) != 0 || len(w.slack.Modals(boris)) != 0 {
		t.Errorf("the modal is still open: %+v", done)
	}
	if got := w.budgetState().Ack; got.Reason != "launch of the *video* shop <!channel>" || got.By != boris {
		t.Errorf("the reason is %q", got.Reason)
	}
	edited := w.delivered(parent)
	says(t, edited, "“`launch of the *video* shop &lt;!channel&gt;`”")
	replies := w.thread(parent)
	says(t, replies[len(replies)-1], "<@"+boris+">'s reason: “`launch of")
	if len(w.budgets.audit) != 2 || w.budgets.audit[1].Act != alerts.ActExplain {
		t.Errorf("audit = %+v, want the acknowledgement and its reason", w.budgets.audit)
	}
	w.inOrder()
}

func TestAReasonThatComesTooLateIsShownInTheModal(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	private := w.presses(boris, parent, alertview.ActionAcknowledge, 1)
	modal := w.asksReason(boris, private)
	w.presses(boris, private, alertview.ActionUnacknowledge, 1)
	if late := w.reasoned(boris, modal.ID, "launch"); !strings.Contains(late.ViewErrors[alertview.ReasonBlock], "isn't acknowledged") {
		t.Errorf("outcome = %+v", late)
	}
	w.rules.Rules[0].Owners = []rules.Person{{Name: "alice", ID: alice}}
	if foreign := w.reasoned(boris, modal.ID, "launch"); !strings.Contains(foreign.ViewErrors[alertview.ReasonBlock], "Only this budget's owners") {
		t.Errorf("outcome = %+v", foreign)
	}
	w.rules.Rules = w.rules.Rules[1:]
	if gone := w.reasoned(boris, modal.ID, "launch"); !strings.Contains(gone.ViewErrors[alertview.ReasonBlock], "is no longer in the rules file") {
		t.Errorf("outcome = %+v", gone)
	}
	w.inOrder()
}

func TestAModalThatDoesNotOpenIsReported(t *testing.T) {
	w := newWorld(t)
	private := w.presses(boris, w.alerted(), alertview.ActionAcknowledge, 1)
	w.slack.Fail("views.open", 1, slacksim.Fault{Error: "expired_trigger_id"})
	says(t, w.presses(boris, private, alertview.ActionReason, 1), "Something went wrong on my side.")
	w.inOrder()
}

func TestByServiceAsksForWhatTheRuleCounts(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	m := w.presses(alice, parent, alertview.ActionServices, 1)
	says(t, m, "North America Bandwidth", "by service")
	if m.EphemeralTo != alice {
		t.Errorf("it is shown to %q, want %s alone", m.EphemeralTo, alice)
	}
	w.rules.Rules[0].Match.UsageType = "* Bandwidth"
	says(t, w.presses(alice, parent, alertview.ActionServices, 1), "cdn_usage", "by service")
	w.inOrder()
}

// TestNothingInAButtonIsTrusted: whatever a press carries is looked up, and what is not known is no error of the person.
func TestNothingInAButtonIsTrusted(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	forged := func(value string) slacksim.Message {
		m := blocks.Message{Text: "t", Blocks: blocks.Buttons("answer", []blocks.Action{
			{Label: "Acknowledge", ID: alertview.ActionAcknowledge, Value: value}, {Label: "By Service", ID: alertview.ActionServices, Value: value},
		})}
		_, ts, err := w.app.host.Slack.PostMessageContext(w.soon(), cdn, slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...))
		if err != nil {
			t.Fatal(err)
		}
		return slacksim.Message{Channel: cdn, TS: ts}
	}
	for value, want := range map[string]string{
		"nonsense":                                              "That button no longer works.",
		`{"rule":"nobody","month":"2026-11"}`:                   "The rule `nobody` is no longer in the rules file.",
		`{"rule":"na-bandwidth","month":"2026-12"}`:             "*North America Bandwidth* hasn't been checked in December yet.",
		`{"rule":"na-bandwidth","scope":"x","month":"2026-11"}`: "hasn't been checked",
		`{"rule":"na-bandwidth","month":"2025-11","level":80}`:  "hasn't been checked",
	} {
		says(t, w.presses(boris, forged(value), alertview.ActionAcknowledge, 1), want)
	}
	if w.budgetState().Revision != 1 {
		t.Errorf("a forged press has changed the budget state: %+v", w.budgetState())
	}
	says(t, w.presses(boris, forged("nonsense"), alertview.ActionServices, 1), "That button no longer works.")
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "You acknowledged")
}

func TestWhatCannotBeRecordedIsReported(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	w.budgets.err = alerts.ErrConflict
	says(t, w.presses(boris, parent, alertview.ActionAcknowledge, 1), "Something went wrong on my side.")
	w.inOrder()
}

func TestAnswersAreTyped(t *testing.T) {
	w := newWorld(t)
	w.alerted()
	for _, step := range []struct{ user, command, want string }{
		{alice, "/budget ack na-bandwidth", "Only this budget's owners can answer it"},
		{boris, "/budget ack na-bandwidth launch of the shop", "You acknowledged *North America Bandwidth*: “launch of the shop”. You'll still be alerted at 100%."},
		{boris, "/budget ack na-bandwidth", "You acknowledged this already"},
		{boris, "/budget mute na-bandwidth", "is muted until Dec 1"},
		{boris, "/budget mute na-bandwidth", "You muted this already"},
		{boris, "/budget unmute na-bandwidth", "is no longer muted"},
		{boris, "/budget unmute na-bandwidth", "isn't muted, so there's nothing to undo"},
		{boris, "/budget ack asia-bandwidth", "*Asia Bandwidth* hasn't been checked in November yet."},
		{boris, "/budget mute", "`mute` needs the name of a budget."},
		{boris, "/budget ack na-bandwdth launch", "ack na-bandwidth launch"},
		{alice, "/budget history na-bandwidth", "<@" + boris + "> acknowledged 80%: “launch of the shop”"},
	} {
		says(t, w.types(step.user, cdn, step.command, 1), step.want)
	}
	w.inOrder()
}

func TestHistoryTellsAllOfIt(t *testing.T) {
	w := newWorld(t)
	w.alerted()
	id := w.budgetState().BudgetID
	said := func(kind alerts.DeliveryKind, reason alerts.Reason, threshold rules.Threshold, state alerts.DeliveryState, ago time.Duration) alerts.Delivery {
		d := delivery(kind, "cdn-budget", ago.String())
		d.Message.Reason, d.Message.Budgets[0].Threshold, d.State, d.CreatedAt = reason, threshold, state, now.Add(-ago)
		return d
	}
	w.budgets.deliveries = []alerts.Delivery{
		said(alerts.DeliverParent, alerts.ReasonFirstThreshold, 80, alerts.DeliverySent, 50*time.Hour),
		said(alerts.DeliverUpdate, alerts.ReasonUpdate, 80, alerts.DeliverySent, 26*time.Hour),
		said(alerts.DeliverBroadcast, alerts.ReasonThresholdRose, 100, alerts.DeliverySent, 20*time.Hour),
		said(alerts.DeliverUpdate, alerts.ReasonRestated, 80, alerts.DeliverySent, 10*time.Hour),
	}
	w.budgets.alerts = []alerts.Alert{
		{BudgetID: id, Threshold: 80, Reason: alerts.ReasonFirstThreshold, At: now.Add(-50 * time.Hour), DeliveryID: (50 * time.Hour).String()},
		{BudgetID: id, Threshold: 100, Reason: alerts.ReasonMuted, At: now.Add(-time.Hour)},
	}
	for i := range 30 {
		w.budgets.audit = append(w.budgets.audit, alerts.AuditEntry{
			At: now.Add(time.Duration(i-3000) * time.Minute), Actor: boris, Act: alerts.ActMute, BudgetID: id,
		})
	}
	m := w.types(alice, cdn, "/budget history na-bandwidth", 1)
	says(t, m, "100% reached, no separate alert: muted", "Fastly corrected its figures: back to 80%", "100% reached, posted in #cdn-budget",
		"muted it until Dec 1", "earlier events not shown")
	if contains(m, "figures refreshed") || strings.Count(string(m.Blocks), "• ") != maxEvents {
		t.Errorf("want %d events, and none that is an update:\n%s", maxEvents, all(m))
	}
	says(t, w.types(alice, cdn, "/budget history asia-bandwidth", 1), "Nothing to report for *Asia Bandwidth* in November yet.")
	w.inOrder()
}

func TestATrialIsReadFreshAndTouchesNothing(t *testing.T) {
	w := newWorld(t)
	w.alerted()
	calls := w.fastly.Calls()
	w.rules.Rules[0].Budget.Value = decimal.New(1, 0) // whatever is used, it is over
	w.budgets.budgetStates[0].RuleHash = w.rules.Rules[0].Hash(november, rules.Instance{})
	before := w.budgetState()
	m := w.types(alice, cdn, "/budget try na-bandwidth", 1)
	says(t, m, "*Preview.* A check now would post this in #cdn-budget: higher threshold reached.", "Over Budget", "Nothing was recorded")
	if contains(m, `"actions"`) || m.EphemeralTo != alice {
		t.Errorf("a trial has no buttons and is for one person:\n%s", all(m))
	}
	if w.fastly.Calls() == calls {
		t.Error("Fastly was not asked")
	}
	if !reflect.DeepEqual(w.budgetState(), before) || len(w.budgets.audit) != 0 || len(w.budgets.deliveries) != 1 {
		t.Error("a trial has left something behind")
	}
	w.budgets.budgetStates[0].Threshold, w.budgets.budgetStates[0].PostedAt = 200, now
	says(t, w.types(alice, cdn, "/budget try na-bandwidth", 1), "Nothing would be posted now: the 200% alert is already out")
	w.rules.Rules[0].Match.UsageType = "No Such Bandwidth"
	says(t, w.types(alice, cdn, "/budget try na-bandwidth", 1), "I can't preview this budget: Fastly lists no usage")
	w.inOrder()
}

func TestATrialWithoutFastlySaysWhy(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Deadline = 2 * time.Second })
	w.alerted()
	w.fastly.Fail(fastlysim.UsagePath, 3, fault.Unauthorized)
	m := w.types(alice, cdn, "/budget try na-bandwidth", 1)
	if !contains(m, "Fastly") || contains(m, "Preview") {
		t.Errorf("want why there is no trial:\n%s", all(m))
	}
}
