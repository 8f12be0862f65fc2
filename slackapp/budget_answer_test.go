package slackapp

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/view/phrase"
)

var november = billing.NewMonth(2026, time.November)

// terabytes is an amount in single bytes.
func terabytes(n int64) decimal.Decimal { return decimal.New(n, 12) }

// watched is a ledger in which one budget is over, one is unknown, and one was never checked.
func (w *world) watched() {
	counted := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	id := func(rule string) alerts.BudgetID { return alerts.BudgetID{Rule: rule, Month: november} }
	w.budgets.budgetStates = []alerts.BudgetState{
		{BudgetID: id("na-bandwidth"), Threshold: 100, Used: terabytes(520), Limit: terabytes(500), Version: "v", CountedTo: counted},
		{BudgetID: id("asia-bandwidth"), Used: terabytes(60), Limit: terabytes(150), Version: "v", CountedTo: counted, Unknown: "Fastly has listed no usage of it"},
	}
	w.budgets.alerts = []alerts.Alert{
		{BudgetID: id("na-bandwidth"), Threshold: 80, Reason: alerts.ReasonNewRule, At: now.AddDate(0, 0, -9)},
		{BudgetID: id("na-bandwidth"), Threshold: 100, Reason: alerts.ReasonFirstThreshold, At: now.AddDate(0, 0, -2), DeliveryID: "d1", Delivery: alerts.DeliveryPending, Channel: "cdn-budget"},
	}
	w.budgets.status = alerts.CheckStatus{SucceededAt: now.Add(-12 * time.Minute), NextAt: now.Add(48 * time.Minute)}
}

func TestBudgetsOfTheChannelComeFirst(t *testing.T) {
	w := newWorld(t)
	w.watched()
	m := w.types(alice, cdn, "/budget", 1)
	says(t, m, "1 over, 1 without a current figure", "North America Bandwidth", "104%", "Over since Nov 20",
		"was 40%", "checked 12 min ago, next in 48 min", "1 rule in other channels", "Show All")
	if contains(m, "Europe Bandwidth") {
		t.Error("another channel's budget is shown")
	}
	says(t, w.presses(alice, m, "run_budget:all", 1), "Europe Bandwidth", "No figure yet")
	w.inOrder()
}

func TestOverIsSinceTheLimitWhateverThresholdCameAfter(t *testing.T) {
	w := newWorld(t)
	w.watched()
	over := &w.budgets.budgetStates[0]
	over.Threshold, over.Used = 125, terabytes(640)
	w.budgets.alerts = append(w.budgets.alerts, alerts.Alert{BudgetID: over.BudgetID, Threshold: 125, At: now, DeliveryID: "d2"})
	says(t, w.types(alice, cdn, "/budget", 1), "128%", "Over since Nov 20")
	says(t, w.types(alice, cdn, "/budget na-bandwidth", 1), "Over since Nov 20", "125%: reached")
	w.budgets.alerts = w.budgets.alerts[:1]
	m := w.types(alice, cdn, "/budget", 1)
	if says(t, m, "Over"); contains(m, "Over since") {
		t.Errorf("a threshold below the limit dates the moment when it was crossed: %s", m.Text)
	}
	w.inOrder()
}

func TestBeforeTheFirstCheckNothingIsPostedOfTheRule(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, cdn, "/budget image-optimizer", 1), "Not checked yet")
	w.inOrder()
}

func TestBudgetsOfAChannelKnownByIDAlone(t *testing.T) {
	w := newWorld(t)
	w.watched()
	says(t, w.types(alice, secret, "/budget", 1), "Europe Bandwidth", "2 rules in other channels")
	w.inOrder()
}

func TestAChannelWithoutBudgetsIsShownAll(t *testing.T) {
	w := newWorld(t)
	w.watched()
	says(t, w.types(alice, general, "/budget", 1), "North America Bandwidth", "Asia Bandwidth", "Europe Bandwidth")
	says(t, w.types(alice, cdn, "/budget all", 1), "Europe Bandwidth")
	w.inOrder()
}

func TestOneBudgetInDetail(t *testing.T) {
	w := newWorld(t)
	w.watched()
	w.budgets.routes = []alerts.RouteTrouble{{Channel: "cdn-budget", Reason: "not_in_channel", Since: now, Waiting: 1}}
	says(t, w.types(alice, cdn, "/budget na-bandwidth", 1),
		"Over since Nov 20", "80%: reached Nov 13", "no separate alert: "+string(alerts.ReasonNewRule), "100%: reached Nov 20",
		"queued for #cdn-budget", "125%: not reached", "product `cdn_usage`", "owner: finops",
		"nothing new to post", "/invite @budgetbot")
	says(t, w.types(alice, cdn, "/budget image-optimizer", 1),
		"No figure yet", "a name in the rule may be misspelt", "not posting now: "+string(alerts.ReasonUnknown))
	w.inOrder()
}

