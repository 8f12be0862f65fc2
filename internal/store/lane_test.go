package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/query"
)

// TestWhatAnAttemptMeansForItsChannel: when the channel's next message and next edit may go, and when the delivery itself is tried again.
func TestWhatAnAttemptMeansForItsChannel(t *testing.T) {
	t.Parallel()
	const pace, long = time.Second, -time.Hour
	later := &deliver.RetryLater{After: 30 * time.Second, Err: errors.New("rate limited")}
	refused := &deliver.BrokenRoute{Channel: "shop", Reason: "is_archived"}
	type when struct{ post, edit, retry time.Duration } // from now on; long where it is past
	tests := []struct {
		name    string
		before  time.Duration // when the next message might go, from now on
		kind    alerts.DeliveryKind
		attempt int
		dropped bool
		verdict deliver.Verdict
		want    when
	}{
		{"the first message of a quiet channel leaves room for two more", long, alerts.DeliverParent, 1, false, sent(deliver.Attempt{}), when{-time.Second, long, long}},
		{"the second leaves room for one", -time.Second, alerts.DeliverParent, 1, false, sent(deliver.Attempt{}), when{0, long, long}},
		{"after the third the channel waits a second", 0, alerts.DeliverParent, 1, false, sent(deliver.Attempt{}), when{time.Second, long, long}},
		{"an edit is no message, and takes nobody's turn", 0, alerts.DeliverUpdate, 1, false, sent(deliver.Attempt{}), when{0, long, long}},
		{"what is dropped without a call takes nobody's turn", 0, alerts.DeliverBroadcast, 1, true, deliver.Verdict{State: alerts.DeliveryDropped}, when{0, long, long}},
		{
			"a message that Slack puts off holds back messages, and no edits", long, alerts.DeliverParent, 1, false,
			deliver.Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second, Err: later},
			when{30 * time.Second, long, long},
		},
		{
			"an edit that Slack puts off holds back edits, and no messages", long, alerts.DeliverUpdate, 1, false,
			deliver.Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second, Err: later},
			when{long, 30 * time.Second, long},
		},
		{
			"a channel that refuses rests as a whole, and the same message finds out", long, alerts.DeliverParent, 1, false,
			deliver.Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute, Err: refused},
			when{5 * time.Minute, 5 * time.Minute, long},
		},
		{
			"after four refusals of one message another one finds out", long, alerts.DeliverParent, 4, false,
			deliver.Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute, Err: refused},
			when{5 * time.Minute, 5 * time.Minute, 10 * time.Minute},
		},
		{
			"a lost answer rests the channel for five seconds, so that one message finds out that Slack hangs", long, alerts.DeliverParent, 1, false,
			deliver.Verdict{State: alerts.DeliveryPending, Err: errors.New("EOF")},
			when{doubtPause, doubtPause, time.Second},
		},
		{
			"a lost answer that is to be waited for longer is waited for by its message alone", long, alerts.DeliverParent, 1, false,
			deliver.Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second, Unsettled: true, Err: errors.New("EOF")},
			when{doubtPause, doubtPause, 30 * time.Second},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := deliver.Attempt{Delivery: alerts.Delivery{Kind: test.kind, Attempts: test.attempt}, Superseded: test.dropped}
			lane := query.Lane{PostAt: millis(noon.Add(test.before)), EditAt: millis(noon.Add(long))}
			postAt, editAt := laneAfter(lane, a, test.verdict, noon, pace)
			retry := retryAt(a, test.verdict, noon)
			near := func(what string, ms int64, want time.Duration) {
				t.Helper()
				if off := instant(ms).Sub(noon.Add(want)).Abs(); off > want.Abs()/5 {
					t.Errorf("%s at %s, want %s", what, instant(ms).Sub(noon), want)
				}
			}
			near("messages", postAt, test.want.post)
			near("edits", editAt, test.want.edit)
			if test.want.retry == long {
				if retry != 0 {
					t.Errorf("it is tried again at %s, want when its channel may", instant(retry).Sub(noon))
				}
				return
			}
			near("it is tried again", retry, test.want.retry)
		})
	}
}

