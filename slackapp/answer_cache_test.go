package slackapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/billing/source"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/webapi"
)

// reads counts how often usage is read: an answer that is drawn reads it, one that was kept does not.
type reads struct {
	*source.Cache
	count atomic.Int64
}

func (r *reads) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	r.count.Add(1)
	return r.Cache.Read(ctx, months)
}

// counted counts what the world's app reads from now on.
func (w *world) counted() *reads {
	r := &reads{Cache: w.app.Usage.(*source.Cache)}
	w.app.Usage = r
	return r
}

// asks is what the app makes of a question, without a socket.
func asks(a *App, user, channel, text string) result {
	return a.usage(context.Background(), commandRequest(a, &slack.SlashCommand{
		TeamID: a.Team.ID, UserID: user, ChannelID: channel, Command: a.UsageCommand, Text: text,
	}), text)
}

// sent is all that of a result goes to Slack or to the log.
func sent(r result) []string {
	return []string{string(r.outcome), r.message.Text, string(r.message.JSON)}
}

const (
	winter  = "2023-01..2023-03 cdn_usage"
	january = "2023-01 cdn_usage"
)

var winterMonths = billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.March)}

const teamsText = "teams: {shop: {services: [www], channel: cdn-budget, owners: [alice]}}\n"

func rulesWith(t *testing.T, text string) *rules.Rules {
	t.Helper()
	rules, err := rulesfile.Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestAnAnswerIsKeptWhileItWouldBeDrawnTheSame(t *testing.T) {
	nothing := func(*testing.T, *world, *reads) {}
	for _, test := range []struct {
		name                string
		between             func(*testing.T, *world, *reads)
		user, channel, text string
		drawn               bool
	}{
		{"the same question is answered with what was drawn before", nothing, alice, cdn, winter, false},
		{"also of somebody else", nothing, boris, cdn, winter, false},
		{"also in another channel where it may be shared", nothing, alice, general, winter, false},
		{"another question is drawn", nothing, alice, cdn, "2023-01..2023-02 cdn_usage", true},
		{"where it may not be shared it is drawn without the button", nothing, alice, secret, winter, true},
		{"within the minute it stays", func(_ *testing.T, w *world, _ *reads) { w.clock.advance(59 * time.Second) }, alice, cdn, winter, false},
		{"in the next minute it is drawn anew", func(_ *testing.T, w *world, _ *reads) { w.clock.advance(time.Minute) }, alice, cdn, winter, true},
		{"once there are teams it is drawn with their button", func(t *testing.T, w *world, _ *reads) {
			w.rules = rulesWith(t, teamsText+rulesText)
		}, alice, cdn, winter, true},
		{"once it may no longer be shared it is drawn without the button", func(_ *testing.T, w *world, _ *reads) {
			w.rules.Access.Share = []rules.Place{{ID: general}}
		}, alice, cdn, winter, true},
		{"after a check has read one of the months it is drawn anew", func(t *testing.T, _ *world, r *reads) {
			if _, err := r.Afresh().Usage(t.Context(), billing.One(winterMonths.First)); err != nil {
				t.Fatal(err)
			}
		}, alice, cdn, winter, true},
		{"also of the month before a single month, which it is compared with", func(t *testing.T, w *world, r *reads) {
			asks(w.app, alice, cdn, january)
			asks(w.app, alice, cdn, january)
			if _, err := r.Afresh().Usage(t.Context(), billing.One(winterMonths.First.Add(-1))); err != nil {
				t.Fatal(err)
			}
		}, alice, cdn, january, true},
		{"a check of other months leaves it", func(t *testing.T, _ *world, r *reads) {
			if _, err := r.Afresh().Usage(t.Context(), billing.One(winterMonths.Last.Add(1))); err != nil {
				t.Fatal(err)
			}
		}, alice, cdn, winter, false},
		{"after all that was read is let go of it is drawn anew", func(_ *testing.T, _ *world, r *reads) { r.Forget() }, alice, cdn, winter, true},
		{"also once the months are read again", func(t *testing.T, _ *world, r *reads) {
			r.Forget()
			if _, err := r.Cache.Read(t.Context(), winterMonths); err != nil {
				t.Fatal(err)
			}
		}, alice, cdn, winter, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Access.Share = []rules.Place{{ID: cdn}, {ID: general}}
			r := w.counted()
			asks(w.app, alice, cdn, winter) // reads the months
			asks(w.app, alice, cdn, winter) // and is drawn of what is held
			test.between(t, w, r)
			before := r.count.Load()
			got := asks(w.app, test.user, test.channel, test.text)
			if drawn := r.count.Load() > before; drawn != test.drawn {
				t.Errorf("drawn is %t", drawn)
			}
			if diff := cmp.Diff(sent(asks(New(w.app.Config), test.user, test.channel, test.text)), sent(got)); diff != "" {
				t.Errorf("it is not what is drawn now (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsMadeOfMoreThanTheMonthsIsNotKept(t *testing.T) {
	for _, test := range []struct {
		name, text string
		before     func(*world)
	}{
		{"the month that runs, which is compared with the record", "2026-11", nil},
		{"a range that reaches into it", "2026-10..2026-11", nil},
		{"a month that ended a day ago, and may still be counted", "2026-10", func(w *world) {
			w.clock.advance(-now.Sub(time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)))
		}},
		{"services", "2023-01 cdn_usage by service", nil},
		{"teams", "2023-01 cdn_usage by team", nil},
		{"costs, whatever is held of usage", "2023-01 cost", func(w *world) { asks(w.app, alice, cdn, "2023-01") }},
		{"help", "help", nil},
		{"a mistake", "2023-01 cdn_usge", nil},
		{"figures that could not be read again", winter, func(w *world) {
			asks(w.app, alice, cdn, winter)
			w.clock.advance(25 * time.Hour)
			w.fastly.Fail(fastlysim.UsagePath, -1, fault.ServerError)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bills := &countedBills{}
			w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Bills = bills })
			w.rules = rulesWith(t, teamsText+rulesText)
			if test.before != nil {
				test.before(w)
			}
			r := w.counted()
			for range 3 {
				before := r.count.Load() + bills.count.Load()
				asks(w.app, alice, cdn, test.text)
				if r.count.Load()+bills.count.Load() == before {
					t.Fatal("it was kept")
				}
			}
		})
	}
}

// countedBills counts how often bills are read.
type countedBills struct{ count atomic.Int64 }

func (b *countedBills) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	b.count.Add(1)
	return billing.BillReading{Bills: []billing.Bill{{Month: winterMonths.First, Currency: "USD"}}}, nil
}

// Every kind of question that is kept, asked at the beginning of a minute, is answered to the byte as it would be drawn at its end.
func TestAKeptAnswerIsWhatWouldBeDrawn(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Uploads = true })
	w.rules.Access.Share = []rules.Place{{ID: cdn}}
	r := w.counted()
	found := 0
	check := func(at time.Time, channel, text string) {
		w.clock.advance(at.Sub(w.clock.Now()))
		asks(w.app, alice, channel, text) // reads the months
		asks(w.app, alice, channel, text)
		w.clock.advance(59 * time.Second)
		before := r.count.Load()
		got := asks(w.app, alice, channel, text)
		if r.count.Load() == before {
			found++
		}
		if diff := cmp.Diff(sent(asks(New(w.app.Config), alice, channel, text)), sent(got)); diff != "" {
			t.Fatalf("%q at %s (-drawn +kept):\n%s", text, at, diff)
		}
	}
	for _, at := range []time.Time{
		now,
		time.Date(2026, time.November, 3, 23, 59, 0, 0, time.UTC),  // the last minute in which October may still be counted
		time.Date(2026, time.November, 14, 23, 59, 0, 0, time.UTC), // the last in which it may be corrected
		time.Date(2026, time.December, 31, 23, 59, 0, 0, time.UTC), // the year's last
		time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC),     // the year's first
	} {
		for _, period := range []string{"2023-01", "2023-01..2023-03", "2026-10", "last month", "last 3 months", "2022-06..2023-05", "2012-01"} {
			for _, rest := range []string{"", "by type", "by region", "cdn_usage", "cdn_usage north america bandwidth", "top 3"} {
				check(at, cdn, period+" "+rest)
				check(at, general, period+" "+rest) // may not be shared there
			}
		}
	}
	if found < 300 {
		t.Errorf("only %d were kept", found)
	}
}

