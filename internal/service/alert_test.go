package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// A crossing is one message that names the rule. A higher threshold edits it and posts a broadcast reply. Further checks and a restart post
// nothing more.
func TestACrossingIsPostedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.ExpectPosts(cdnBudget, 0)
		w.ExpectPosts(cdnPlatform, 0)

		w.Uses(402.6, 50)
		root := w.Message(cdnBudget, "North America Bandwidth: 80% Used")
		w.Says(root, "402.6 of 500 TB", "rule `na-bandwidth`", "Rule na-bandwidth")
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)

		r.Stop()
		w.Start()
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)

		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 2)
		rise := w.Posts(cdnBudget)[1]
		w.Says(rise, "North America Bandwidth is over budget")
		if rise.ThreadTS != root.TS || !rise.Broadcast {
			t.Errorf("the broadcast reply is in the thread %q, broadcast %t, want %q and true", rise.ThreadTS, rise.Broadcast, root.TS)
		}
		w.Await("an edit of the parent message", func() bool { return w.Posts(cdnBudget)[0].Edits > 0 })
		w.Says(w.Posts(cdnBudget)[0], "Over Budget, 100% Used", "501 of 500 TB")
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 0)
	})
}

// The first start posts one summary of all thresholds that were crossed before, and no alert for any of them.
func TestTheFirstStartIsOneSummary(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(450, 230)
		w.Start()
		summary := w.Message(cdnPlatform, "I watch 2 rules in 1 channel.", "Asia Bandwidth 115%", "North America Bandwidth 90%")
		w.Says(summary, "2 budgets are already over a threshold")
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnPlatform, 1)
		w.ExpectPosts(cdnBudget, 0)
		w.Uses(505, 230)
		w.Message(cdnBudget, "North America Bandwidth: Over Budget, 101% Used")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
	})
}

// silentFaults are answers without a figure.
var silentFaults = []fault.Fault{
	fault.NoRows, fault.Unauthorized, fault.Forbidden, fault.Named("null"), fault.Truncated,
}

// Unknown usage is neither zero nor an alert: an answer that fails, is empty or makes no sense posts nothing and keeps the posted thresholds.
func TestUnknownUsageIsSilent(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, _ := w.startPast80()
		for _, fault := range silentFaults {
			w.FailFastly(fastlysim.UsagePath, 1, fault)
		}
		w.AwaitChecks(len(silentFaults) + 2)
		w.ExpectPosts(cdnBudget, 1)
		w.Says(w.Asks("/budget"), "North America Bandwidth", "80%")
		r.AwaitNoWarning()
	})
}

const brokenRouteRules = `
operators: {channel: cdn-platform}
defaults: {thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: shop-cdn}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-budget}
`

// A channel that refuses the bot loses no alert: the operators get one message, and after an invitation the alert is posted.
func TestABrokenRoute(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(brokenRouteRules)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 165)
		w.Message(cdnPlatform, "I can't post to #shop-cdn", "/invite @budgetbot", "1 alert is waiting")
		w.Message(cdnBudget, "Asia Bandwidth: 82% Used")
		got := r.Readiness()
		if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "channel shop-cdn cannot be posted to (not_in_channel): 1 message waiting") {
			t.Errorf("warnings = %q, want the channel, the reason and what waits", got.Warnings)
		}
		if got.Status != 200 {
			t.Errorf("status = %d, want 200: everything else works", got.Status)
		}
		w.Says(w.Asks("/budget all"), "I'm not in #shop-cdn, where 1 alert is waiting")
		tries := w.Slack.CallCount("chat.postMessage")
		if err := w.Slack.WaitCalls(w.Soon(), "chat.postMessage", tries+2); err != nil {
			t.Fatalf("it is not tried again: %v", err)
		}
		w.ExpectPosts(cdnPlatform, 1)
		w.ExpectPosts(shopCDN, 0)

		w.Slack.Invite(shopCDN)
		w.Message(shopCDN, "North America Bandwidth: 80% Used")
		r.AwaitNoWarning()
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(shopCDN, 1)
		w.ExpectPosts(cdnPlatform, 1)
		w.ExpectPosts(cdnBudget, 1)
	})
}

