package deliver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/internal/alertstest"
)

// busyNotifier has a channel that takes longer to read than an attempt lasts.
type busyNotifier struct{ posts []alerts.Delivery }

func (*busyNotifier) Find(ctx context.Context, _ alerts.Delivery, _ alerts.Receipt) (alerts.Receipt, bool, error) {
	<-ctx.Done()
	return alerts.Receipt{}, false, &UnknownOutcome{Reason: "unreachable", Err: ctx.Err()}
}

func (n *busyNotifier) Notify(ctx context.Context, d alerts.Delivery, _ alerts.Receipt) (alerts.Receipt, error) {
	if ctx.Err() == nil {
		n.posts = append(n.posts, d)
	}
	return alertstest.Posted, ctx.Err()
}

// TestALookLeavesTimeToPost: a channel with more messages than can be read in time keeps nothing back for good.
func TestALookLeavesTimeToPost(t *testing.T) {
	t.Parallel()
	precaution, open := attemptOf(alerts.DeliverParent), attemptOf(alerts.DeliverParent)
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
				if verdict.State != alerts.DeliverySent || len(busy.posts) != 1 || busy.posts[0].MayRepeat != a.Unsettled {
					t.Errorf("verdict = %+v, posted %+v", verdict, busy.posts)
				}
			})
		})
	}
}

// attemptOf is a try at a delivery of the kind, with its parent message in place where it has one.
func attemptOf(kind alerts.DeliveryKind) Attempt {
	a := Attempt{Delivery: alerts.Delivery{ID: "d2", Kind: kind, Channel: "cdn"}}
	if kind == alerts.DeliverBroadcast || kind == alerts.DeliverUpdate || kind == alerts.DeliverFile || kind == alerts.DeliverInvoice || kind == alerts.DeliverAnswer || kind == alerts.DeliverReply {
		a.ParentID, a.Parent = "d1", alertstest.ParentAt
	}
	return a
}

