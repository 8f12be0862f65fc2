package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// hurry lets business time run that many times as fast as the wall, so that checks follow one another sooner.
func (w *world) hurry(speed int) {
	w.clock.mu.Lock()
	defer w.clock.mu.Unlock()
	w.clock.base = w.clock.base.Add(time.Since(w.clock.started) * time.Duration(w.clock.speed))
	w.clock.started, w.clock.speed = time.Now(), speed
}

// manyChecks is how many checks have to be silent for a test to believe in the silence.
const manyChecks = 20

// A crossing is one message that names the rule. A higher level edits it and replies to the channel. Nothing else is said,
// not on the next checks and not after a restart.
func TestACrossingIsSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.expectPosts(cdnBudget, 0)
	w.expectPosts(cdnPlatform, 0)

	w.uses(402.6, 50)
	root := w.message(cdnBudget, "North America Bandwidth: 80% Used")
	says(t, root, "402.6 of 500 TB", "rule `na-bandwidth`", "Rule na-bandwidth", "next message at 100%")
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 1)

	r.stop()
	w.start()
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 1)

	w.uses(501, 50)
	w.await("a reply", func() bool { return len(w.posts(cdnBudget)) == 2 })
	rise := w.posts(cdnBudget)[1]
	says(t, rise, "North America Bandwidth is over budget", "higher threshold reached")
	if rise.ThreadTS != root.TS || !rise.Broadcast {
		t.Errorf("the rise is in the thread %q, broadcast %t, want %q and true", rise.ThreadTS, rise.Broadcast, root.TS)
	}
	w.await("an edit of the root", func() bool { return w.posts(cdnBudget)[0].Edits > 0 })
	says(t, w.posts(cdnBudget)[0], "Over Budget, 100% Used", "501 of 500 TB")
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 0)
}

// At the first start nothing that was crossed before is an alarm: one summary tells of all of it.
func TestTheFirstStartIsOneSummary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(450, 230)
	w.start()
	summary := w.message(cdnPlatform, "I watch 2 rules in 1 channel.", "Asia Bandwidth 115%", "North America Bandwidth 90%")
	says(t, summary, "2 budgets are already past a threshold")
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnPlatform, 1)
	w.expectPosts(cdnBudget, 0)
	w.uses(505, 230)
	w.message(cdnBudget, "North America Bandwidth: Over Budget, 101% Used")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
}

// silentFaults are answers without a figure.
var silentFaults = []fault.Fault{
	fault.NoRows, fault.Unauthorized, fault.Forbidden, fault.Named("null"), fault.Truncated,
}

// Unknown is not zero and not news: no answer, no rows and no sense are silence, and the levels that were said stay said.
func TestUnknownUsageIsSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	w.message(cdnBudget, "80% Used")
	for _, fault := range silentFaults {
		w.failFastly(fastlysim.UsagePath, 1, fault)
	}
	w.awaitChecks(len(silentFaults) + 2)
	w.expectPosts(cdnBudget, 1)
	says(t, w.asks("/budget"), "North America Bandwidth", "80%")
	w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
}

const brokenRouteRules = `
operators: {channel: cdn-platform}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: shop-cdn}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, channel: cdn-budget}
`

// A channel that refuses the bot costs no alert: the operators are told once, and an invitation mends it.
func TestABrokenRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(brokenRouteRules)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 165)
	w.message(cdnPlatform, "I can't post to #shop-cdn", "/invite @budgetbot", "1 alert is waiting")
	w.message(cdnBudget, "Asia Bandwidth: 82% Used")
	got := r.readiness()
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "channel shop-cdn cannot be posted to (not_in_channel): 1 message waiting") {
		t.Errorf("warnings = %q, want the channel, the reason and what waits", got.Warnings)
	}
	if got.Status != 200 {
		t.Errorf("status = %d, want 200: everything else works", got.Status)
	}
	says(t, w.asks("/budget all"), "I can't post to #shop-cdn")
	tries := w.slack.CallCount("chat.postMessage")
	if err := w.slack.WaitCalls(w.soon(), "chat.postMessage", tries+2); err != nil {
		t.Fatalf("it is not tried again: %v", err)
	}
	w.expectPosts(cdnPlatform, 1)
	w.expectPosts(shopCDN, 0)

	w.slack.Invite(shopCDN)
	w.message(shopCDN, "North America Bandwidth: 80% Used")
	w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
	w.awaitChecks(manyChecks)
	w.expectPosts(shopCDN, 1)
	w.expectPosts(cdnPlatform, 1)
	w.expectPosts(cdnBudget, 1)
}