// A month that is restated again and again while many ask never makes an answer that is older than what was read before the question.
func TestAKeptAnswerIsNeverOlderThanWhatWasRead(t *testing.T) {
	from := &restated{}
	asked := billing.Range{First: billing.NewMonth(2022, time.December), Last: billing.NewMonth(2023, time.January)} // one month and the one before
	cache := source.NewCache(from, source.CacheConfig{Now: func() time.Time { return now }})
	defer cache.Close()
	set := someRules()
	app := New(Config{
		Team: webapi.Team{ID: "T0ACME001"}, Usage: cache, Rules: func() *rules.Rules { return set }, Budgets: &fakeBudgets{}, Now: func() time.Time { return now },
		Responses: &http.Client{},
	})
	const rounds = 40
	shows := map[string]int64{} // which restatement an answer shows
	for round := range int64(rounds) {
		from.figure.Store(round)
		cache.Forget()
		shows[asks(app, alice, cdn, "2023-01").message.Text] = round
	}
	if len(shows) != rounds {
		t.Fatalf("%d answers differ, want %d", len(shows), rounds)
	}
	from.figure.Store(0)
	var read, kept atomic.Int64
	counting := &reads{Cache: cache}
	app = New(app.Config)
	app.Usage = counting
	done := make(chan struct{})
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				before, count := read.Load(), counting.count.Load()
				got, known := shows[asks(app, alice, cdn, "2023-01").message.Text]
				if !known || got < before {
					t.Errorf("the answer is of %d (known: %t) after %d was read", got, known, before)
				}
				if counting.count.Load() == count {
					kept.Add(1)
				}
			}
		})
	}
	for round := range int64(rounds) {
		from.figure.Store(round)
		if _, err := cache.Afresh().Usage(t.Context(), asked); err != nil {
			t.Error(err)
		}
		read.Store(round)
		for want := kept.Load() + 5; kept.Load() < want && !t.Failed(); { // some are answered with what is kept
			runtime.Gosched()
		}
	}
	close(done)
	asking.Wait()
}