func TestAttempt(t *testing.T) {
	unsettled := func(a Attempt) Attempt {
		a.Unsettled, a.UnsureFor, a.Looked, a.LookedFor = true, 40*time.Second, true, 6*time.Second
		return a
	}
	says := func(receipt alerts.Receipt, err error) func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, error) {
		return func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, error) { return receipt, err }
	}
	finds := func(receipt alerts.Receipt, found bool, err error) func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) {
		return func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) { return receipt, found, err }
	}
	due := func(a Attempt) Attempt {
		a.Due = unknownFor
		return a
	}
	locked := &BrokenRoute{Channel: "cdn", Reason: "restricted_action_thread_locked", Thread: true}
	early := attemptOf(alerts.DeliverBroadcast)
	early.Parent = alerts.Receipt{}
	overtaken := attemptOf(alerts.DeliverUpdate)
	overtaken.Superseded = true
	sent := Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}
	for _, tt := range []struct {
		name    string
		attempt Attempt
		notify  func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, error)
		find    func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error)
		want    Verdict
		wantErr string
	}{
		{"what Slack takes is sent", attemptOf(alerts.DeliverParent), says(alertstest.Posted, nil), nil, sent, ""},
		{"a list needs no parent message", attemptOf(alerts.DeliverList), says(alertstest.Posted, nil), nil, sent, ""},
		{
			"a pause that Slack asks for is kept", attemptOf(alerts.DeliverParent),
			says(alerts.Receipt{}, &RetryLater{30 * time.Second, errors.New("ratelimited")}), nil,
			Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second},
			"asked to wait 30s: ratelimited",
		},
		{
			"a pause of nothing is still a pause", attemptOf(alerts.DeliverParent), says(alerts.Receipt{}, &RetryLater{0, alertstest.ErrNet}), nil,
			Verdict{State: alerts.DeliveryPending, Wait: time.Second},
			"asked to wait 0s: connection reset",
		},
		{
			"a channel that refuses us is a broken route", attemptOf(alerts.DeliverParent),
			says(alerts.Receipt{}, &BrokenRoute{Channel: "cdn", Reason: "not_in_channel"}), nil,
			Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute},
			"channel cdn: not_in_channel",
		},
		{
			"anything else is tried again by the queue's own backoff", attemptOf(alerts.DeliverParent), says(alerts.Receipt{}, alertstest.ErrNet), nil,
			Verdict{State: alerts.DeliveryPending, Unsettled: true},
			"connection reset",
		},
		{
			"a rise waits for its parent message", early, nil, nil,
			Verdict{State: alerts.DeliveryPending, Wait: parentWait},
			"its parent message is not posted yet",
		},
		{"an edit that a newer one overtook is dropped", overtaken, nil, nil, Verdict{State: alerts.DeliveryDropped}, ""},
		{
			"an edit of a parent message that is gone is dropped", attemptOf(alerts.DeliverUpdate), says(alerts.Receipt{}, ErrParentGone), nil,
			Verdict{State: alerts.DeliveryDropped},
			"the parent message is gone",
		},
		{
			"so is a reply about an answer, which says nothing without what was answered", attemptOf(alerts.DeliverAnswer), says(alerts.Receipt{}, ErrParentGone), nil,
			Verdict{State: alerts.DeliveryDropped},
			"the parent message is gone",
		},
		{
			"news is never dropped, whatever is gone", attemptOf(alerts.DeliverBroadcast), says(alerts.Receipt{}, ErrParentGone), nil,
			Verdict{State: alerts.DeliveryPending, Unsettled: true},
			"the parent message is gone",
		},
		{
			"an outcome that stays unknown for a while breaks the route, and is still to be looked for", due(attemptOf(alerts.DeliverParent)),
			says(alerts.Receipt{}, &UnknownOutcome{Reason: "internal_error", Err: alertstest.ErrNet}), nil,
			Verdict{State: alerts.DeliveryPending, Wait: unknownWait, Unsettled: true},
			"channel cdn: internal_error",
		},
		{
			"a pause that Slack asks for breaks no route, however long it lasts", due(attemptOf(alerts.DeliverParent)),
			says(alerts.Receipt{}, &RetryLater{30 * time.Second, alertstest.ErrNet}), nil,
			Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second},
			"asked to wait 30s: connection reset",
		},
		{
			"an answer that its thread takes no replies for is dropped, and the parent message stays", attemptOf(alerts.DeliverAnswer), says(alerts.Receipt{}, locked), nil,
			Verdict{State: alerts.DeliveryDropped},
			"channel cdn: restricted_action_thread_locked",
		},
		{
			"a message of its own that is refused as a reply would be is a broken route", attemptOf(alerts.DeliverParent), says(alerts.Receipt{}, locked), nil,
			Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute},
			"channel cdn: restricted_action_thread_locked",
		},
		{"what an earlier attempt posted is not posted again", unsettled(attemptOf(alerts.DeliverParent)), nil, finds(alertstest.Posted, true, nil), sent, ""},
		{"what no earlier attempt posted is posted", unsettled(attemptOf(alerts.DeliverBroadcast)), says(alertstest.Posted, nil), finds(alerts.Receipt{}, false, nil), sent, ""},
		{
			"where the channel cannot be read nothing is posted yet", unsettled(attemptOf(alerts.DeliverParent)), nil, finds(alerts.Receipt{}, false, alertstest.ErrNet),
			Verdict{State: alerts.DeliveryPending},
			"look for an earlier attempt: connection reset",
		},
		{
			"a pause that is asked for while looking is kept", unsettled(attemptOf(alerts.DeliverParent)), nil,
			finds(alerts.Receipt{}, false, &RetryLater{9 * time.Second, alertstest.ErrNet}),
			Verdict{State: alerts.DeliveryPending, Wait: 9 * time.Second},
			"look for an earlier attempt: asked to wait 9s: connection reset",
		},
		{
			"a route that is broken while looking is broken", unsettled(attemptOf(alerts.DeliverStart)), nil,
			finds(alerts.Receipt{}, false, &BrokenRoute{Channel: "cdn", Reason: "is_archived"}),
			Verdict{State: alerts.DeliveryBroken, Wait: 5 * time.Minute},
			"look for an earlier attempt: channel cdn: is_archived",
		},
		{
			"under a parent message that is gone no earlier reply can stand", unsettled(attemptOf(alerts.DeliverBroadcast)), says(alertstest.Posted, nil),
			finds(alerts.Receipt{}, false, ErrParentGone), sent, "",
		},
		{"an edit is made again without looking", unsettled(attemptOf(alerts.DeliverUpdate)), says(alertstest.Posted, nil), nil, sent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: tt.notify, OnFind: tt.find}}
			got := d.Attempt(t.Context(), tt.attempt)
			text := ""
			if got.Err != nil {
				text = got.Err.Error()
			}
			if got.ParentGone != errors.Is(got.Err, ErrParentGone) && got.State != alerts.DeliveryPending {
				t.Errorf("%v leaves the parent message gone: %t", got.Err, got.ParentGone)
			}
			got.Err, got.ParentGone = nil, false
			if text != tt.wantErr {
				t.Errorf("error = %q, want %q", text, tt.wantErr)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAttemptHandsOnTheParent: what refers to a parent message is posted beside it.
func TestAttemptHandsOnTheParent(t *testing.T) {
	for _, kind := range []alerts.DeliveryKind{alerts.DeliverBroadcast, alerts.DeliverUpdate} {
		d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(got alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
			if got.Kind != kind || parent != alertstest.ParentAt {
				t.Errorf("%s is posted beside %+v, want %+v", got.Kind, parent, alertstest.ParentAt)
			}
			return alertstest.Posted, nil
		}}}
		if v := d.Attempt(t.Context(), attemptOf(kind)); v.State != alerts.DeliverySent {
			t.Errorf("%s is %s: %v", kind, v.State, v.Err)
		}
	}
}

