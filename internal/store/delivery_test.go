package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

func TestDeliveryIsSentOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, sends(attempts))
		got := next(t, "the attempt", attempts)
		want := deliver.Attempt{Delivery: parent("r1", "cdn-budget")}
		want.Attempts, want.Mark = 1, alerts.MarkOf(want.Key(), 0)
		if diff := cmp.Diff(want, got, sameMonth, cmpopts.IgnoreFields(deliver.Attempt{}, "Due")); diff != "" {
			t.Errorf("attempt (-want +got):\n%s", diff)
		}
		d := awaitState(t, s, "r1", alerts.DeliverySent)
		if d.Receipt != sent(got).Receipt || d.Attempts != 1 || d.Error != "" {
			t.Errorf("delivery = %+v, want the receipt of its one attempt", d)
		}
		eventually(t, "its lane rests", func() bool { return lanes(t, s) == 0 })
	})
}

// TestAnOpenOutcomeBreaksTheRouteAndStaysOpen: where Slack has left a message's outcome open for long, its channel is reported, and what
// may have been posted is not withdrawn as if nobody could have seen it.
func TestAnOpenOutcomeBreaksTheRouteAndStaysOpen(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		posted := alert("na-bandwidth", 80)
		posted.DeliveryID = "r1"
		record(t, s, alerts.Outcome{At: noon, Alerts: []alerts.Alert{posted}, Deliveries: []alerts.Delivery{parent("r1", "cdn-budget")}})
		slack := answers(attempts, deliver.Verdict{
			State: alerts.DeliveryPending, Unsettled: true, Wait: time.Hour, Err: &deliver.BrokenRoute{Channel: "cdn-budget", Reason: "internal_error"},
		})
		slack.notice = func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }
		start(t, s, slack)
		next(t, "the attempt", attempts)
		eventually(t, "the route is broken", func() bool { return len(must(s.Routes(t.Context()))(t)) > 0 })
		if got := must(s.Routes(t.Context()))(t)[0]; got.Reason != "internal_error" || got.Late {
			t.Errorf("the route is %+v", got)
		}
		if waiting := must(s.Waiting(t.Context(), november))(t); len(waiting) > 0 {
			t.Errorf("what may have been posted counts as unseen: %+v", waiting)
		}
	})
}

// TestWhatWaitsIsNotPosted: a threshold counts as posted once Slack has given a receipt for its message, and what is due and has waited for two
// minutes is reported, whatever it waits for.
func TestWhatWaitsIsNotPosted(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		posted := alert("na-bandwidth", 80)
		posted.DeliveryID = "r1"
		fresh, deferred, edit := parent("fresh", "finops"), parent("deferred", "shop-cdn"), refresh("edit", "r1", noon)
		deferred.NotBefore = time.Now().Add(time.Hour)
		edit.Channel = "edits"
		record(t, s, alerts.Outcome{At: noon, Alerts: []alerts.Alert{posted}, Deliveries: []alerts.Delivery{parent("r1", "cdn-budget"), fresh, deferred, edit}})
		since := time.Now().Add(-3 * time.Minute).Truncate(time.Millisecond)
		for _, id := range []string{"r1", "deferred", "edit"} {
			on(t, s, "UPDATE delivery SET queued_at = $1 WHERE id = $2", millis(since), id)
		}
		want := []alerts.RouteTrouble{{Channel: "cdn-budget", Late: true, Since: since.UTC(), Waiting: 1}}
		if diff := cmp.Diff(want, must(s.Routes(t.Context()))(t)); diff != "" {
			t.Errorf("what has waited for long (-want +got):\n%s", diff)
		}
		got := must(s.Alerts(t.Context(), posted.BudgetID))(t)[0]
		if got.Posted || got.Delivery != alerts.DeliveryPending || got.Channel != "cdn-budget" {
			t.Errorf("before its receipt the alert is %+v", got)
		}
		start(t, s, sends(make(chan deliver.Attempt, 10)))
		awaitState(t, s, "r1", alerts.DeliverySent)
		if got := must(s.Alerts(t.Context(), posted.BudgetID))(t)[0]; !got.Posted {
			t.Errorf("after its receipt the alert is %+v", got)
		}
		if got := must(s.Routes(t.Context()))(t); len(got) != 0 {
			t.Errorf("when all is posted, %+v waits", got)
		}
	})
}

