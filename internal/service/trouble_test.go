package service_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// expectOneRoot waits until the channel's one post holds the texts, and fails the test where checks and a restart add another.
func (w *world) expectOneRoot(r *servicetest.Running, channel string, texts ...string) *servicetest.Running {
	w.T.Helper()
	w.Await("one message that says "+strings.Join(texts, ", ")+", after:\n"+w.Channel(channel), func() bool {
		posts := w.Posts(channel)
		return len(posts) > 0 && servicetest.Has(posts[0], texts...)
	})
	w.AwaitChecks(manyChecks)
	w.ExpectPosts(channel, 1)
	r.Stop()
	r = w.Start()
	w.AwaitChecks(manyChecks)
	w.Says(w.ExpectPosts(channel, 1)[0], texts...)
	return r
}

// The operators hear once of checks that fail, with the cause and what to do, through a restart, and see the end of it by an edit.
func TestFailingChecksAreReportedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(200, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.FailFastly(fastlysim.UsagePath, 0, fault.Unauthorized)
		w.AwaitChecks(2)
		w.ExpectPosts(cdnPlatform, 0)
		w.Clock.Advance(2 * time.Hour)
		r = w.expectOneRoot(r, cdnPlatform, "Checks Have Failed for 2 h", "Fastly refused the token", "Put a valid token into FASTLY_API_TOKEN")
		w.Fastly.Heal()
		w.expectOneRoot(r, cdnPlatform, "Checks Are Working Again")
		w.ExpectPosts(cdnBudget, 0)
	})
}

// They hear once of figures that do not move, and see that they do again.
func TestStaleFiguresAreReportedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(200, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Clock.Advance(20 * time.Hour)
		w.AwaitChecks(2)
		w.ExpectPosts(cdnPlatform, 0)
		w.Clock.Advance(20 * time.Hour)
		r = w.expectOneRoot(r, cdnPlatform, "No Fresh Data for", "Fastly's newest figures run to ")
		w.Uses(200, 50)
		w.expectOneRoot(r, cdnPlatform, "Fresh Data Again", "Fastly's figures run to ")
		w.ExpectPosts(cdnBudget, 0)
	})
}

// A product that comes to be counted in a second unit leaves its budget without a figure. Operators hear of it once, with the reason, /budget and
// /readyz say the same, and the other budgets are watched.
func TestABudgetThatLosesItsFigureIsReportedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules("time_zone: Asia/Kolkata\n" + servicetest.Rules + "  - {name: images, product: image_optimizer, budget: 500 TB}\n")
		const bytes, pieces = "Image Bytes in gb", "Transformations in unit"
		counts := func(types ...string) {
			rows := []account.Row{servicetest.Bandwidth(w.Now().UTC(), "North America", 200), servicetest.Bandwidth(w.Now().UTC(), "Asia", 50)}
			for _, written := range types {
				row := servicetest.Bandwidth(w.Now().UTC(), "", 3)
				row.ProductID = "image_optimizer"
				row.UsageType, row.Unit, _ = strings.Cut(written, " in ")
				rows = append(rows, row)
			}
			w.Fastly.Set(rows...)
		}
		counts(bytes)
		r := w.Start()
		w.AwaitChecks(2)
		w.ExpectPosts(cdnPlatform, 0)
		counts(bytes, pieces)
		w.AwaitChecks(2)
		const why = "it covers usage in gb and in unit, but a budget needs a single unit"
		w.Says(w.Asks("/budget images"), "No figure since", why)
		w.ExpectPosts(cdnPlatform, 0)
		w.Clock.Advance(37 * time.Hour)
		counts(bytes, pieces)
		r = w.expectOneRoot(r, cdnPlatform, "No Figure for 37 h: images", why)
		w.Says(w.Asks("/budget all"), why)
		warned := strings.Join(r.Readiness().Warnings, "\n")
		if !regexp.MustCompile(`rule images has had no figure since \w+ \d+, \d\d:\d\d IST: ` + why).MatchString(warned) {
			t.Errorf("warnings = %q", warned)
		}
		counts(bytes)
		w.expectOneRoot(r, cdnPlatform, "Figures Are Back: images")
		w.ExpectPosts(cdnBudget, 0)
	})
}

const serviceRules = `
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: shop, product: cdn_usage, usage_type: Asia Bandwidth, service: www-shop, budget: 500 TB}
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB}
`

// Services that cannot be read are a trouble of their own: the account's budgets are watched all the same.
func TestUnreadableServicesAreReportedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) { customer.Account = account.Account{} })
		w.WriteRules(serviceRules)
		r := w.Start()
		w.AwaitChecks(2)
		w.FailFastly(fastlysim.ServicePath, 0, fault.Forbidden)
		w.AwaitChecks(2)
		w.Clock.Advance(2 * time.Hour)
		r = w.expectOneRoot(r, cdnPlatform, "Can't Read Services for 1 Usage Type", "Asia Bandwidth has not been read by service")
		w.Fastly.Heal()
		w.expectOneRoot(r, cdnPlatform, "Services Can Be Read Again")
	})
}
