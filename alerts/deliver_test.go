package alerts

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeNotifier answers as its fields do. A call of one that is not set fails the test.
type fakeNotifier struct {
	t      *testing.T
	notify func(d Delivery, root Receipt) (Receipt, error)
	find   func(d Delivery, root Receipt) (Receipt, bool, error)
}

func (n *fakeNotifier) Notify(_ context.Context, d Delivery, root Receipt) (Receipt, error) {
	if n.notify == nil {
		n.t.Fatalf("Notify was called with %s %s", d.Kind, d.ID)
	}
	return n.notify(d, root)
}

func (n *fakeNotifier) Find(_ context.Context, d Delivery, root Receipt) (Receipt, bool, error) {
	if n.find == nil {
		n.t.Fatalf("Find was called with %s %s", d.Kind, d.ID)
	}
	return n.find(d, root)
}

// busyNotifier has a channel that takes longer to read than an attempt lasts.
type busyNotifier struct{ posts []Delivery }

func (*busyNotifier) Find(ctx context.Context, _ Delivery, _ Receipt) (Receipt, bool, error) {
	<-ctx.Done()
	return Receipt{}, false, &UnknownOutcome{"unreachable", ctx.Err()}
}

func (n *busyNotifier) Notify(ctx context.Context, d Delivery, _ Receipt) (Receipt, error) {
	if ctx.Err() == nil {
		n.posts = append(n.posts, d)
	}
	return posted, ctx.Err()
}

// TestALookLeavesTimeToPost: a channel with more messages than can be read in time keeps nothing back for good.
func TestALookLeavesTimeToPost(t *testing.T) {
	t.Parallel()
	precaution, open := attemptOf(DeliverRoot), attemptOf(DeliverRoot)
	precaution.LookFirst = true
	open.Unsettled, open.UnsureFor = true, blindFor
	for name, a := range map[string]Attempt{"a look that is a precaution": precaution, "an outcome that is open": open} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second) // as the queue gives an attempt
				defer cancel()
				busy := &busyNotifier{}
				verdict := (&Deliverer{Notifier: busy}).Attempt(ctx, a)
				if verdict.State != DeliverySent || len(busy.posts) != 1 || busy.posts[0].MayRepeat != a.Unsettled {
					t.Errorf("verdict = %+v, posted %+v", verdict, busy.posts)
				}
			})
		})
	}
}

var (
	posted = Receipt{ChannelID: "C1", TS: "200.1", SentAt: noon}
	rootAt = Receipt{ChannelID: "C1", TS: "100.1", SentAt: noon.Add(-time.Hour)}
	errNet = errors.New("connection reset")
)

// attemptOf is a try at a delivery of the kind, with its root in place where it has one.
func attemptOf(kind DeliveryKind) Attempt {
	a := Attempt{Delivery: Delivery{ID: "d2", Kind: kind, Channel: "cdn"}}
	if kind == DeliverRise || kind == DeliverRefresh || kind == DeliverFile || kind == DeliverInvoice || kind == DeliverAnswer || kind == DeliverNote {
		a.RootID, a.Root = "d1", rootAt
	}
	return a
}

