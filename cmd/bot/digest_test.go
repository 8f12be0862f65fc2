package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/service"
	"budgetbot/internal/slacksim"
)

const finOps = "C0FINOPS1"

func withFinOps(workspace *slacksim.Config, _ *fastlysim.Config) {
	workspace.Channels = append(workspace.Channels, slacksim.Channel{ID: finOps, Name: "finops-private", BotMember: true})
}

const mondayRules = worldRules + `
time_zone: Europe/Berlin
digests:
  - {name: monday, channel: finops-private, schedule: "0 9 * * 1"}
`

// onDatabase starts a service of this world on the database, beside those that run.
func (w *world) onDatabase(setting string, replicas int) []*running {
	w.t.Helper()
	var all []*running
	for range replicas {
		c := w.config()
		c.DatabaseURL = strings.TrimPrefix(setting, "DATABASE_URL=")
		o := service.Options{Log: service.NewLog(c, w.written), Now: w.clock.Now, Poll: 50 * time.Millisecond, BrokenWait: time.Second}
		ctx, cancel := context.WithCancel(context.Background())
		built, err := service.Build(ctx, c, o)
		if err != nil {
			cancel()
			w.t.Fatalf("build: %v; %s", err, w.log())
		}
		r := &running{w: w, service: built, cancel: cancel, ended: make(chan error, 1)}
		w.t.Cleanup(r.stop)
		go func() { r.ended <- built.Run(ctx) }()
		all = append(all, r)
	}
	w.await("the connections", func() bool { return len(w.slack.Connections()) >= 2*replicas })
	return all
}

// TestAMondayDigestIsSaidOnce: by three replicas, over a restart, and after a Monday that was missed.
func TestAMondayDigestIsSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps)
	w.writeRules(mondayRules)
	w.hurry(20)
	w.countedTo(monday, 300, 50)
	database, _ := w.postgres()
	all := w.onDatabase(database, 3)
	w.awaitChecks(2)
	w.expectPosts(finOps, 0)

	w.clock.advance(monday.Sub(w.clock.Now()) + time.Minute)
	m := w.message(finOps, "November Budgets")
	says(t, m, "No budget is over or close to its limit: 2 on course", "What Changed Most", "digest `monday`", "Data to Nov 22, 24:00 UTC")
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 1)
	for _, r := range all {
		r.stop()
	}
	all = w.onDatabase(database, 3)
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 1)

	for _, r := range all {
		r.stop()
	}
	w.clock.advance(7*24*time.Hour + time.Hour) // over a Monday
	w.countedTo(monday.AddDate(0, 0, 7), 501, 150)
	w.onDatabase(database, 3)
	w.await("the digest that was missed", func() bool { return len(w.posts(finOps)) == 2 })
	says(t, w.posts(finOps)[1], "1 over", "North America Bandwidth", "100%")
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 2)
}

// countedTo sets November's usage to that many terabytes up to the beginning of a day.
func (w *world) countedTo(at time.Time, northAmerica, asia float64) {
	w.fastly.Set(bandwidth(at, "North America", northAmerica), bandwidth(at, "Asia", asia))
}

// monday is nine o'clock in Berlin.
var monday = time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)

const closeRules = `
time_zone: Europe/Berlin
defaults: {channel: cdn-budget}
teams:
  media: {services: ["media-*"], channel: cdn-budget}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 1 TB}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 900 PB}
  - {name: monthly-bill, title: Fastly's Bill, budget: 100000000 USD}
digests:
  - {name: close, channel: finops-private, when: month-close, shows: [final, forecast-record]}
  - {name: teams, channel: finops-private, when: month-close, shows: [teams, movers]}
`

// thirdOfDecember is nine o'clock in Berlin on the third working day.
var thirdOfDecember = time.Date(2026, time.December, 3, 8, 0, 0, 0, time.UTC)

// invoiced makes the account one that gets invoices; November's comes that many days after its end.
func invoiced(days int) worldOption {
	return func(_ *slacksim.Config, customer *fastlysim.Config) {
		customer.Account.Invoices = account.DefaultInvoicing()
		customer.Account.Invoices.Late = map[string]time.Duration{"2026-11": time.Duration(days) * 24 * time.Hour}
	}
}

// inNovember starts a service on the 20th, and lets it see an estimate of the bill.
func (w *world) inNovember() *running {
	w.t.Helper()
	w.writeRules(closeRules)
	w.hurry(20)
	r := w.start()
	w.awaitChecks(2)
	w.clock.advance(2 * time.Hour)
	w.await("an estimate that is kept", func() bool {
		kept, err := r.service.Store.LastEstimate(w.soon(), billing.NewMonth(2026, time.November))
		return err == nil && kept != nil
	})
	return r
}