// Whatever becomes of a post, its alert stands in the channel once.
func TestAPostThatGoesWrongIsSaidOnce(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			w := newWorld(t)
			if test.scopes != nil {
				w.slack.SetScopes(test.scopes...)
			}
			w.hurry(20)
			w.uses(390, 50)
			r := w.start()
			w.awaitChecks(2)
			w.slack.Fail("chat.postMessage", 1, test.fault)
			w.uses(402.6, 50)
			started := time.Now()
			if err := w.slack.WaitCalls(w.soon(), "chat.postMessage", 1); err != nil {
				t.Fatal(err)
			}
			w.message(cdnBudget, "80% Used")
			w.await("an empty queue", func() bool { return pending(t, r) == 0 })
			w.awaitChecks(manyChecks)
			posts := w.expectPosts(cdnBudget, test.posts)
			for i, post := range posts {
				if says := strings.Contains(words(post), "it may be a repeat"); says != (test.words && i == len(posts)-1) {
					t.Errorf("post %d says that it may be a repeat: %t:\n%s", i+1, says, words(post))
				}
			}
			calls := w.slack.Calls("chat.postMessage")
			if test.fault.RetryAfter > 0 && calls[1].At.Sub(calls[0].At) < test.fault.RetryAfter {
				t.Errorf("it was tried again after %s, want %s at least", calls[1].At.Sub(calls[0].At), test.fault.RetryAfter)
			}
			t.Logf("%d calls in %s", len(calls), time.Since(started).Round(time.Millisecond))
		})
	}
}

// pending counts what waits to be delivered.
func pending(t *testing.T, r *running) int {
	t.Helper()
	backlog, err := r.service.Store.QueueDepth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return backlog.Pending
}

// Many budgets that cross in one check are one list, and each is named in it.
func TestManyCrossingsAreOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var rules strings.Builder
	rules.WriteString("defaults: {channel: cdn-budget}\nrules:\n")
	for i := range 12 {
		fmt.Fprintf(&rules, "  - {name: budget-%d, product: cdn_usage, usage_type: North America Bandwidth, budget: %d TB}\n", i, 400+i)
	}
	w.writeRules(rules.String())
	w.hurry(20)
	w.uses(300, 50)
	w.start()
	w.awaitChecks(2)
	w.uses(350, 50)
	list := w.message(cdnBudget, "12 budgets crossed a threshold")
	said := map[string]bool{}
	for _, row := range tableOf(t, list)[1:] {
		said[row[0]] = true
	}
	if len(said) != 12 {
		t.Errorf("the list tells %d budgets apart, want 12: %v", len(said), said)
	}
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 1)
}

// A new month begins at nothing said. Its first day has no figures yet, which is neither zero nor news.
func TestANewMonthBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	november := w.message(cdnBudget, "80% of November's 500 TB")
	w.clock.advance(time.Date(2026, time.December, 1, 6, 0, 0, 0, time.UTC).Sub(w.clock.Now()))
	w.fastly.Set(bandwidth(noon, "North America", 402.6), bandwidth(noon, "Asia", 50))
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.clock.advance(20 * 24 * time.Hour)
	w.uses(390, 50)
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.uses(505, 50)
	december := w.message(cdnBudget, "101% of December's 500 TB")
	if december.ThreadTS != "" {
		t.Errorf("December's message is a reply to November's %s", november.TS)
	}
	w.awaitChecks(manyChecks)
	posts := w.expectPosts(cdnBudget, 2)
	says(t, posts[0], "80% of November's 500 TB")
	if got := r.readiness(); len(got.Warnings) > 0 {
		t.Errorf("warnings = %q", got.Warnings)
	}
}

