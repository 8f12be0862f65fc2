package main

import (
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

// expectOneRoot waits until the channel's one post holds the texts, and fails the test where checks and a restart add another.
func (w *world) expectOneRoot(r *running, channel string, texts ...string) *running {
	w.t.Helper()
	w.await("the one message", func() bool {
		posts := w.posts(channel)
		return len(posts) > 0 && saysAll(posts[0], texts)
	})
	w.awaitChecks(manyChecks)
	w.expectPosts(channel, 1)
	r.stop()
	r = w.start()
	w.awaitChecks(manyChecks)
	says(w.t, w.expectPosts(channel, 1)[0], texts...)
	return r
}

// The operators hear once of checks that fail, with the cause and what to do, through a restart, and see the end of it by an edit.
func TestFailingChecksAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(200, 50)
	r := w.start()
	w.awaitChecks(2)
	w.failFastly(fastlysim.UsagePath, 0, fastlysim.Unauthorized)
	w.awaitChecks(2)
	w.expectPosts(cdnPlatform, 0)
	w.clock.advance(2 * time.Hour)
	r = w.expectOneRoot(r, cdnPlatform, "Checks Have Failed for 2 h", "Fastly refused the token", "Put a valid token into FASTLY_API_TOKEN")
	w.fastly.Heal()
	w.expectOneRoot(r, cdnPlatform, "Checks Succeed Again")
	w.expectPosts(cdnBudget, 0)
}

// They hear once of figures that do not move, and see that they do again.
func TestStaleFiguresAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(200, 50)
	r := w.start()
	w.awaitChecks(2)
	w.clock.advance(20 * time.Hour)
	w.awaitChecks(2)
	w.expectPosts(cdnPlatform, 0)
	w.clock.advance(20 * time.Hour)
	r = w.expectOneRoot(r, cdnPlatform, "No Fresh Data for", "Fastly's newest figures count to Nov")
	w.uses(200, 50)
	w.expectOneRoot(r, cdnPlatform, "Fresh Again: Data to Nov")
	w.expectPosts(cdnBudget, 0)
}

const serviceRules = `
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: shop, product: cdn_usage, usage_type: Asia Bandwidth, service: www-shop, budget: 500 TB}
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB}
`

// Services that cannot be read are a trouble of their own: the account's budgets are watched all the same.
func TestUnreadableServicesAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *slacksim.Config, account *fastlysim.Config) { account.Account = fastlysim.Account{} })
	w.writeRules(serviceRules)
	w.hurry(20)
	r := w.start()
	w.awaitChecks(2)
	w.failFastly(fastlysim.ServicePath, 0, fastlysim.Forbidden)
	w.awaitChecks(2)
	w.clock.advance(2 * time.Hour)
	r = w.expectOneRoot(r, cdnPlatform, "Services of 1 Usage Type Cannot Be Read", "Asia Bandwidth has not been read by service")
	w.fastly.Heal()
	w.expectOneRoot(r, cdnPlatform, "Services Can Be Read Again")
}