// Whatever becomes of a post, its alert stands in the channel once.
func TestAPostThatGoesWrongIsPostedOnce(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  slacksim.Fault
		scopes []string
		posts  int
		words  bool // Slack left it open whether it had the message, so that the last post says that it may be a repeat
	}{
		{name: "Slack asks to wait", fault: slacksim.Fault{RetryAfter: 2 * time.Second}, posts: 1},
		{name: "Slack has an internal error", fault: slacksim.Fault{Error: "internal_error"}, posts: 1, words: true},
		{name: "the edge in front of Slack fails", fault: slacksim.Fault{Status: 503, Body: "<html>"}, posts: 1, words: true},
		{name: "the call was not carried out", fault: slacksim.Fault{Drop: true}, posts: 1, words: true},
		{name: "the call was carried out and its answer lost", fault: slacksim.Fault{DropAfter: true}, posts: 1},
		{name: "a success that names no message, which is there", fault: slacksim.Fault{Carried: true, Body: `{"ok":true}`}, posts: 1},
		{name: "a success that names no message, and there is none", fault: slacksim.Fault{Body: `{"ok":true}`}, posts: 1, words: true},
		{
			name: "it was carried out, its answer lost, and the channel cannot be read", fault: slacksim.Fault{DropAfter: true},
			scopes: []string{"commands", "chat:write", "channels:read"}, posts: 2, words: true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				if test.scopes != nil {
					w.Slack.SetScopes(test.scopes...)
				}
				w.Uses(390, 50)
				r := w.Start()
				w.AwaitChecks(2)
				w.Slack.Fail("chat.postMessage", 1, test.fault)
				w.Uses(402.6, 50)
				started := time.Now()
				if err := w.Slack.WaitCalls(w.Soon(), "chat.postMessage", 1); err != nil {
					t.Fatal(err)
				}
				w.Message(cdnBudget, "80% Used")
				r.AwaitDelivered()
				w.AwaitChecks(manyChecks)
				posts := w.ExpectPosts(cdnBudget, test.posts)
				for i, post := range posts {
					if says := strings.Contains(servicetest.Words(post), "it may be a repeat"); says != (test.words && i == len(posts)-1) {
						t.Errorf("post %d says that it may be a repeat: %t:\n%s", i+1, says, servicetest.Words(post))
					}
				}
				calls := w.Slack.Calls("chat.postMessage")
				if test.fault.RetryAfter > 0 && calls[1].At.Sub(calls[0].At) < test.fault.RetryAfter {
					t.Errorf("it was tried again after %s, want %s at least", calls[1].At.Sub(calls[0].At), test.fault.RetryAfter)
				}
				t.Logf("%d calls in %s", len(calls), time.Since(started).Round(time.Millisecond))
			})
		})
	}
}

// Many budgets that cross in one check are one list, and each is named in it.
func TestManyCrossingsAreOneMessage(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		var rules strings.Builder
		rules.WriteString("defaults: {channel: cdn-budget, thresholds: [80%, 100%]}\nrules:\n")
		for i := range 12 {
			fmt.Fprintf(&rules, "  - {name: budget-%d, product: cdn_usage, usage_type: North America Bandwidth, budget: %d TB}\n", i, 400+i)
		}
		w.WriteRules(rules.String())
		w.Uses(300, 50)
		w.Start()
		w.AwaitChecks(2)
		w.Uses(350, 50)
		list := w.Message(cdnBudget, "12 budgets crossed a threshold")
		said := map[string]bool{}
		for _, row := range tableOf(t, list)[1:] {
			said[row[0]] = true
		}
		if len(said) != 12 {
			t.Errorf("the list tells %d budgets apart, want 12: %v", len(said), said)
		}
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
	})
}

// A new month begins without posted thresholds. Its first day has no figures yet, which is neither zero nor an alert.
func TestANewMonthBeginsAnew(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, november := w.startPast80()
		w.Clock.Advance(time.Date(2026, time.December, 1, 6, 0, 0, 0, time.UTC).Sub(w.Clock.Now()))
		w.Fastly.Set(servicetest.Bandwidth(servicetest.Noon, "North America", 402.6), servicetest.Bandwidth(servicetest.Noon, "Asia", 50))
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Clock.Advance(20 * 24 * time.Hour)
		w.Uses(390, 50)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Uses(505, 50)
		december := w.Message(cdnBudget, "101% of December's 500 TB")
		if december.ThreadTS != "" {
			t.Errorf("December's message is a reply to November's %s", november.TS)
		}
		w.AwaitChecks(manyChecks)
		posts := w.ExpectPosts(cdnBudget, 2)
		w.Says(posts[0], "80% of November's 500 TB")
		if got := r.Readiness(); len(got.Warnings) > 0 {
			t.Errorf("warnings = %q", got.Warnings)
		}
	})
}