func TestReplicasShareDeliveries(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		const n = 40
		stores, attempts := openReplicas(t, url), make(chan deliver.Attempt, 2*n)
		for _, s := range stores {
			start(t, s, sends(attempts))
		}
		var all []alerts.Delivery
		for i := range n {
			all = append(all, parent(fmt.Sprintf("r%02d", i), "cdn-budget"))
		}
		enqueue(t, stores[0], all...)
		seen := map[string]int{}
		for range n {
			seen[next(t, "every delivery", attempts).ID]++
		}
		eventually(t, "all are sent", func() bool { return must(stores[0].QueueDepth(t.Context()))(t) == Backlog{} })
		if len(seen) != n || len(attempts) != 0 {
			t.Errorf("%d of %d deliveries attempted, and %d of them again", len(seen), n, len(attempts))
		}
	})
}

// answers hands every attempt on and answers the nth attempt at a delivery with its nth verdict, and later ones as sent.
func answers(to chan<- deliver.Attempt, verdicts ...deliver.Verdict) script {
	return script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
		defer func() { to <- a }()
		if a.Attempts > len(verdicts) {
			return sent(a)
		}
		return verdicts[a.Attempts-1]
	}}
}

func TestFailedAttemptsAreRepeated(t *testing.T) {
	t.Parallel()
	later := deliver.Verdict{State: alerts.DeliveryPending, Wait: 1500 * time.Millisecond, Err: errors.New("asked to wait")}
	nameless := deliver.Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: errors.New("connection reset")}
	tests := []struct {
		name      string
		verdicts  []deliver.Verdict
		unsettled []bool // of each attempt
		pause     time.Duration
	}{
		{"where Slack asks to wait, after that wait, and its message is known not to be there", []deliver.Verdict{later}, []bool{false, false}, later.Wait},
		{"where the answer was lost, by backoff, and its message may be there", []deliver.Verdict{nameless}, []bool{false, true}, 900 * time.Millisecond},
		{"where the question whether it is there has to wait, it stays open", []deliver.Verdict{nameless, later}, []bool{false, true, true}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
				enqueue(t, s, parent("r1", "cdn-budget"))
				start(t, s, answers(attempts, test.verdicts...))
				var last time.Time
				for i, unsettled := range test.unsettled {
					a := next(t, "the attempt", attempts)
					if a.Attempts != i+1 || a.Unsettled != unsettled {
						t.Errorf("attempt %d: unsettled = %t, want attempt %d with %t", a.Attempts, a.Unsettled, i+1, unsettled)
					}
					if i > 0 && a.Error != test.verdicts[i-1].Err.Error() {
						t.Errorf("attempt %d knows the error %q, want %q", a.Attempts, a.Error, test.verdicts[i-1].Err)
					}
					if i > 0 && time.Since(last) < test.pause {
						t.Errorf("attempt %d came after %s, want at least %s", a.Attempts, time.Since(last), test.pause)
					}
					last = time.Now()
				}
				d := awaitState(t, s, "r1", alerts.DeliverySent)
				if d.Error != "" || must(s.QueueDepth(t.Context()))(t) != (Backlog{}) {
					t.Errorf("after it was sent: error %q", d.Error)
				}
			})
		})
	}
}

func TestAnswerThatCannotBeRecordedIsUnsettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var log journal
		s, attempts := openWith(t, Config{URL: url, Log: log.logger()}), make(chan deliver.Attempt, 10)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			if a.Attempts == 1 { // Slack has taken it, and then the database is gone
				on(t, s, "ALTER TABLE route RENAME TO route_gone") //nolint:contextcheck // not the attempt's context
			}
			attempts <- a
			return sent(a)
		}})
		next(t, "the first attempt", attempts)
		eventually(t, "the recording fails", func() bool {
			return log.count("delivery not recorded") == 1
		})
		if d := delivery(t, s, "r1"); d.State != alerts.DeliveryPending || d.Receipt.TS != "" {
			t.Errorf("delivery = %+v, want all of the recording undone", d)
		}
		on(t, s, "ALTER TABLE route_gone RENAME TO route")
		if a := next(t, "the second attempt", attempts); !a.Unsettled || a.Attempts != 2 {
			t.Errorf("attempt %d is unsettled = %t, want attempt 2 with true", a.Attempts, a.Unsettled)
		}
		awaitState(t, s, "r1", alerts.DeliverySent)
	})
}

func TestPanicIsUnsettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var log journal
		s := openWith(t, Config{URL: url, Log: log.logger()})
		attempts := make(chan deliver.Attempt, 10)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			attempts <- a
			if a.Attempts == 1 {
				panic("a view has a bug")
			}
			return sent(a)
		}})
		next(t, "the first attempt", attempts)
		if a := next(t, "the second attempt", attempts); !a.Unsettled {
			t.Error("the attempt after a panic is settled, want unsettled")
		}
		awaitState(t, s, "r1", alerts.DeliverySent)
		if log.count("delivery panicked") != 1 || log.count("delivery_test.go") == 0 {
			t.Errorf("the log has the panic %d times, want once with its stack", log.count("delivery panicked"))
		}
	})
}

func TestADeliveryKnowsItsParentAndWhatHasOvertakenIt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		old, same, newest := refresh("f1", "r1", noon), refresh("f2", "r1", noon.Add(time.Hour)), refresh("f3", "r1", noon.Add(time.Hour))
		broadcast, overtaken := parent("up2", "cdn-budget"), parent("up1", "cdn-budget")
		broadcast.Kind, broadcast.ParentID = alerts.DeliverBroadcast, "r1"
		overtaken.Kind, overtaken.ParentID = alerts.DeliverBroadcast, "r1"
		other, orphan := refresh("f4", "r2", noon.Add(-time.Hour)), refresh("f5", "unknown", noon)
		enqueue(t, s, parent("r1", "cdn-budget"), old, newest, same, overtaken, broadcast, other, orphan)
		on(t, s, "UPDATE delivery SET state = 'sent', channel_id = 'C1', ts = 'ts-r1', sent_at = $1 WHERE id = 'r1'", millis(noon))
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			attempts <- a
			if a.Superseded {
				return deliver.Verdict{State: alerts.DeliveryDropped}
			}
			return sent(a)
		}})
		type seen struct{ parent, superseded bool }
		want := map[string]seen{"f1": {true, true}, "f2": {true, true}, "f3": {true, false}, "up1": {true, true}, "up2": {true, false}, "f4": {}, "f5": {}}
		got := map[string]seen{}
		for range want {
			a := next(t, "every delivery", attempts)
			got[a.ID] = seen{a.Parent == alerts.Receipt{ChannelID: "C1", TS: "ts-r1", SentAt: noon}, a.Superseded}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(seen{})); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		awaitState(t, s, "f1", alerts.DeliveryDropped)
		awaitState(t, s, "f3", alerts.DeliverySent)
		eventually(t, "the lanes rest", func() bool { return lanes(t, s) == 0 })
	})
}

func TestTroubleIsLoggedWhenItChanges(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var log journal
		s, attempts := openWith(t, Config{URL: url, Log: log.logger()}), make(chan deliver.Attempt, 10)
		same := deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Millisecond, Err: errors.New("asked to wait")}
		refused := deliver.Verdict{State: alerts.DeliveryBroken, Wait: time.Millisecond, Err: errors.New("refused")}
		enqueue(t, s, parent("r1", "cdn-budget"))
		handler := answers(attempts, same, same, same, refused, refused)
		handler.notice = func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }
		start(t, s, handler)
		awaitState(t, s, "r1", alerts.DeliverySent)
		eventually(t, "the end is logged", func() bool { return log.count("route mended") > 0 })
		for phrase, want := range map[string]int{"delivery waits": 1, "route broken": 1, "route mended": 1, `"level":"warn"`: 2, `"level":"info"`: 1} {
			if got := log.count(phrase); got != want {
				t.Errorf("the log has %q %d times, want %d:\n%s", phrase, got, want, log.text.String())
			}
		}
	})
}

// refusing is a handler for which one channel refuses deliveries while broken is set.
func refusing(channel string, broken *atomic.Bool) script {
	return script{
		attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			if a.Channel != channel || !broken.Load() {
				return sent(a)
			}
			err := fmt.Errorf("post: %w", &deliver.BrokenRoute{Channel: channel, Reason: "not_in_channel"})
			return deliver.Verdict{State: alerts.DeliveryBroken, Wait: time.Second, Err: err}
		},
		notice: func(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool) {
			d := parent("notice-"+id, "operators")
			d.Kind, d.Message, d.CreatedAt = alerts.DeliverRoute, alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble}, now
			return d, true
		},
	}
}