// The root of a month that is over is closed with its final figure. What Fastly restates after that is a word in its thread.
func TestAMonthIsClosedAndWatched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(502, 50)
	w.message(cdnBudget, "100% of November's 500 TB")
	november := func(terabytes float64, counted time.Time) []account.Row {
		row := bandwidth(noon, "North America", terabytes)
		row.UpdatedAt = counted
		return []account.Row{row, bandwidth(noon, "Asia", 50)}
	}
	end := time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	w.clock.advance(end.Add(30 * time.Hour).Sub(w.clock.Now()))
	w.fastly.Set(november(571, end)...)
	w.message(cdnBudget, "November Closed at 114%, Over Budget", "571 of 500 TB")
	w.expectPosts(cdnBudget, 1)
	r.stop()
	w.start()
	w.awaitChecks(2)
	w.clock.advance(5 * 24 * time.Hour)
	restated := november(589, end)
	today := w.clock.Now().UTC()
	w.fastly.Set(append(restated, bandwidth(today, "North America", 20), bandwidth(today, "Asia", 5))...)
	w.await("a word in the thread", func() bool { return len(w.posts(cdnBudget)) == 2 })
	posts := w.posts(cdnBudget)
	says(t, posts[1], "Fastly restated November", "It was closed at 571 TB")
	if posts[1].ThreadTS != posts[0].TS || posts[1].Broadcast {
		t.Errorf("it is in the thread %q, broadcast %t; want %q and false", posts[1].ThreadTS, posts[1].Broadcast, posts[0].TS)
	}
	w.await("an edit of the root", func() bool { return strings.Contains(words(w.posts(cdnBudget)[0]), "November Restated") })
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 0)
}

// A rule that is removed ends its message and what waits of it, also where its channel refuses the bot; one that has another
// name goes on under its root.
func TestRulesThatAreRemovedAndRenamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(worldRules + "  - {name: shop, product: cdn_usage, usage_type: Asia Bandwidth, budget: 220 TB, channel: shop-cdn}\n")
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 180)
	w.message(cdnBudget, "North America Bandwidth: 80% Used")
	w.message(cdnBudget, "asia-bandwidth: 90% Used")
	w.message(cdnPlatform, "I can't post to #shop-cdn")
	r.stop()
	w.writeRules(`
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: asia, was: asia-bandwidth, title: Asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB}
`)
	r = w.start()
	w.message(cdnBudget, "North America Bandwidth: No Longer Watched")
	w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 && pending(t, r) == 0 })
	w.uses(402.6, 201)
	w.await("a reply", func() bool { return len(w.posts(cdnBudget)) == 3 })
	posts := w.posts(cdnBudget)
	says(t, posts[2], "Asia is over budget")
	if posts[2].ThreadTS == "" {
		t.Error("the renamed rule does not go on under its root")
	}
	w.slack.Invite(shopCDN)
	w.awaitChecks(3)
	w.expectPosts(shopCDN, 0)
	w.expectPosts(cdnBudget, 3)
}

// Below 100 % an alert waits for working hours, over a restart too. What happens meanwhile takes its place, and at 100 % nothing waits.
func TestAnAlertWaitsForWorkingHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules("working_hours: Mon-Fri 14:00-18:00\n" + worldRules)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 165)
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 0)
	says(t, w.asks("/budget all"), "80%")
	r.stop()
	r = w.start()
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 0)
	w.uses(501, 165)
	w.message(cdnBudget, "North America Bandwidth: Over Budget, 100% Used")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.clock.advance(2 * time.Hour)
	w.message(cdnBudget, "Asia Bandwidth: 82% Used")
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 2)
}

// A budget that is over and that nobody answers for calls its owners in the thread, and then the operators; an answer ends it.
func TestNobodyAnswersForABudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules("people: {oncall: " + alice + "}\n" + strings.NewReplacer(
		"{channel: cdn-budget}", "{channel: cdn-budget, owners: [oncall], escalate_after: 2h}",
		"{channel: cdn-platform}", "{channel: cdn-platform, stale_after: 96h}", // figures stand still while the clock moves
	).Replace(worldRules))
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(501, 50)
	root := w.message(cdnBudget, "Over Budget, 100% Used")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.clock.advance(2 * time.Hour)
	w.await("a call", func() bool { return len(w.posts(cdnBudget)) == 2 })
	call := w.posts(cdnBudget)[1]
	says(t, call, "nobody has answered", "<@"+alice+">")
	if call.ThreadTS != root.TS || call.Broadcast {
		t.Errorf("the call is in the thread %q, broadcast %t; want %q and false", call.ThreadTS, call.Broadcast, root.TS)
	}
	r.stop()
	w.start()
	w.clock.advance(2 * time.Hour)
	w.message(cdnPlatform, "nobody has answered")
	w.clock.advance(24 * time.Hour)
	w.awaitChecks(3)
	w.expectPosts(cdnPlatform, 1)
	w.expectPosts(cdnBudget, 2)
}