// A clock that leaps forward and back leaves no answer behind that says how old its figures are.
func TestAnAnswerOfOldFiguresIsNotKeptWhateverTheClockSays(t *testing.T) {
	w := newWorld(t)
	w.app.Now = func() time.Time { return now }
	asks(w.app, alice, cdn, winter)
	w.fastly.Fail(fastlysim.UsagePath, -1, fault.ServerError)
	w.clock.advance(25 * time.Hour)
	if old := asks(w.app, alice, cdn, winter); !strings.Contains(string(old.message.JSON), "these figures are from") {
		t.Fatalf("the figures are not old: %s", old.message.JSON)
	}
	w.clock.advance(-25 * time.Hour)
	if got := asks(w.app, alice, cdn, winter); strings.Contains(string(got.message.JSON), "these figures are from") {
		t.Errorf("what was said of old figures was kept: %s", got.message.JSON)
	}
}

// restated is usage of one row, whose figure a test sets.
type restated struct {
	billing.Source
	figure atomic.Int64
}

func (r *restated) Usage(_ context.Context, months billing.Range) ([]billing.Usage, error) {
	figure := decimal.New(100+r.figure.Load(), 0)
	var rows []billing.Usage
	for _, m := range months.Months() {
		rows = append(rows, billing.Usage{
			Month: m, Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Unit: "gb", Quantity: figure,
			Raw: decimal.NewNullDecimal(figure.Shift(9)),
		})
	}
	return rows, nil
}

func TestKeptAnswersAreBounded(t *testing.T) {
	var a keptAnswers
	for i := range 10 * maxKept {
		a.keep(asking{text: fmt.Sprint(i)}, keptAnswer{})
		if len(a.of) > maxKept {
			t.Fatalf("%d are kept", len(a.of))
		}
	}
}

// posting is what a response_url is sent.
type posting struct {
	Text   string
	Blocks []json.RawMessage
}

// What Slack refuses is told more simply, also where it was kept.
func TestAKeptAnswerIsToldMoreSimplyWhereItIsRefused(t *testing.T) {
	w := newWorld(t)
	r := w.counted()
	for range 2 {
		asks(w.app, alice, cdn, winter)
	}
	before := r.count.Load()
	kept := asks(w.app, alice, cdn, winter)
	if r.count.Load() != before {
		t.Fatal("it was drawn")
	}
	for range 2 {
		var got []posting
		box := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var p posting
			if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
				t.Error(err)
			}
			if got = append(got, p); len(got) < 3 {
				http.Error(w, "invalid_blocks", http.StatusBadRequest)
			}
		}))
		t.Cleanup(box.Close)
		w.app.SlackURL = box.URL
		way := commandRequest(w.app, &slack.SlashCommand{ResponseURL: box.URL, ChannelID: cdn, UserID: alice}).reply
		if err := way.Tell(t.Context(), kept.message); err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 || len(got[0].Blocks) < 3 || len(got[2].Blocks) > 0 || !strings.Contains(got[2].Text, "Asia Bandwidth") {
			t.Errorf("posted %+v", got)
		}
	}
}
