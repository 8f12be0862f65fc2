package service_test

import (
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/slacksim"
)

const finOps = "C0FINOPS1"

func withFinOps(workspace *slacksim.Config, _ *fastlysim.Config) {
	workspace.Channels = append(workspace.Channels, slacksim.Channel{ID: finOps, Name: "finops-private", BotMember: true})
}

const mondayRules = servicetest.Rules + `
time_zone: Europe/Berlin
digests:
  - {name: monday, channel: finops-private, schedule: "0 9 * * 1"}
`

// TestAMondayDigestIsPostedOnce: by three replicas, over a restart, and after a Monday that was missed.
func TestAMondayDigestIsPostedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps, servicetest.OnMachineNetwork)
	w.WriteRules(mondayRules)
	w.countedTo(monday, 300, 50)
	database, _ := w.Postgres()
	all := w.startOn(database, 3)
	w.AwaitChecks(2)
	w.ExpectPosts(finOps, 0)

	w.Clock.Advance(monday.Sub(w.Clock.Now()) + time.Minute)
	m := w.Message(finOps, "November Budgets")
	w.Says(m, "No budget is over or close to its limit: 2 on course", "What Changed Most", "digest `monday`", "Data to Nov 23, 01:00 CET")
	w.AwaitChecks(5)
	w.ExpectPosts(finOps, 1)
	for _, r := range all {
		r.Stop()
	}
	all = w.startOn(database, 3)
	w.AwaitChecks(5)
	w.ExpectPosts(finOps, 1)

	for _, r := range all {
		r.Stop()
	}
	w.Clock.Advance(7*24*time.Hour + time.Hour) // over a Monday
	w.countedTo(monday.AddDate(0, 0, 7), 501, 150)
	w.startOn(database, 3)
	w.AwaitPosts(finOps, 2)
	w.Says(w.Posts(finOps)[1], "1 over", "North America Bandwidth", "100%")
	w.AwaitChecks(5)
	w.ExpectPosts(finOps, 2)
}

// countedTo sets November's usage to that many terabytes up to the beginning of a day.
func (w *world) countedTo(at time.Time, northAmerica, asia float64) {
	w.Fastly.Set(servicetest.Bandwidth(at, "North America", northAmerica), servicetest.Bandwidth(at, "Asia", asia))
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
func invoiced(days int) servicetest.Option {
	return func(_ *slacksim.Config, customer *fastlysim.Config) {
		customer.Account.Invoices = account.DefaultInvoicing()
		customer.Account.Invoices.Late = map[string]time.Duration{"2026-11": time.Duration(days) * 24 * time.Hour}
	}
}

// inNovember starts a service on the 20th, and lets it see an estimate of the bill.
func (w *world) inNovember() *servicetest.Running {
	w.T.Helper()
	w.Clock.Run(1) // a check of this account is much work
	w.WriteRules(closeRules)
	r := w.Start()
	w.AwaitChecks(2)
	w.Clock.Advance(2 * time.Hour)
	w.Await("an estimate that is kept", func() bool {
		kept, err := r.Service.Store.LastEstimate(w.Soon(), billing.NewMonth(2026, time.November))
		return err == nil && kept != nil
	})
	return r
}

// TestAMonthIsClosedOnce: with its invoice there, in one message for two digests, and its figures as a file below it.
func TestAMonthIsClosedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, withFinOps, invoiced(2))
		r := w.inNovember()
		w.Clock.Advance(thirdOfDecember.Sub(w.Clock.Now()) + time.Minute)
		m := w.Message(finOps, "November is closed: 1 of 3 budgets went over")
		w.Says(m, "North America Bandwidth ended at ", "The invoice for November is", "the last estimate, as of", "digest `close+teams`",
			"*Teams*", "• media: ", "about $", "*What Changed Most*", "Usage for November cost *about $", "No usage type moved it by as much as 1%.")
		w.AwaitPosts(finOps, 2)
		file := w.Posts(finOps)[1]
		if file.ThreadTS != m.TS || len(file.Files) != 1 {
			t.Errorf("the file is not below the message: %+v", file)
		}
		w.AwaitChecks(5)
		w.Clock.Advance(3 * time.Hour)
		w.AwaitChecks(5)
		w.ExpectPosts(finOps, 2)

		pressed := w.Answer(w.Presses(alice, m, "ask:team"))
		w.Says(pressed, "by Team, November 2026", "media")
		if len(w.Posts(finOps)) != 2 {
			t.Error("an answer to one person is a message in the channel")
		}
		r.Stop()
	})
}