// A clone has the name of the service that it was made of. The budget of that one stays what it was, with its exception: nothing is posted again,
// and no row is left without data, also when the clone is gone.
func TestACloneOfAService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules("defaults: {channel: cdn-budget}\nrules: [{name: each, usage_type: Asia Bandwidth, per: service, budget: 100 TB, except: {api: 500 TB}}]\n")
	customer := 300.0
	services := func(terabytes map[string]int64) {
		var rows []account.ServiceRow
		for service, used := range terabytes {
			id, name, _ := strings.Cut(service, " ")
			rows = append(rows, account.ServiceRow{
				Month: w.now().UTC().Format("2006-01"), ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", ServiceID: id, ServiceName: name,
				Units: decimal.New(used, 3),
			})
		}
		w.fastly.SetServices(rows...)
		customer++ // Fastly's figures have a new version
		w.uses(1, customer)
	}
	w.hurry(20)
	services(map[string]int64{"SU1 api": 150, "SU2 www": 50})
	w.start()
	w.awaitChecks(2)
	services(map[string]int64{"SU1 api": 150, "SU2 www": 85})
	w.message(cdnBudget, "each: www, 85% Used")
	services(map[string]int64{"SU1 api": 150, "SU2 www": 86, "SU3 api": 1, "SU4 www": 1})
	w.await("the clones", func() bool { return saysAll(w.asks("/budget each"), []string{"www (SU4)", "api (SU3)"}) })
	services(map[string]int64{"SU1 api": 151, "SU2 www": 87})
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.await("its new figures", func() bool { return saysAll(w.asks("/budget each: www"), []string{"each: www", "87%"}) })
	says(t, w.asks("/budget each: api"), "each: api", "30%")
}

// Budgets that one list named are called for in one message, in their channel and then in the operators', and it names a way that there is.
func TestNobodyAnswersForAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules := strings.NewReplacer("{channel: cdn-budget}", "{channel: cdn-budget, escalate_after: 2h}", "{channel: cdn-platform}", "{channel: cdn-platform, stale_after: 96h}").
		Replace(worldRules)
	for _, name := range []string{"b", "c", "d"} {
		rules += "  - {name: north-" + name + ", title: North " + name + ", product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}\n"
	}
	w.writeRules(rules)
	w.hurry(20)
	w.uses(390, 50)
	w.start()
	w.awaitChecks(2)
	w.uses(501, 50)
	w.message(cdnBudget, "4 Budgets Crossed a Threshold")
	w.clock.advance(2 * time.Hour)
	call := w.message(cdnBudget, "4 budgets are over, and nobody has answered", "/budget ack na-bandwidth")
	says(t, call, "North b", "North c", "North d")
	if strings.Contains(words(call), "under the message") {
		t.Error("the call names a button that a list does not have")
	}
	w.clock.advance(2 * time.Hour)
	w.message(cdnPlatform, "4 budgets are over, and nobody has answered")
	w.clock.advance(24 * time.Hour)
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 1)
}

// A month that is likely to end above its budget is said once two data versions agree, and what a level's message says of it is not
// said again.
func TestAForecastIsSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(250, 50)
	r := w.start()
	w.awaitChecks(3)
	w.uses(372, 50)
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 0)
	w.uses(373, 50)
	likely := w.message(cdnBudget, "North America Bandwidth: Likely Over, 74% Used")
	says(t, likely, "Likely end of month", "It runs out about", "likely to end above the budget")
	w.awaitChecks(manyChecks)
	r.stop()
	w.start()
	w.uses(374, 50)
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	w.uses(402, 50)
	w.await("a reply", func() bool { return len(w.posts(cdnBudget)) == 2 })
	says(t, w.posts(cdnBudget)[1], "80% Used, Likely Over")
	w.uses(403, 50)
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)
}