// TestAMonthIsClosedOnce: with its invoice there, in one message for two digests, and its figures as a file below it.
func TestAMonthIsClosedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps, invoiced(2))
	r := w.inNovember()
	w.clock.advance(thirdOfDecember.Sub(w.clock.Now()) + time.Minute)
	m := w.message(finOps, "November is closed: 1 of 3 budgets went over")
	says(t, m, "North America Bandwidth ended at ", "The invoice for November is", "the last estimate, as of", "digest `close+teams`",
		"*Teams*", "• media: ", "about $", "*What Changed Most*", "Per day, November was")
	w.await("the file", func() bool { return len(w.posts(finOps)) == 2 })
	file := w.posts(finOps)[1]
	if file.ThreadTS != m.TS || len(file.Files) != 1 {
		t.Errorf("the file is not below the message: %+v", file)
	}
	w.awaitChecks(manyChecks)
	w.clock.advance(3 * time.Hour)
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 2)

	pressed := w.answer(w.presses(alice, m, "ask:team"))
	says(t, pressed, "by Team, November 2026", "media")
	if len(w.posts(finOps)) != 2 {
		t.Error("an answer to one person is a message in the channel")
	}
	r.stop()
}

// TestALateInvoiceIsToldInTheThread: when it comes, and each time that it is corrected, once.
func TestALateInvoiceIsToldInTheThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps, invoiced(10))
	r := w.inNovember()
	w.clock.advance(thirdOfDecember.Sub(w.clock.Now()) + time.Minute)
	m := w.message(finOps, "November is closed: 1 of 2 budgets went over")
	says(t, m, "The invoice for November is not in yet", "Fastly's last estimate", "One cost budget is waiting for it.")
	w.await("the file", func() bool { return len(w.posts(finOps)) == 2 })

	r.stop()
	w.clock.advance(8 * 24 * time.Hour)
	r = w.start()
	late := w.message(finOps, "The invoice for November is in: *$")
	says(t, late, "the last estimate, as of", "Fastly's Bill ended at")
	if late.ThreadTS != m.TS || late.Broadcast {
		t.Errorf("the invoice is in the thread %q, broadcast %t, want %q and false", late.ThreadTS, late.Broadcast, m.TS)
	}
	if err := w.fastly.Restate("2026-11", "cdn_usage", "Asia Requests", decimal.NewFromFloat(1.5)); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(3 * time.Hour)
	says(t, w.message(finOps, "Fastly corrected the invoice for November"), "and not $")
	w.clock.advance(3 * time.Hour)
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 4)
	r.stop()
}

// TestACorrectedMonthIsToldAsAnAccount: the invoice that was told of in the close is taken back by a credit note and issued again, in halves, of
// which one is void. Each state is told once, in the thread, with which statements count; what is asked has the same sum.
func TestACorrectedMonthIsToldAsAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps, invoiced(2))
	r := w.inNovember()
	w.clock.advance(thirdOfDecember.Sub(w.clock.Now()) + time.Minute)
	says(t, w.message(finOps, "November is closed"), "The invoice for November is")
	w.await("the file", func() bool { return len(w.posts(finOps)) == 2 })
	due := func() string { return billing.Cost("USD").Format(w.fastly.Due("2026-11")) }
	told := func(n int, what string, words ...string) {
		t.Helper()
		w.clock.advance(3 * time.Hour)
		says(t, w.message(finOps, "Fastly corrected the invoice for November: *"+due()+"*", what), words...)
		w.awaitChecks(manyChecks)
		w.expectPosts(finOps, n)
	}
	one := decimal.NewFromInt(1)
	first := w.fastly.Invoice("2026-11").ID
	note, err := w.fastly.CreditNote(first, one)
	if err != nil {
		t.Fatal(err)
	}
	told(3, note.ID+" takes back "+first+", and neither counts.", "(no statement counts)", "Fastly's Bill ended at 0% of $100,000,000.")

	corrected, err := w.fastly.IssueAgain(first, decimal.New(95, -2))
	if err != nil {
		t.Fatal(err)
	}
	told(4, "("+corrected.ID+") instead of $0", note.ID+" takes back "+first)

	if _, err := w.fastly.CreditNote(corrected.ID, decimal.New(1, -1)); err != nil {
		t.Fatal(err)
	}
	told(5, "are all of this month, and are added up.", "and not "+billing.Cost("USD").Format(corrected.Amount))

	withdrawn, err := w.fastly.IssueAgain(corrected.ID, decimal.New(9, -1))
	if err == nil {
		err = w.fastly.Void(withdrawn.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.clock.advance(3 * time.Hour)
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 5) // what is void changes nothing
	says(t, w.asks("/usage 2026-11 cost"), due()+": ", withdrawn.ID+" is void, and does not count", note.ID+" takes back "+first)
	r.stop()
}