// TestAttemptBroadcastOutlivesItsParent: a threshold is posted even where somebody deleted the message above it.
func TestAttemptBroadcastOutlivesItsParent(t *testing.T) {
	var kinds []alerts.DeliveryKind
	d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(got alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
		kinds = append(kinds, got.Kind)
		if parent != (alerts.Receipt{}) {
			return alerts.Receipt{}, ErrParentGone
		}
		return alertstest.Posted, nil
	}}}
	got := d.Attempt(t.Context(), attemptOf(alerts.DeliverBroadcast))
	if got.State != alerts.DeliverySent || got.Receipt != alertstest.Posted || got.Err != nil || !got.ParentGone {
		t.Errorf("verdict = %+v, want it sent in the parent message's stead", got)
	}
	if diff := cmp.Diff([]alerts.DeliveryKind{alerts.DeliverBroadcast, alerts.DeliverParent}, kinds); diff != "" {
		t.Errorf("posted as (-want +got):\n%s", diff)
	}
}

// TestAttemptWithoutReplies: in a channel that takes no replies, what people have to see is a message of its own.
func TestAttemptWithoutReplies(t *testing.T) {
	reminder := attemptOf(alerts.DeliverReply)
	reminder.Message.Reason = alerts.ReasonUnanswered
	for _, tt := range []struct {
		name     string
		attempt  Attempt
		want     alerts.DeliveryKind
		replaced bool // whether it is the parent message from then on
	}{
		{"a threshold", attemptOf(alerts.DeliverBroadcast), alerts.DeliverParent, true},
		{"a reminder", reminder, alerts.DeliverEscalation, false},
		{"an invoice", attemptOf(alerts.DeliverInvoice), alerts.DeliverInvoice, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(got alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
				if parent != (alerts.Receipt{}) {
					return alerts.Receipt{}, &BrokenRoute{Channel: "cdn", Reason: "restricted_action_thread_locked", Thread: true}
				}
				if got.Kind != tt.want {
					t.Errorf("posted as %s, want %s", got.Kind, tt.want)
				}
				return alertstest.Posted, nil
			}}}
			got := d.Attempt(t.Context(), tt.attempt)
			if got.State != alerts.DeliverySent || got.Receipt != alertstest.Posted || got.ParentGone != tt.replaced {
				t.Errorf("verdict = %+v, want it sent", got)
			}
		})
	}
}

// TestAttemptAnInvoiceOutlivesItsClose: somebody deleted the close, and the invoice is news all the same.
func TestAttemptAnInvoiceOutlivesItsClose(t *testing.T) {
	tries := 0
	d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(got alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
		tries++
		if parent != (alerts.Receipt{}) {
			return alerts.Receipt{}, ErrParentGone
		}
		if got.Kind != alerts.DeliverInvoice {
			t.Errorf("posted as %s", got.Kind)
		}
		return alertstest.Posted, nil
	}}}
	if got := d.Attempt(t.Context(), attemptOf(alerts.DeliverInvoice)); got.State != alerts.DeliverySent || tries != 2 {
		t.Errorf("verdict = %+v after %d tries, want it sent", got, tries)
	}
}