// The parent message of a month that is over is closed with its final figure. What Fastly restates after that is a reply in its thread.
func TestAMonthIsClosedAndWatched(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(502, 50)
		w.Message(cdnBudget, "100% of November's 500 TB")
		november := func(terabytes float64, counted time.Time) []account.Row {
			row := servicetest.Bandwidth(servicetest.Noon, "North America", terabytes)
			row.UpdatedAt = counted
			return []account.Row{row, servicetest.Bandwidth(servicetest.Noon, "Asia", 50)}
		}
		end := time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
		w.Clock.Advance(end.Add(30 * time.Hour).Sub(w.Clock.Now()))
		w.Fastly.Set(november(571, end)...)
		w.Message(cdnBudget, "November Closed at 114%, Over Budget", "571 of 500 TB")
		w.ExpectPosts(cdnBudget, 1)
		r.Stop()
		w.Start()
		w.AwaitChecks(2)
		w.Clock.Advance(5 * 24 * time.Hour)
		restated := november(589, end)
		today := w.Clock.Now().UTC()
		w.Fastly.Set(append(restated, servicetest.Bandwidth(today, "North America", 20), servicetest.Bandwidth(today, "Asia", 5))...)
		w.AwaitPosts(cdnBudget, 2)
		posts := w.Posts(cdnBudget)
		w.Says(posts[1], "Fastly restated November", "It closed at 571 TB")
		if posts[1].ThreadTS != posts[0].TS || posts[1].Broadcast {
			t.Errorf("it is in the thread %q, broadcast %t; want %q and false", posts[1].ThreadTS, posts[1].Broadcast, posts[0].TS)
		}
		w.Await("an edit of the root", func() bool { return strings.Contains(servicetest.Words(w.Posts(cdnBudget)[0]), "November Restated") })
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 0)
	})
}

// A rule that is removed ends its message and what waits of it, also where its channel refuses the bot; one that has another
// name goes on under its parent message.
func TestRulesThatAreRemovedAndRenamed(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(servicetest.Rules + "  - {name: shop, product: cdn_usage, usage_type: Asia Bandwidth, budget: 220 TB, channel: shop-cdn, thresholds: [80%, 100%]}\n")
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 180)
		w.Message(cdnBudget, "North America Bandwidth: 80% Used")
		w.Message(cdnBudget, "asia-bandwidth: 90% Used")
		w.Message(cdnPlatform, "I can't post to #shop-cdn")
		r.Stop()
		w.WriteRules(`
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget, thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: asia, was: asia-bandwidth, title: Asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB}
`)
		r = w.Start()
		w.Message(cdnBudget, "North America Bandwidth: No Longer Watched")
		w.Await("no warning", func() bool { return len(r.Readiness().Warnings) == 0 && r.Pending() == 0 })
		w.Uses(402.6, 201)
		w.AwaitPosts(cdnBudget, 3)
		posts := w.Posts(cdnBudget)
		w.Says(posts[2], "Asia is over budget")
		if posts[2].ThreadTS == "" {
			t.Error("the renamed rule does not go on under its parent message")
		}
		w.Slack.Invite(shopCDN)
		w.AwaitChecks(3)
		w.ExpectPosts(shopCDN, 0)
		w.ExpectPosts(cdnBudget, 3)
	})
}

// Below 100 % an alert waits for working hours, over a restart too. What happens meanwhile takes its place, and at 100 % nothing waits.
func TestAnAlertWaitsForWorkingHours(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules("working_hours: Mon-Fri 14:00-18:00\n" + servicetest.Rules)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 165)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 0)
		w.Says(w.Asks("/budget all"), "80%")
		r.Stop()
		r = w.Start()
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 0)
		w.Uses(501, 165)
		w.Message(cdnBudget, "North America Bandwidth: Over Budget, 100% Used")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Clock.Advance(2 * time.Hour)
		w.Message(cdnBudget, "Asia Bandwidth: 82% Used")
		r.AwaitDelivered()
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 2)
	})
}

// An unanswered alert of a budget that is over escalates to the owners in the thread and then to the operators; an answer ends that.
func TestNobodyAnswersForABudget(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules("people: {oncall: " + alice + "}\n" + strings.NewReplacer(
			"{channel: cdn-budget}", "{channel: cdn-budget, owners: [oncall], escalate_after: 2h}",
			"{channel: cdn-platform}", "{channel: cdn-platform, stale_after: 96h}", // figures stand still while the clock moves
		).Replace(servicetest.Rules))
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(501, 50)
		root := w.Message(cdnBudget, "Over Budget, 100% Used")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Clock.Advance(2 * time.Hour)
		w.AwaitPosts(cdnBudget, 2)
		call := w.Posts(cdnBudget)[1]
		w.Says(call, "nobody has answered", "<@"+alice+">")
		if call.ThreadTS != root.TS || call.Broadcast {
			t.Errorf("the escalation is in the thread %q, broadcast %t; want %q and false", call.ThreadTS, call.Broadcast, root.TS)
		}
		r.Stop()
		w.Start()
		w.Clock.Advance(2 * time.Hour)
		w.Message(cdnPlatform, "nobody has answered")
		w.Clock.Advance(24 * time.Hour)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnPlatform, 1)
		w.ExpectPosts(cdnBudget, 2)
	})
}