// TestAChannelHasOneDeliveryUnderWay: across replicas, while channels go beside one another.
func TestAChannelHasOneDeliveryUnderWay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		const each = 12
		channels := []string{"a", "b", "c"}
		var mu sync.Mutex
		under, most, all := map[string]int{}, 0, 0
		done, beside := make(chan string, len(channels)*each), make(chan struct{})
		handler := script{attempt: func(ctx context.Context, a deliver.Attempt) deliver.Verdict {
			mu.Lock()
			under[a.Channel]++
			if under[a.Channel] > 1 {
				t.Errorf("%d deliveries to %s are under way", under[a.Channel], a.Channel)
			}
			total := 0
			for _, n := range under {
				total += n
			}
			all++
			if total > most && total == 2 {
				close(beside)
			}
			most = max(most, total)
			mu.Unlock()
			select {
			case <-beside: // another channel's is under way too
			case <-ctx.Done():
			}
			mu.Lock()
			under[a.Channel]--
			mu.Unlock()
			done <- a.ID
			return sent(a)
		}}
		stores := openReplicas(t, url)
		var deliveries []alerts.Delivery
		for i := range each {
			for _, channel := range channels {
				deliveries = append(deliveries, parent(fmt.Sprintf("%s%02d", channel, i), channel))
			}
		}
		enqueue(t, stores[0], deliveries...)
		for _, s := range stores {
			start(t, s, handler)
		}
		var order []string
		for range deliveries {
			if id := next(t, "every delivery", done); id[0] == 'a' {
				order = append(order, id)
			}
		}
		if !slices.IsSorted(order) {
			t.Errorf("one channel's went in the order %v", order)
		}
		if mu.Lock(); most < 2 || all != len(deliveries) {
			t.Errorf("at most %d were under way at once, and %d in all; want channels beside one another, and %d", most, all, len(deliveries))
		}
		mu.Unlock()
	})
}

// TestABacklogDelaysNoOtherChannel: whatever is wrong with a channel in which a thousand deliveries wait.
func TestABacklogDelaysNoOtherChannel(t *testing.T) {
	t.Parallel()
	const waiting = 1000
	broken := deliver.Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute, Err: &deliver.BrokenRoute{Channel: "a", Reason: "is_archived"}}
	limited := deliver.Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second, Err: &deliver.RetryLater{After: 30 * time.Second, Err: errors.New("429")}}
	tests := []struct {
		name string
		call func(ctx context.Context, a deliver.Attempt) deliver.Verdict
		most int32 // calls for the channel meanwhile
	}{
		{"it refuses us", func(context.Context, deliver.Attempt) deliver.Verdict { return broken }, 1},
		{"Slack asks to wait", func(context.Context, deliver.Attempt) deliver.Verdict { return limited }, 1},
		{"a call hangs", func(ctx context.Context, _ deliver.Attempt) deliver.Verdict {
			<-ctx.Done()
			return deliver.Verdict{State: alerts.DeliveryPending, Err: ctx.Err()}
		}, 1},
		{"nothing, but that it takes a message a second", func(_ context.Context, a deliver.Attempt) deliver.Verdict { return sent(a) }, burst + 8},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s := openWith(t, Config{URL: url, PostEvery: time.Second})
				var calls atomic.Int32
				began, other := make(chan bool, waiting), make(chan string, 1)
				start(t, s, script{
					attempt: func(ctx context.Context, a deliver.Attempt) deliver.Verdict {
						if a.Channel == "b" {
							other <- a.ID
							return sent(a)
						}
						calls.Add(1)
						began <- true
						return test.call(ctx, a)
					},
					notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false },
				})
				deliveries := make([]alerts.Delivery, waiting)
				for i := range deliveries {
					deliveries[i] = parent(fmt.Sprintf("a%04d", i), "a")
				}
				enqueue(t, s, deliveries...)
				next(t, "the first call", began)
				posted := time.Now()
				enqueue(t, s, parent("b1", "b"))
				next(t, "the other channel's alert", other)
				if took := time.Since(posted); took > 5*time.Second {
					t.Errorf("it waited %s, want at most 5s", took)
				}
				if n := calls.Load(); n > test.most {
					t.Errorf("%d calls for the channel with the backlog, want at most %d", n, test.most)
				}
			})
		})
	}
}

// TestAChannelThatMendsGetsWhatWaitedInOrder: at once, and none of the others was tried before.
func TestAChannelThatMendsGetsWhatWaitedInOrder(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, took := openAt(t, url), make(chan deliver.Attempt, 10)
		var broken atomic.Bool
		broken.Store(true)
		handler := refusing("shop", &broken)
		refuse := handler.attempt
		handler.attempt = func(ctx context.Context, a deliver.Attempt) deliver.Verdict {
			v := refuse(ctx, a)
			if v.State == alerts.DeliverySent && a.Channel == "shop" {
				took <- a
			}
			return v
		}
		enqueue(t, s, parent("r1", "shop"), parent("r2", "shop"), parent("r3", "shop"))
		start(t, s, handler)
		awaitState(t, s, "r1", alerts.DeliveryBroken)
		if got := must(s.QueueDepth(t.Context()))(t); got.Broken != 3 {
			t.Errorf("backlog = %+v, want three that wait for the channel", got)
		}
		broken.Store(false)
		for i, want := range []string{"r1", "r2", "r3"} {
			if a := next(t, "the next", took); a.ID != want || i > 0 && a.Attempts != 1 {
				t.Errorf("attempt %d of %s, want the first of %s", a.Attempts, a.ID, want)
			}
		}
	})
}