func TestBrokenRouteIsReportedOnceAndMends(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		wall := noon.Add(time.Hour)
		s := openWith(t, Config{URL: url})
		s.setClock(func() time.Time { return wall })
		var broken atomic.Bool
		broken.Store(true)
		enqueue(t, s, parent("r1", "shop"))
		start(t, s, refusing("shop", &broken))
		d := awaitState(t, s, "r1", alerts.DeliveryBroken)
		if !strings.Contains(d.Error, "not_in_channel") {
			t.Errorf("error = %q, want Slack's reason", d.Error)
		}
		edit := parent("e1", "shop") // is kept too, and nothing that somebody waits for
		edit.Kind = alerts.DeliverUpdate
		enqueue(t, s, parent("r2", "shop"), edit, parent("r3", "cdn-budget"))
		awaitState(t, s, "r3", alerts.DeliverySent)
		eventually(t, "the first is tried again", func() bool { return delivery(t, s, "r1").Attempts > 1 })
		if n := delivery(t, s, "r2").Attempts; n != 0 {
			t.Errorf("the second was tried %d times beside the first, which finds out for both", n)
		}

		want := []alerts.RouteTrouble{{Channel: "shop", Reason: "not_in_channel", Since: wall, Waiting: 2}}
		if diff := cmp.Diff(want, must(s.Routes(t.Context()))(t)); diff != "" {
			t.Errorf("routes (-want +got):\n%s", diff)
		}
		if got := must(s.QueueDepth(t.Context()))(t); got.Broken != 3 || !got.Oldest.Equal(noon) {
			t.Errorf("backlog = %+v, want the three that are broken", got)
		}
		notices := deliveries(t, s, "channel = 'operators'")
		want[0].Waiting = 1
		if len(notices) != 1 || !cmp.Equal(*notices[0].Message.Route, want[0]) {
			t.Fatalf("notices = %+v, want one, of the first refusal", notices)
		}

		awaitState(t, s, notices[0].ID, alerts.DeliverySent)
		broken.Store(false)
		awaitState(t, s, "r1", alerts.DeliverySent)
		awaitState(t, s, "r2", alerts.DeliverySent)
		if got := must(s.Routes(t.Context()))(t); len(got) != 0 {
			t.Errorf("routes after the channel took both: %+v, want none", got)
		}
	})
}

// TestANoticeOfWhatIsOverIsNotPosted: the operators' channel was broken as well, and is mended after the channels that it was to hear of.
func TestANoticeOfWhatIsOverIsNotPosted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		meantime string // what has become of the route that the notice is about
		posted   bool
	}{
		{"the channel is still broken", "", true},
		{"the channel is broken for another reason by now", "UPDATE route SET reason = 'is_archived' WHERE channel = 'shop'", true},
		{"the channel was mended", "DELETE FROM route WHERE channel = 'shop'", false},
		{"the channel was mended and broke again, with a notice of its own", "UPDATE route SET since = since + 1 WHERE channel = 'shop'", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s := openWith(t, Config{URL: url})
				s.setClock(func() time.Time { return noon })
				attempt := func(channel string, verdict deliver.Verdict) deliver.Attempt {
					on(t, s, "UPDATE lane SET due_at = 0, post_at = 0")
					tried := must(s.dispatcher.begin(t.Context(), channel))(t)
					if tried.Superseded {
						verdict = deliver.Verdict{State: alerts.DeliveryDropped}
					}
					if err := s.dispatcher.record(t.Context(), *tried, verdict); err != nil {
						t.Fatal(err)
					}
					return tried.Attempt
				}
				refused := deliver.Verdict{State: alerts.DeliveryBroken, Wait: time.Hour, Err: &deliver.BrokenRoute{Reason: "not_in_channel"}}
				s.dispatcher.handler = refusing("shop", new(atomic.Bool))
				enqueue(t, s, parent("r1", "shop"))
				attempt("shop", refused)
				s.dispatcher.handler = script{notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }}
				attempt("operators", refused)
				if test.meantime != "" {
					on(t, s, test.meantime)
				}

				want, notice := alerts.DeliveryDropped, attempt("operators", deliver.Verdict{State: alerts.DeliverySent, Receipt: alerts.Receipt{ChannelID: "C1", TS: "1.2"}})
				if test.posted {
					want = alerts.DeliverySent
				}
				if d := delivery(t, s, notice.ID); d.Kind != alerts.DeliverRoute || d.State != want {
					t.Errorf("the %s is %s, want %s", d.Kind, d.State, want)
				}
				if n := count(t, s, "SELECT count(*) FROM route WHERE channel = 'operators'"); n != 0 {
					t.Error("the operators' channel counts as broken, and nothing waits for it")
				}
			})
		})
	}
}