func TestAttemptAFile(t *testing.T) {
	again := attemptOf(alerts.DeliverFile)
	again.Unsettled, again.UnsureFor = true, time.Minute
	refuses := func(err error) *alertstest.FakeNotifier {
		return &alertstest.FakeNotifier{T: t, OnNotify: func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, error) { return alertstest.Posted, err }}
	}
	for _, tt := range []struct {
		name     string
		attempt  Attempt
		notifier *alertstest.FakeNotifier
		want     alerts.DeliveryState
	}{
		{"a file is put below its close", attemptOf(alerts.DeliverFile), refuses(nil), alerts.DeliverySent},
		{"one that is there already is not put there twice", again, &alertstest.FakeNotifier{T: t, OnFind: func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) {
			return alertstest.Posted, true, nil
		}}, alerts.DeliverySent},
		{"without its close there is no place for it", attemptOf(alerts.DeliverFile), refuses(ErrParentGone), alerts.DeliveryDropped},
		{"what Slack asks to wait for is waited for", attemptOf(alerts.DeliverFile), refuses(&RetryLater{time.Second, alertstest.ErrNet}), alerts.DeliveryPending},
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
	d := &Deliverer{BrokenWait: time.Second, Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, error) {
		return alerts.Receipt{}, &BrokenRoute{Channel: "cdn", Reason: "not_in_channel"}
	}}}
	if got := d.Attempt(t.Context(), attemptOf(alerts.DeliverParent)).Wait; got != time.Second {
		t.Errorf("wait = %s, want 1s", got)
	}
}

func TestNotice(t *testing.T) {
	trouble := alerts.RouteTrouble{Channel: "shop", Reason: "not_in_channel", Since: alertstest.Noon, Waiting: 2}
	channel := func(name string) func() string { return func() string { return name } }
	for _, tt := range []struct {
		name      string
		operators func() string
		want      bool
	}{
		{"the operators get a notice", channel("ops"), true},
		{"nobody gets one where there are none", channel(""), false},
		{"nor where there is no such channel at all", nil, false},
		{"nor about the operators' own channel, through the very route that is broken", channel("shop"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := (&Deliverer{Operators: tt.operators}).Notice(trouble, "d9", alertstest.Noon)
			want := alerts.Delivery{}
			if tt.want {
				want = alerts.Delivery{
					ID: "d9", Kind: alerts.DeliverRoute, Channel: "ops", State: alerts.DeliveryPending, CreatedAt: alertstest.Noon,
					Message: alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble},
				}
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(alerts.BudgetID{}.Month)); ok != tt.want || diff != "" {
				t.Errorf("posted = %t, notice (-want +got):\n%s", ok, diff)
			}
		})
	}
}

// TestAttemptWithAParentThatNobodyHas: no message stands for the parent message, so that news is posted on its own, and what is nothing without it dropped.
func TestAttemptWithAParentThatNobodyHas(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kind   alerts.DeliveryKind
		posted alerts.DeliveryKind // empty for nothing
		want   alerts.DeliveryState
	}{
		{"a rise is a parent message of its own", alerts.DeliverBroadcast, alerts.DeliverParent, alerts.DeliverySent},
		{"an invoice is a message of its own", alerts.DeliverInvoice, alerts.DeliverInvoice, alerts.DeliverySent},
		{"an edit has nothing to edit", alerts.DeliverUpdate, "", alerts.DeliveryDropped},
		{"a file has no place", alerts.DeliverFile, "", alerts.DeliveryDropped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := attemptOf(tt.kind)
			a.Parent, a.ParentGone = alerts.Receipt{}, true
			var posted alerts.DeliveryKind
			d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(got alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
				if parent != (alerts.Receipt{}) {
					t.Errorf("it is posted beside %+v", parent)
				}
				posted = got.Kind
				return alertstest.Posted, nil
			}}}
			if got := d.Attempt(t.Context(), a); got.State != tt.want || !got.ParentGone || posted != tt.posted {
				t.Errorf("posted as %q, verdict = %+v; want %q, %s and the parent message gone", posted, got, tt.posted, tt.want)
			}
		})
	}
}
