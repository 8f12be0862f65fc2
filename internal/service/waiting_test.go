package service_test

import (
	"strings"
	"testing"

	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
)

// waitingRules name two channels for the first rule in turn; the bot is not in shop-cdn.
const (
	waitingRules = `
operators: {channel: cdn-platform}
defaults: {thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: shop-cdn}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-platform}
`
	withoutRule = `
operators: {channel: cdn-platform}
defaults: {thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-platform}
`
)

// TestAnAlertOutlivesItsRulesAbsence: the rule is out of the file for a few checks while its alert waits for a channel.
func TestAnAlertOutlivesItsRulesAbsence(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		outlivesItsRulesAbsence(t, newWorld(t), func(*service.Config, *service.Options) {})
	})
}

// TestAnAlertOutlivesItsRulesAbsenceOnPostgres: there it is another statement.
func TestAnAlertOutlivesItsRulesAbsenceOnPostgres(t *testing.T) {
	t.Parallel()
	w := newWorld(t, servicetest.OnMachineNetwork)
	database, _ := w.Postgres()
	outlivesItsRulesAbsence(t, w, on(database))
}

func outlivesItsRulesAbsence(t *testing.T, w *world, onDatabase servicetest.Change) {
	t.Helper()
	w.WriteRules(waitingRules)
	w.Uses(390, 50)
	r := w.Start(onDatabase)
	w.AwaitChecks(2)
	w.Uses(550, 50)
	w.Message(cdnPlatform, "I can't post to #shop-cdn", "1 alert is waiting")
	r.Stop()

	w.WriteRules(withoutRule)
	r = w.Start(onDatabase)
	w.AwaitChecks(2)
	r.Stop()

	w.WriteRules(waitingRules)
	w.Slack.Invite(shopCDN)
	r = w.Start(onDatabase)
	w.Says(w.Message(shopCDN, "North America Bandwidth: Over Budget"), "550 of 500 TB")
	w.AwaitChecks(3)
	w.ExpectPosts(shopCDN, 1)
	r.Stop()
}

// TestAnAlertMovesWithItsRule: the channel that it waits for is given up for another one, as the operators are advised to do.
func TestAnAlertMovesWithItsRule(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(waitingRules)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(550, 50)
		w.Message(cdnPlatform, "I can't post to #shop-cdn", "1 alert is waiting")
		r.Stop()

		w.WriteRules(strings.Replace(waitingRules, "shop-cdn", "cdn-budget", 1))
		r = w.Start()
		w.Says(w.Message(cdnBudget, "North America Bandwidth: Over Budget"), "550 of 500 TB")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		r.AwaitNoWarning()
		r.Stop()
	})
}

// TestACrossingThatMeetsAnEdit: while the service is down a threshold is added and usage crosses one that was there. It is posted as any
// other. A limit that is lowered below what is used is posted in the rule's own channel.
func TestACrossingThatMeetsAnEdit(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(450, 50)
		root := w.Message(cdnBudget, "North America Bandwidth: 90% Used")
		r.Stop()

		w.WriteRules(strings.Replace(servicetest.Rules, "[80%, 100%, 125%]", "[80%, 100%, 125%, 150%]", 1))
		w.Uses(520, 50)
		r = w.Start()
		w.AwaitPosts(cdnBudget, 2)
		rise := w.Posts(cdnBudget)[1]
		w.Says(rise, "North America Bandwidth is over budget")
		if rise.ThreadTS != root.TS || !rise.Broadcast {
			t.Errorf("the rise is in the thread %q, broadcast %t, want %q and true", rise.ThreadTS, rise.Broadcast, root.TS)
		}
		w.AwaitChecks(3)
		w.ExpectPosts(cdnPlatform, 0)
		r.Stop()

		w.WriteRules(strings.Replace(servicetest.Rules, "200 TB", "45 TB", 1))
		r = w.Start()
		w.Message(cdnBudget, "Rules were added or changed", "1 budget is already over a threshold: Asia Bandwidth 111%")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 3)
		w.ExpectPosts(cdnPlatform, 0)
		r.Stop()
	})
}
