package main

import (
	"strings"
	"testing"
)

// waitingRules name two channels for the first rule in turn; the bot is not in shop-cdn.
const (
	waitingRules = `
operators: {channel: cdn-platform}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: shop-cdn}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-platform}
`
	withoutRule = `
operators: {channel: cdn-platform}
rules:
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-platform}
`
)

// TestAnAlertOutlivesItsRulesAbsence: the rule is out of the file for a few checks while its alert waits for a channel.
func TestAnAlertOutlivesItsRulesAbsence(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, onWallTime)
			var database []string
			if kind == "postgres" {
				setting, _ := w.postgres()
				database = []string{setting}
			}
			w.writeRules(waitingRules)
			w.uses(390, 50)
			p := w.launch(database...).connected()
			w.awaitChecks(2)
			w.uses(550, 50)
			w.message(cdnPlatform, "I can't post to #shop-cdn", "1 alert is waiting")
			p.terminate()

			w.writeRules(withoutRule)
			p = w.launch(database...).connected()
			w.awaitChecks(2)
			p.terminate()

			w.writeRules(waitingRules)
			w.slack.Invite(shopCDN)
			p = w.launch(database...).connected()
			says(t, w.message(shopCDN, "North America Bandwidth: Over Budget"), "550 of 500 TB")
			w.awaitChecks(3)
			w.expectPosts(shopCDN, 1)
			p.terminate()
		})
	}
}

// TestAnAlertMovesWithItsRule: the channel that it waits for is given up for another one, as the operators are advised to do.
func TestAnAlertMovesWithItsRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.writeRules(waitingRules)
	w.uses(390, 50)
	p := w.launch().connected()
	w.awaitChecks(2)
	w.uses(550, 50)
	w.message(cdnPlatform, "I can't post to #shop-cdn", "1 alert is waiting")
	p.terminate()

	w.writeRules(strings.Replace(waitingRules, "shop-cdn", "cdn-budget", 1))
	p = w.launch().connected()
	says(t, w.message(cdnBudget, "North America Bandwidth: Over Budget"), "550 of 500 TB")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.await("no warning", func() bool { return len(readReadiness(t, p.address()).Warnings) == 0 })
	p.terminate()
}

// TestACrossingThatMeetsAnEdit: while the service is down a threshold is added and usage crosses one that was there. It is posted as any
// other. A limit that is lowered below what is used is told in the rule's own channel.
func TestACrossingThatMeetsAnEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.uses(390, 50)
	p := w.launch().connected()
	w.awaitChecks(2)
	w.uses(450, 50)
	root := w.message(cdnBudget, "North America Bandwidth: 90% Used")
	p.terminate()

	w.writeRules(strings.Replace(worldRules, "[80%, 100%, 125%]", "[80%, 100%, 125%, 150%]", 1))
	w.uses(520, 50)
	p = w.launch().connected()
	w.await("a reply", func() bool { return len(w.posts(cdnBudget)) == 2 })
	rise := w.posts(cdnBudget)[1]
	says(t, rise, "North America Bandwidth is over budget")
	if rise.ThreadTS != root.TS || !rise.Broadcast {
		t.Errorf("the rise is in the thread %q, broadcast %t, want %q and true", rise.ThreadTS, rise.Broadcast, root.TS)
	}
	w.awaitChecks(3)
	w.expectPosts(cdnPlatform, 0)
	p.terminate()

	w.writeRules(strings.Replace(worldRules, "200 TB", "45 TB", 1))
	p = w.launch().connected()
	w.message(cdnBudget, "Rules were added or changed", "1 budget is already over a threshold: Asia Bandwidth 111%")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 3)
	w.expectPosts(cdnPlatform, 0)
	p.terminate()
}
