package main

import (
	"strings"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
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
	w.failFastly(fastlysim.UsagePath, 0, fault.Unauthorized)
	w.awaitChecks(2)
	w.expectPosts(cdnPlatform, 0)
	w.clock.advance(2 * time.Hour)
	r = w.expectOneRoot(r, cdnPlatform, "Checks Have Failed for 2 h", "Fastly refused the token", "Put a valid token into FASTLY_API_TOKEN")
	w.fastly.Heal()
	w.expectOneRoot(r, cdnPlatform, "Checks Are Working Again")
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

// A product that comes to be counted in a second unit leaves its budget without a figure. Operators hear of it once, with the reason, /budget and
// /readyz say the same, and the other cost budgets are watched.
func TestABudgetThatLosesItsFigureIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(worldRules + "  - {name: images, product: image_optimizer, budget: 500 TB}\n")
	const bytes, pieces = "Image Bytes in gb", "Transformations in unit"
	counts := func(types ...string) {
		rows := []account.Row{bandwidth(w.now().UTC(), "North America", 200), bandwidth(w.now().UTC(), "Asia", 50)}
		for _, written := range types {
			row := bandwidth(w.now().UTC(), "", 3)
			row.ProductID = "image_optimizer"
			row.UsageType, row.Unit, _ = strings.Cut(written, " in ")
			rows = append(rows, row)
		}
		w.fastly.Set(rows...)
	}
	w.hurry(20)
	counts(bytes)
	r := w.start()
	w.awaitChecks(2)
	w.expectPosts(cdnPlatform, 0)
	counts(bytes, pieces)
	w.awaitChecks(2)
	const why = "it covers usage in gb and in unit, but a budget needs a single unit"
	says(t, w.asks("/budget images"), "No figure since", why)
	w.expectPosts(cdnPlatform, 0)
	w.clock.advance(37 * time.Hour)
	counts(bytes, pieces)
	r = w.expectOneRoot(r, cdnPlatform, "No Figure for 37 h: images", why)
	says(t, w.asks("/budget all"), why)
	warned := strings.Join(r.readiness().Warnings, "\n")
	if !strings.Contains(warned, "rule images has had no figure since ") || !strings.Contains(warned, why) {
		t.Errorf("warnings = %q", warned)
	}
	counts(bytes)
	w.expectOneRoot(r, cdnPlatform, "Figures Are Back: images")
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
	w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) { customer.Account = account.Account{} })
	w.writeRules(serviceRules)
	w.hurry(20)
	r := w.start()
	w.awaitChecks(2)
	w.failFastly(fastlysim.ServicePath, 0, fault.Forbidden)
	w.awaitChecks(2)
	w.clock.advance(2 * time.Hour)
	r = w.expectOneRoot(r, cdnPlatform, "Services of 1 Usage Type Cannot Be Read", "Asia Bandwidth has not been read by service")
	w.fastly.Heal()
	w.expectOneRoot(r, cdnPlatform, "Services Can Be Read Again")
}