func TestABudgetInTheFirstHoursOfAMonth(t *testing.T) {
	w := newWorld(t)
	w.watched()
	w.clock.advance(november.Add(1).Start().Add(6 * time.Hour).Sub(now))
	m := w.types(alice, cdn, "/budget image-optimizer", 1)
	says(t, m, "No figure yet", "the month has just begun, and Fastly may not list it yet")
	if contains(m, "misspelt") {
		t.Error("a name is doubted where there is nothing to hold it against yet")
	}
	w.inOrder()
}

func TestABudgetMistakeIsCorrectedByOnePress(t *testing.T) {
	w := newWorld(t)
	w.watched()
	m := w.types(alice, cdn, "/budget na-bandwdth", 1)
	says(t, m, "There's no budget called `na-bandwdth`. Did you mean `na-bandwidth`?", "/budget na-bandwidth")
	says(t, w.presses(alice, m, "run_budget:0", 1), "North America Bandwidth, November")
	w.inOrder()
}

func TestAListHasOnlyTheTroublesOfItsOwnRules(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.RulesTrouble = func() string { return "line 3: no such key" } })
	w.watched()
	w.budgets.status.FailedAt, w.budgets.status.Failure = now, "Fastly did not answer"
	w.budgets.routes = []alerts.RouteTrouble{
		{Channel: "cdn-budget", Reason: "not_in_channel", Since: now, Waiting: 1}, {Channel: "elsewhere", Reason: "not_in_channel", Since: now, Waiting: 1},
	}
	m := w.types(alice, cdn, "/budget", 1)
	says(t, m, "the latest check failed: Fastly did not answer", "I'm not in #cdn-budget, where 1 alert is waiting", "The rules file has a mistake")
	for _, hidden := range []string{"elsewhere", "line 3"} {
		if contains(m, hidden) {
			t.Errorf("%s is shown", hidden)
		}
	}
	w.inOrder()
}

func TestALedgerThatCannotBeReadIsTrouble(t *testing.T) {
	w := newWorld(t)
	w.budgets.err = errors.New("database is locked at /var/lib/secret.db")
	m := w.types(alice, cdn, "/budget", 1)
	says(t, m, "Something went wrong on my side", "reference")
	if contains(m, "secret.db") {
		t.Error("internal detail reaches the channel")
	}
	if n := w.logs.FilterMessage("request failed").Len(); n != 1 {
		t.Errorf("the log has %d lines of it", n)
	}
}

func TestBudgetHelp(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, cdn, "/budget help", 1), "/budget all", "/usage last 3 months")
}

// TestWhyThisMessage: only the person who asks sees which rule posted the message, when and why.
func TestWhyThisMessage(t *testing.T) {
	w := newWorld(t)
	parent := w.alerted()
	w.rules.URL, w.rules.Rules[0].Line = "https://git.example.com/rules.yaml", 12
	m := w.presses(alice, parent, phrase.ActionWhy, 1)
	says(t, m, "Why This Message: North America Bandwidth", "Usage is below every threshold")
	if m.EphemeralTo != alice {
		t.Errorf("it is shown to %q, want %s alone", m.EphemeralTo, alice)
	}
	w.budgets.alerts = append(w.budgets.alerts, alerts.Alert{
		BudgetID: alerts.BudgetID{Rule: "na-bandwidth", Month: november}, Kind: alerts.KindBudget, Threshold: 80, Reason: alerts.ReasonFirstThreshold,
		Used: terabytes(402), Limit: terabytes(500), At: now, DeliveryID: "d1",
	})
	says(t, w.presses(boris, parent, phrase.ActionWhy, 1), "found 402 TB of 500 TB used, which is 80% of the budget or more", "rules.yaml#L12")
	shown := w.budgets.alerts[len(w.budgets.alerts)-1]
	shown.Threshold, shown.Reason, shown.DeliveryID, shown.At = 90, alerts.ReasonShown, "", now.Add(time.Hour)
	w.budgets.alerts = append(w.budgets.alerts, shown)
	if again := w.presses(alice, parent, phrase.ActionWhy, 1); contains(again, "90%") {
		t.Errorf("what the message shows besides is called its reason: %s", again.Text)
	}
	w.budgets.err = alerts.ErrConflict
	says(t, w.presses(boris, parent, phrase.ActionWhy, 1), "Something went wrong on my side.")
	w.inOrder()
}