// A clone has the name of the service that it was made of. The budget of that one stays what it was, with its exception: nothing is posted again,
// and no row is left without data, also when the clone is gone.
func TestACloneOfAService(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules("defaults: {channel: cdn-budget, thresholds: [80%, 100%, 125%, 150%, 200%]}\nrules: [{name: each, usage_type: Asia Bandwidth, per: service, budget: 100 TB, except: {api: 500 TB}}]\n")
		customer := 300.0
		services := func(terabytes map[string]int64) {
			var rows []account.ServiceRow
			for service, used := range terabytes {
				id, name, _ := strings.Cut(service, " ")
				rows = append(rows, account.ServiceRow{
					Month: w.Now().UTC().Format("2006-01"), ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", ServiceID: id, ServiceName: name,
					Units: decimal.New(used, 3),
				})
			}
			w.Fastly.SetServices(rows...)
			customer++ // Fastly's figures have a new version
			w.Uses(1, customer)
		}
		services(map[string]int64{"SU1 api": 150, "SU2 www": 50})
		w.Start()
		w.AwaitChecks(2)
		services(map[string]int64{"SU1 api": 150, "SU2 www": 85})
		w.Message(cdnBudget, "each: www, 85% Used")
		services(map[string]int64{"SU1 api": 150, "SU2 www": 86, "SU3 api": 1, "SU4 www": 1})
		w.Await("the clones", func() bool { return servicetest.Has(w.Asks("/budget each"), "www (SU4)", "api (SU3)") })
		services(map[string]int64{"SU1 api": 151, "SU2 www": 87})
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Await("its new figures", func() bool { return servicetest.Has(w.Asks("/budget each: www"), "each: www", "87%") })
		w.Says(w.Asks("/budget each: api"), "each: api", "30%")
	})
}

// Budgets that one list named are called for in one message, in their channel and then in the operators', and it names a way that there is.
func TestNobodyAnswersForAList(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		rules := strings.NewReplacer("{channel: cdn-budget}", "{channel: cdn-budget, escalate_after: 2h}", "{channel: cdn-platform}", "{channel: cdn-platform, stale_after: 96h}").
			Replace(servicetest.Rules)
		for _, name := range []string{"b", "c", "d"} {
			rules += "  - {name: north-" + name + ", title: North " + name + ", product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, thresholds: [80%, 100%]}\n"
		}
		w.WriteRules(rules)
		w.Uses(390, 50)
		w.Start()
		w.AwaitChecks(2)
		w.Uses(501, 50)
		w.Message(cdnBudget, "4 Budgets Crossed a Threshold")
		w.Clock.Advance(2 * time.Hour)
		call := w.Message(cdnBudget, "4 budgets are over, and nobody has answered", "/budget ack na-bandwidth")
		w.Says(call, "North b", "North c", "North d")
		if strings.Contains(servicetest.Words(call), "under the message") {
			t.Error("the escalation names a button that a list does not have")
		}
		w.Clock.Advance(2 * time.Hour)
		w.Message(cdnPlatform, "4 budgets are over, and nobody has answered")
		w.Clock.Advance(24 * time.Hour)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 1)
	})
}

// A forecast above the budget is posted once, after two data versions agree on it, and not at all where a threshold's message shows it already.
// A threshold below the limit is shown in its message.
func TestAForecastIsPostedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(250, 50)
		r := w.Start()
		w.AwaitChecks(3)
		w.Uses(372, 50)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 0)
		w.Uses(373, 50)
		likely := w.Message(cdnBudget, "North America Bandwidth: Likely Over, 74% Used")
		w.Says(likely, "Likely end of month", "It runs out about")
		w.AwaitChecks(manyChecks)
		r.Stop()
		w.Start()
		w.Uses(374, 50)
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		w.Uses(402, 50)
		w.Message(cdnBudget, "80% Used, Likely Over")
		w.Uses(403, 50)
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
		w.Says(w.Asks("/budget history na-bandwidth"), "80% reached, no separate alert: shown in the Likely Over message")
		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 2)
	})
}