// TestAnOutcomeThatComesTooLateDecidesNothing: a process that stood still while another one took over may only add that Slack has the
// message.
func TestAnOutcomeThatComesTooLateDecidesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, ctx := openAt(t, url), t.Context()
		enqueue(t, s, parent("r1", "cdn-budget"))
		first := must(s.dispatcher.begin(ctx, "cdn-budget"))(t)
		on(t, s, "UPDATE delivery SET begun_at = 1, retry_at = 0")
		on(t, s, "UPDATE lane SET busy_until = 1")
		second := must(s.dispatcher.begin(ctx, "cdn-budget"))(t)
		if first == nil || second == nil || second.Attempts != 2 || !second.Unsettled {
			t.Fatalf("the second attempt is %+v", second)
		}
		if err := s.dispatcher.record(ctx, *first, deliver.Verdict{State: alerts.DeliveryPending, Err: errors.New("EOF")}); err != nil {
			t.Fatal(err)
		}
		row := must(s.queries.Delivery(ctx, "r1"))(t)
		if row.BegunAt == 0 || row.Error != "" || row.Attempts != 2 || !row.Unsettled {
			t.Errorf("after the late outcome: %+v, want the second attempt under way", row)
		}
		if third := must(s.dispatcher.begin(ctx, "cdn-budget"))(t); third != nil {
			t.Errorf("a third attempt begins beside the second: %+v", third)
		}
		if err := s.dispatcher.record(ctx, *first, sent(first.Attempt)); err != nil {
			t.Fatal(err)
		}
		if err := s.dispatcher.record(ctx, *second, deliver.Verdict{State: alerts.DeliveryPending, Err: errors.New("EOF")}); err != nil {
			t.Fatal(err)
		}
		if d := delivery(t, s, "r1"); d.State != alerts.DeliverySent || d.Receipt != sent(first.Attempt).Receipt {
			t.Errorf("delivery = %+v, want it posted, as the late receipt proves", d)
		}
	})
}

// TestADeliveryThatCannotBeReadIsSetAside: loudly; its alerts are given back, and what waited behind it goes on.
func TestADeliveryThatCannotBeReadIsSetAside(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var log journal
		s, attempts := openWith(t, Config{URL: url, Log: log.logger()}), make(chan deliver.Attempt, 10)
		broadcast := parent("up1", "cdn-budget")
		broadcast.Kind, broadcast.ParentID = alerts.DeliverBroadcast, "r1"
		posted := alert("na-bandwidth", 80)
		posted.DeliveryID = "r1"
		record(t, s, alerts.Outcome{
			At: noon, BudgetStates: []alerts.BudgetState{budgetState("na-bandwidth")}, Alerts: []alerts.Alert{posted},
			Deliveries: []alerts.Delivery{parent("r1", "cdn-budget"), broadcast, parent("r2", "cdn-budget")},
		})
		on(t, s, "UPDATE delivery SET message = '{' WHERE id = 'r1'")
		start(t, s, sends(attempts))
		got := map[string]bool{}
		for range 2 {
			a := next(t, "what waited behind it", attempts)
			got[a.ID] = a.ParentGone
		}
		if diff := cmp.Diff(map[string]bool{"up1": true, "r2": false}, got); diff != "" {
			t.Errorf("attempts, and whether their root is gone (-want +got):\n%s", diff)
		}
		if n := count(t, s, "SELECT count(*) FROM alert"); n != 0 {
			t.Errorf("%d thresholds count as posted that nobody has seen", n)
		}
		kept := deliveries(t, s, "state = 'unreadable'")
		if len(kept) != 1 || kept[0].ID != "r1" || kept[0].Rule != "na-bandwidth" || kept[0].Error == "" {
			t.Errorf("set aside: %+v, want r1 with the reason", kept)
		}
		if n := must(s.Unreadable(t.Context()))(t); n != 1 || log.count(`"level":"error"`) != 1 {
			t.Errorf("%d are set aside, and the log says so %d times; want 1 and 1", n, log.count(`"level":"error"`))
		}
	})
}

// TestAClockThatDiffersFromTheDatabasesIsReported once, and the leases go by the database's.
func TestAClockThatDiffersFromTheDatabasesIsReported(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var log journal
		ahead := openWith(t, Config{URL: url, Log: log.logger()})
		ahead.now = func() time.Time { return time.Now().Add(40 * time.Second) }
		if claimed := must(claimCheck(ahead, t.Context(), "a", noon, time.Hour, 30*time.Second))(t); !claimed {
			t.Fatal("not claimed")
		}
		if claimed := must(claimCheck(ahead, t.Context(), "b", noon, time.Hour, 30*time.Second))(t); claimed {
			t.Error("a clock that is ahead took a claim that still holds")
		}
		for range 2 {
			if err := ahead.sweepOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := log.count("clock differs"); n != 1 {
			t.Errorf("reported %d times, want once", n)
		}
	})
}