func TestWhatWaitsBehindABrokenParentIsKeptWithIt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		enqueue(t, s, parent("kept", "shop-cdn"), refresh("f1", "kept", noon), parent("next", "cdn-budget"), refresh("f2", "next", noon))
		on(t, s, "UPDATE delivery SET state = 'broken' WHERE id = 'kept'")
		got := must(s.QueueDepth(t.Context()))(t)
		if got.Pending != 2 || got.Broken != 2 {
			t.Errorf("pending %d, broken %d; want 2 and 2", got.Pending, got.Broken)
		}
	})
}

func TestBrokenRouteWithoutAnOperatorsChannel(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		handler := script{
			attempt: func(context.Context, deliver.Attempt) deliver.Verdict {
				return deliver.Verdict{State: alerts.DeliveryBroken, Wait: time.Hour, Err: errors.New("no such channel")}
			},
			notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false },
		}
		enqueue(t, s, parent("r1", "operators"))
		start(t, s, handler)
		awaitState(t, s, "r1", alerts.DeliveryBroken)
		routes := must(s.Routes(t.Context()))(t)
		if len(routes) != 1 || routes[0].Reason != "no such channel" {
			t.Errorf("routes = %+v, want the reason of an error without a name of its own", routes)
		}
		if n := count(t, s, "SELECT count(*) FROM delivery"); n != 1 {
			t.Errorf("%d deliveries, want no notice", n)
		}
	})
}

func TestOpenDeliveriesAreFoundWithoutTheirLane(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		lose string
	}{
		{"a lane that was deleted", "DELETE FROM lane"},
		{"a lane that is thought to be empty", "UPDATE lane SET due_at = 4611686018427387903"},
		{"a lane that was taken by a clock that has been put back since", "UPDATE lane SET busy_until = 9000000000000, post_at = 9000000000000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
				enqueue(t, s, parent("r1", "cdn-budget"), parent("r2", "cdn-budget"), parent("done", "cdn-budget"))
				on(t, s, "UPDATE delivery SET state = 'broken' WHERE id = 'r2'")
				on(t, s, "UPDATE delivery SET state = 'sent' WHERE id = 'done'")
				on(t, s, test.lose)
				start(t, s, sends(attempts))
				awaitState(t, s, "r1", alerts.DeliverySent)
				awaitState(t, s, "r2", alerts.DeliverySent)
				if len(attempts) != 2 {
					t.Errorf("%d attempts, want 2", len(attempts))
				}
			})
		})
	}
}

func TestDuplicateDeliveryIsRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		enqueue(t, s, parent("r1", "cdn-budget"))
		err := s.Record(t.Context(), alerts.Outcome{At: noon, Deliveries: []alerts.Delivery{parent("r0", "x"), parent("r1", "x")}})
		if err == nil || errors.Is(err, alerts.ErrConflict) {
			t.Errorf("error = %v, want one that is no conflict: ids are made to differ", err)
		}
		if n := count(t, s, "SELECT count(*) FROM delivery"); n != 1 || lanes(t, s) != 1 {
			t.Errorf("%d deliveries, %d lanes; want 1 and 1", n, lanes(t, s))
		}
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 9: 256 * time.Second, 10: maxBackoff, 500: maxBackoff} {
		for range 100 {
			if got := backoff(n); got < want*9/10 || got > want*11/10 {
				t.Fatalf("backoff(%d) = %s, want %s give or take a tenth", n, got, want)
			}
		}
	}
}