// TestALateInvoiceIsPostedInTheThread: when it comes, and each time that it is corrected, once.
func TestALateInvoiceIsPostedInTheThread(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, withFinOps, invoiced(10))
		r := w.inNovember()
		w.Clock.Advance(thirdOfDecember.Sub(w.Clock.Now()) + time.Minute)
		m := w.Message(finOps, "November is closed: 1 of 2 budgets went over")
		w.Says(m, "The invoice for November isn't in yet", "Fastly's last estimate", "1 cost budget is waiting for it.")
		w.AwaitPosts(finOps, 2)

		r.Stop()
		w.Clock.Advance(8 * 24 * time.Hour)
		r = w.Start()
		late := w.Message(finOps, "The invoice for November is in: *$")
		w.Says(late, "the last estimate, as of", "Fastly's Bill ended at")
		if late.ThreadTS != m.TS || late.Broadcast {
			t.Errorf("the invoice is in the thread %q, broadcast %t, want %q and false", late.ThreadTS, late.Broadcast, m.TS)
		}
		if err := w.Fastly.Restate("2026-11", "cdn_usage", "Asia Requests", decimal.NewFromFloat(1.5)); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(3 * time.Hour)
		w.Says(w.Message(finOps, "Fastly corrected the invoice for November"), ") instead of $")
		w.Clock.Advance(3 * time.Hour)
		w.AwaitChecks(5)
		w.ExpectPosts(finOps, 4)
		r.Stop()
	})
}

// TestACorrectedMonthIsPostedAsAnAccount: a credit note cancels the invoice that the close reported, and Fastly issues it again in halves, one of
// them void. The thread reports each state once, with the statements that count; a question gets the same sum.
func TestACorrectedMonthIsPostedAsAnAccount(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, withFinOps, invoiced(2))
		r := w.inNovember()
		w.Clock.Advance(thirdOfDecember.Sub(w.Clock.Now()) + time.Minute)
		w.Says(w.Message(finOps, "November is closed"), "The invoice for November is")
		w.AwaitPosts(finOps, 2)
		due := func() string { return billing.Cost("USD").Format(w.Fastly.Due("2026-11")) }
		told := func(n int, what string, words ...string) {
			t.Helper()
			w.Clock.Advance(3 * time.Hour)
			w.Says(w.Message(finOps, "Fastly corrected the invoice for November: *"+due()+"*", what), words...)
			w.AwaitChecks(5)
			w.ExpectPosts(finOps, n)
		}
		one := decimal.NewFromInt(1)
		first := w.Fastly.Invoice("2026-11").ID
		note, err := w.Fastly.CreditNote(first, one)
		if err != nil {
			t.Fatal(err)
		}
		told(3, note.ID+" cancels "+first+", so neither counts.", "(no statement counts)", "Fastly's Bill ended at 0% of $100,000,000.")

		corrected, err := w.Fastly.IssueAgain(first, decimal.New(95, -2))
		if err != nil {
			t.Fatal(err)
		}
		told(4, "("+corrected.ID+") instead of $0", note.ID+" cancels "+first)

		if _, err := w.Fastly.CreditNote(corrected.ID, decimal.New(1, -1)); err != nil {
			t.Fatal(err)
		}
		told(5, "are all of this month, and are added up.", "instead of "+billing.Cost("USD").Format(corrected.Amount))

		withdrawn, err := w.Fastly.IssueAgain(corrected.ID, decimal.New(9, -1))
		if err == nil {
			err = w.Fastly.Void(withdrawn.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(3 * time.Hour)
		w.AwaitChecks(5)
		w.ExpectPosts(finOps, 5) // what is void changes nothing
		w.Says(w.Asks("/usage 2026-11 cost"), due()+": ", withdrawn.ID+" is void, and does not count", note.ID+" cancels "+first)
		r.Stop()
	})
}
