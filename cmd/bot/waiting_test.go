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
			w.message(cdnPlatform, "I cannot post to #shop-cdn", "1 alert is waiting")
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
	w.message(cdnPlatform, "I cannot post to #shop-cdn", "1 alert is waiting")
	p.terminate()

	w.writeRules(strings.Replace(waitingRules, "shop-cdn", "cdn-budget", 1))
	p = w.launch().connected()
	says(t, w.message(cdnBudget, "North America Bandwidth: Over Budget"), "550 of 500 TB")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.await("no warning", func() bool { return len(readReadiness(t, p.address()).Warnings) == 0 })
	p.terminate()
}