func TestAttempt(t *testing.T) {
	unsettled := func(a Attempt) Attempt {
		a.Unsettled, a.UnsureFor, a.Looked, a.LookedFor = true, 40*time.Second, true, 6*time.Second
		return a
	}
	says := func(receipt Receipt, err error) func(Delivery, Receipt) (Receipt, error) {
		return func(Delivery, Receipt) (Receipt, error) { return receipt, err }
	}
	finds := func(receipt Receipt, found bool, err error) func(Delivery, Receipt) (Receipt, bool, error) {
		return func(Delivery, Receipt) (Receipt, bool, error) { return receipt, found, err }
	}
	due := func(a Attempt) Attempt {
		a.Due = unknownFor
		return a
	}
	locked := &ThreadRefused{"cdn", "restricted_action_thread_locked"}
	early := attemptOf(DeliverRise)
	early.Root = Receipt{}
	overtaken := attemptOf(DeliverRefresh)
	overtaken.Superseded = true
	sent := Verdict{State: DeliverySent, Receipt: posted}
	for _, tt := range []struct {
		name    string
		attempt Attempt
		notify  func(Delivery, Receipt) (Receipt, error)
		find    func(Delivery, Receipt) (Receipt, bool, error)
		want    Verdict
		wantErr string
	}{
		{"what Slack takes is sent", attemptOf(DeliverRoot), says(posted, nil), nil, sent, ""},
		{"a list needs no root", attemptOf(DeliverList), says(posted, nil), nil, sent, ""},
		{
			"a pause that Slack asks for is kept", attemptOf(DeliverRoot),
			says(Receipt{}, &RetryLater{30 * time.Second, errors.New("ratelimited")}), nil,
			Verdict{State: DeliveryPending, Wait: 30 * time.Second},
			"asked to wait 30s: ratelimited",
		},
		{
			"a pause of nothing is still a pause", attemptOf(DeliverRoot), says(Receipt{}, &RetryLater{0, errNet}), nil,
			Verdict{State: DeliveryPending, Wait: time.Second},
			"asked to wait 0s: connection reset",
		},
		{
			"a channel that refuses us is a broken route", attemptOf(DeliverRoot),
			says(Receipt{}, &BrokenRoute{"cdn", "not_in_channel"}), nil,
			Verdict{State: DeliveryBroken, Wait: 5 * time.Minute},
			"channel cdn: not_in_channel",
		},
		{
			"anything else is tried again by the queue's own backoff", attemptOf(DeliverRoot), says(Receipt{}, errNet), nil,
			Verdict{State: DeliveryPending, Unsettled: true},
			"connection reset",
		},
		{
			"a rise waits for its root", early, nil, nil,
			Verdict{State: DeliveryPending, Wait: rootWait},
			"its root message is not posted yet",
		},
		{"an edit that a newer one overtook is dropped", overtaken, nil, nil, Verdict{State: DeliveryDropped}, ""},
		{
			"an edit of a root that is gone is dropped", attemptOf(DeliverRefresh), says(Receipt{}, ErrRootGone), nil,
			Verdict{State: DeliveryDropped},
			"the root message is gone",
		},
		{
			"so is a reply about an answer, which says nothing without what was answered", attemptOf(DeliverAnswer), says(Receipt{}, ErrRootGone), nil,
			Verdict{State: DeliveryDropped},
			"the root message is gone",
		},
		{
			"news is never dropped, whatever is gone", attemptOf(DeliverRise), says(Receipt{}, ErrRootGone), nil,
			Verdict{State: DeliveryPending, Unsettled: true},
			"the root message is gone",
		},
		{
			"an outcome that stays unknown for a while breaks the route, and is still to be looked for", due(attemptOf(DeliverRoot)),
			says(Receipt{}, &UnknownOutcome{"internal_error", errNet}), nil,
			Verdict{State: DeliveryPending, Wait: unknownWait, Unsettled: true},
			"channel cdn: internal_error",
		},
		{
			"a pause that Slack asks for breaks no route, however long it lasts", due(attemptOf(DeliverRoot)),
			says(Receipt{}, &RetryLater{30 * time.Second, errNet}), nil,
			Verdict{State: DeliveryPending, Wait: 30 * time.Second},
			"asked to wait 30s: connection reset",
		},
		{
			"an answer that its thread takes no replies for is dropped, and the root stays", attemptOf(DeliverAnswer), says(Receipt{}, locked), nil,
			Verdict{State: DeliveryDropped},
			"channel cdn: no replies: restricted_action_thread_locked",
		},
		{
			"a message of its own that is refused as a reply would be is a broken route", attemptOf(DeliverRoot), says(Receipt{}, locked), nil,
			Verdict{State: DeliveryBroken, Wait: 5 * time.Minute},
			"channel cdn: restricted_action_thread_locked",
		},
		{"what an earlier attempt posted is not posted again", unsettled(attemptOf(DeliverRoot)), nil, finds(posted, true, nil), sent, ""},
		{"what no earlier attempt posted is posted", unsettled(attemptOf(DeliverRise)), says(posted, nil), finds(Receipt{}, false, nil), sent, ""},
		{
			"where the channel cannot be read nothing is posted yet", unsettled(attemptOf(DeliverRoot)), nil, finds(Receipt{}, false, errNet),
			Verdict{State: DeliveryPending},
			"look for an earlier attempt: connection reset",
		},
		{
			"a pause that is asked for while looking is kept", unsettled(attemptOf(DeliverRoot)), nil,
			finds(Receipt{}, false, &RetryLater{9 * time.Second, errNet}),
			Verdict{State: DeliveryPending, Wait: 9 * time.Second},
			"look for an earlier attempt: asked to wait 9s: connection reset",
		},
		{
			"a route that is broken while looking is broken", unsettled(attemptOf(DeliverStart)), nil,
			finds(Receipt{}, false, &BrokenRoute{"cdn", "is_archived"}),
			Verdict{State: DeliveryBroken, Wait: 5 * time.Minute},
			"look for an earlier attempt: channel cdn: is_archived",
		},
		{
			"under a root that is gone no earlier reply can stand", unsettled(attemptOf(DeliverRise)), says(posted, nil),
			finds(Receipt{}, false, ErrRootGone), sent, "",
		},
		{"an edit is made again without looking", unsettled(attemptOf(DeliverRefresh)), says(posted, nil), nil, sent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Deliverer{Notifier: &fakeNotifier{t, tt.notify, tt.find}}
			got := d.Attempt(t.Context(), tt.attempt)
			text := ""
			if got.Err != nil {
				text = got.Err.Error()
			}
			if got.RootGone != errors.Is(got.Err, ErrRootGone) && got.State != DeliveryPending {
				t.Errorf("%v leaves the root gone: %t", got.Err, got.RootGone)
			}
			got.Err, got.RootGone = nil, false
			if text != tt.wantErr {
				t.Errorf("error = %q, want %q", text, tt.wantErr)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAttemptHandsOnTheRoot: what refers to a root is said beside it.
func TestAttemptHandsOnTheRoot(t *testing.T) {
	for _, kind := range []DeliveryKind{DeliverRise, DeliverRefresh} {
		d := &Deliverer{Notifier: &fakeNotifier{t: t, notify: func(got Delivery, root Receipt) (Receipt, error) {
			if got.Kind != kind || root != rootAt {
				t.Errorf("%s is said beside %+v, want %+v", got.Kind, root, rootAt)
			}
			return posted, nil
		}}}
		if v := d.Attempt(t.Context(), attemptOf(kind)); v.State != DeliverySent {
			t.Errorf("%s is %s: %v", kind, v.State, v.Err)
		}
	}
}

// TestAttemptRiseOutlivesItsRoot: a level is said even where somebody deleted the message above it.
func TestAttemptRiseOutlivesItsRoot(t *testing.T) {
	var kinds []DeliveryKind
	d := &Deliverer{Notifier: &fakeNotifier{t: t, notify: func(got Delivery, root Receipt) (Receipt, error) {
		kinds = append(kinds, got.Kind)
		if root != (Receipt{}) {
			return Receipt{}, ErrRootGone
		}
		return posted, nil
	}}}
	got := d.Attempt(t.Context(), attemptOf(DeliverRise))
	if got.State != DeliverySent || got.Receipt != posted || got.Err != nil || !got.RootGone {
		t.Errorf("verdict = %+v, want it sent in the root's stead", got)
	}
	if diff := cmp.Diff([]DeliveryKind{DeliverRise, DeliverRoot}, kinds); diff != "" {
		t.Errorf("said as (-want +got):\n%s", diff)
	}
}

// TestAttemptWithoutReplies: in a channel that takes no replies, what people have to see is a message of its own.
func TestAttemptWithoutReplies(t *testing.T) {
	reminder := attemptOf(DeliverNote)
	reminder.Message.Reason = ReasonUnanswered
	for _, tt := range []struct {
		name     string
		attempt  Attempt
		want     DeliveryKind
		replaced bool // whether it is the root from then on
	}{
		{"a threshold", attemptOf(DeliverRise), DeliverRoot, true},
		{"a reminder", reminder, DeliverCall, false},
		{"an invoice", attemptOf(DeliverInvoice), DeliverInvoice, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Deliverer{Notifier: &fakeNotifier{t: t, notify: func(got Delivery, root Receipt) (Receipt, error) {
				if root != (Receipt{}) {
					return Receipt{}, &ThreadRefused{"cdn", "restricted_action_thread_locked"}
				}
				if got.Kind != tt.want {
					t.Errorf("posted as %s, want %s", got.Kind, tt.want)
				}
				return posted, nil
			}}}
			got := d.Attempt(t.Context(), tt.attempt)
			if got.State != DeliverySent || got.Receipt != posted || got.RootGone != tt.replaced {
				t.Errorf("verdict = %+v, want it sent", got)
			}
		})
	}
}

// TestAttemptAnInvoiceOutlivesItsClose: somebody deleted the close, and the invoice is news all the same.
func TestAttemptAnInvoiceOutlivesItsClose(t *testing.T) {
	tries := 0
	d := &Deliverer{Notifier: &fakeNotifier{t: t, notify: func(got Delivery, root Receipt) (Receipt, error) {
		tries++
		if root != (Receipt{}) {
			return Receipt{}, ErrRootGone
		}
		if got.Kind != DeliverInvoice {
			t.Errorf("said as %s", got.Kind)
		}
		return posted, nil
	}}}
	if got := d.Attempt(t.Context(), attemptOf(DeliverInvoice)); got.State != DeliverySent || tries != 2 {
		t.Errorf("verdict = %+v after %d tries, want it sent", got, tries)
	}
}

func TestAttemptAFile(t *testing.T) {
	again := attemptOf(DeliverFile)
	again.Unsettled, again.UnsureFor = true, time.Minute
	refuses := func(err error) *fakeNotifier {
		return &fakeNotifier{t: t, notify: func(Delivery, Receipt) (Receipt, error) { return posted, err }}
	}
	for _, tt := range []struct {
		name     string
		attempt  Attempt
		notifier *fakeNotifier
		want     DeliveryState
	}{
		{"a file is put below its close", attemptOf(DeliverFile), refuses(nil), DeliverySent},
		{"one that is there already is not put there twice", again, &fakeNotifier{t: t, find: func(Delivery, Receipt) (Receipt, bool, error) {
			return posted, true, nil
		}}, DeliverySent},
		{"without its close there is no place for it", attemptOf(DeliverFile), refuses(ErrRootGone), DeliveryDropped},
		{"what Slack asks to wait for is waited for", attemptOf(DeliverFile), refuses(&RetryLater{time.Second, errNet}), DeliveryPending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Deliverer{Notifier: tt.notifier}
			if got := d.Attempt(t.Context(), tt.attempt); got.State != tt.want {
				t.Errorf("verdict = %+v, want %s", got, tt.want)
			}
		})
	}
}

func TestAttemptBrokenWait(t *testing.T) {
	d := &Deliverer{BrokenWait: time.Second, Notifier: &fakeNotifier{t: t, notify: func(Delivery, Receipt) (Receipt, error) {
		return Receipt{}, &BrokenRoute{"cdn", "not_in_channel"}
	}}}
	if got := d.Attempt(t.Context(), attemptOf(DeliverRoot)).Wait; got != time.Second {
		t.Errorf("wait = %s, want 1s", got)
	}
}

func TestNotice(t *testing.T) {
	trouble := RouteTrouble{Channel: "shop", Reason: "not_in_channel", Since: noon, Waiting: 2}
	channel := func(name string) func() string { return func() string { return name } }
	for _, tt := range []struct {
		name      string
		operators func() string
		want      bool
	}{
		{"the operators are told", channel("ops"), true},
		{"nobody is told where there are none", channel(""), false},
		{"nobody is told where there is no such channel at all", nil, false},
		{"nobody is told of the operators' own channel, by the very route that is broken", channel("shop"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := (&Deliverer{Operators: tt.operators}).Notice(trouble, "d9", noon)
			want := Delivery{}
			if tt.want {
				want = Delivery{
					ID: "d9", Kind: DeliverRoute, Channel: "ops", State: DeliveryPending, CreatedAt: noon,
					Message: Message{Reason: ReasonRoute, Route: &trouble},
				}
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(BudgetID{}.Month)); ok != tt.want || diff != "" {
				t.Errorf("told = %t, notice (-want +got):\n%s", ok, diff)
			}
		})
	}
}

// TestAttemptWithARootThatNobodyHas: no message stands for the root, so that news is posted on its own, and what is nothing without it dropped.
func TestAttemptWithARootThatNobodyHas(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind DeliveryKind
		said DeliveryKind // empty for nothing
		want DeliveryState
	}{
		{"a rise is a root of its own", DeliverRise, DeliverRoot, DeliverySent},
		{"an invoice is a message of its own", DeliverInvoice, DeliverInvoice, DeliverySent},
		{"an edit has nothing to edit", DeliverRefresh, "", DeliveryDropped},
		{"a file has no place", DeliverFile, "", DeliveryDropped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := attemptOf(tt.kind)
			a.Root, a.RootGone = Receipt{}, true
			var said DeliveryKind
			d := &Deliverer{Notifier: &fakeNotifier{t: t, notify: func(got Delivery, root Receipt) (Receipt, error) {
				if root != (Receipt{}) {
					t.Errorf("it is posted beside %+v", root)
				}
				said = got.Kind
				return posted, nil
			}}}
			if got := d.Attempt(t.Context(), a); got.State != tt.want || !got.RootGone || said != tt.said {
				t.Errorf("said as %q, verdict = %+v; want %q, %s and the root gone", said, got, tt.said, tt.want)
			}
		})
	}
}
