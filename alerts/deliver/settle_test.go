package deliver

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/internal/alertstest"
)

func TestSettle(t *testing.T) {
	unsure := func(kind alerts.DeliveryKind, since time.Duration) Attempt {
		a := attemptOf(kind)
		a.Unsettled, a.UnsureFor = true, since
		return a
	}
	inPlace := func(kind alerts.DeliveryKind) Attempt {
		a := attemptOf(kind)
		a.Message.MayRepeat = true
		return a
	}
	looked := func(a Attempt, since time.Duration) Attempt {
		a.Looked, a.LookedFor = true, since
		return a
	}
	finds := func(receipt alerts.Receipt, found bool, err error) func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) {
		return func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) { return receipt, found, err }
	}
	onItsOwn := func(_ alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error) {
		if parent.TS != "" {
			return alerts.Receipt{}, false, ErrParentGone
		}
		return alertstest.Posted, true, nil
	}
	absent := finds(alerts.Receipt{}, false, nil)
	for _, tt := range []struct {
		name    string
		attempt Attempt
		find    func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) // nil: nobody may look
		repeats bool                                                                // it is posted again, with the words that it may be a repeat
		want    Verdict
	}{
		{"nothing is looked for in the first 30 seconds", unsure(alerts.DeliverParent, time.Second), nil, false, Verdict{State: alerts.DeliveryPending, Wait: 29 * time.Second}},
		{"a clock that was set back does not wait for longer than that", unsure(alerts.DeliverParent, -time.Hour), nil, false, Verdict{State: alerts.DeliveryPending, Wait: 30 * time.Second}},
		{"the first look that finds it is the last", unsure(alerts.DeliverParent, 30*time.Second), finds(alertstest.Posted, true, nil), false, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"the first that finds nothing is followed by another", unsure(alerts.DeliverParent, 30*time.Second), absent, false, Verdict{State: alerts.DeliveryPending, Wait: 5 * time.Second, Looked: true}},
		{"the second look is not made earlier, even for another replica", looked(unsure(alerts.DeliverParent, 32*time.Second), 2*time.Second), nil, false, Verdict{State: alerts.DeliveryPending, Wait: 3 * time.Second}},
		{"the second look may find it", looked(unsure(alerts.DeliverParent, 35*time.Second), 5*time.Second), finds(alertstest.Posted, true, nil), false, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"what two looks did not find is posted", looked(unsure(alerts.DeliverParent, 35*time.Second), 5*time.Second), absent, true, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"one in place of a message that may be posted in another channel", inPlace(alerts.DeliverParent), nil, true, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"an edit of that one", inPlace(alerts.DeliverUpdate), nil, false, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"an edit is made again at once", unsure(alerts.DeliverUpdate, time.Second), nil, false, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{"a channel that cannot be read for a while keeps it waiting", unsure(alerts.DeliverParent, 4*time.Minute), finds(alerts.Receipt{}, false, alertstest.ErrNet), false, Verdict{State: alerts.DeliveryPending}},
		{"one that cannot be read for five minutes does not", unsure(alerts.DeliverParent, 5*time.Minute), finds(alerts.Receipt{}, false, alertstest.ErrNet), true, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted}},
		{
			"a channel that refuses the bot does, however long", unsure(alerts.DeliverParent, time.Hour), finds(alerts.Receipt{}, false, &BrokenRoute{Channel: "cdn", Reason: "not_in_channel"}), false,
			Verdict{State: alerts.DeliveryBroken, Wait: usualBrokenWait},
		},
		{"a rise whose parent message is gone may stand on its own", unsure(alerts.DeliverBroadcast, time.Minute), onItsOwn, false, Verdict{State: alerts.DeliverySent, Receipt: alertstest.Posted, ParentGone: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			posted := 0
			d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(d alerts.Delivery, _ alerts.Receipt) (alerts.Receipt, error) {
				posted++
				if d.MayRepeat != tt.repeats {
					t.Errorf("it says that it may be a repeat: %t, want %t", d.MayRepeat, tt.repeats)
				}
				return alertstest.Posted, nil
			}, OnFind: tt.find}}
			got := d.Attempt(t.Context(), tt.attempt)
			if posted > 0 != (tt.repeats || tt.attempt.Kind == alerts.DeliverUpdate) {
				t.Errorf("it was posted %d times", posted)
			}
			if (got.Err == nil) != (got.State == alerts.DeliverySent) {
				t.Errorf("%s with the error %v", got.State, got.Err)
			}
			got.Err = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// slowSlack takes a message at once, says nothing of it, and shows it after a while.
type slowSlack struct {
	shows time.Duration // 0 for never
	posts []time.Duration
	words int // of the posts that may be repeats
}

// schedule makes attempts as a queue does, until the message is settled.
func (s *slowSlack) schedule(t *testing.T) (settled time.Duration) {
	now, unsure, looked := time.Duration(0), time.Duration(-1), time.Duration(-1)
	d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(d alerts.Delivery, _ alerts.Receipt) (alerts.Receipt, error) {
		if s.posts = append(s.posts, now); d.MayRepeat {
			s.words++
		}
		if len(s.posts) > 1 {
			return alertstest.Posted, nil
		}
		return alerts.Receipt{}, errors.New("no answer")
	}, OnFind: func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) {
		return alertstest.Posted, s.shows > 0 && now >= s.shows, nil
	}}}
	for range 10 {
		a := attemptOf(alerts.DeliverParent)
		if a.Unsettled = unsure >= 0; a.Unsettled {
			a.UnsureFor = now - unsure
		}
		if a.Looked = looked >= 0; a.Looked {
			a.LookedFor = now - looked
		}
		v := d.Attempt(t.Context(), a)
		switch {
		case v.State == alerts.DeliverySent:
			return now
		case v.Unsettled:
			unsure, looked = now, -1
		case v.Looked:
			looked = now
		}
		now += max(v.Wait, time.Second)
	}
	t.Fatal("it is never settled")
	return 0
}

// TestWhatSlackShowsLateIsPostedOnce: within 35 s of the attempt it is found; what is not there then is posted again, and says so.
func TestWhatSlackShowsLateIsPostedOnce(t *testing.T) {
	for _, tt := range []struct {
		name    string
		shows   time.Duration
		posts   int
		settled time.Duration
	}{
		{"shown 3 s after the post", 3 * time.Second, 1, 30 * time.Second},
		{"shown 12 s after the post", 12 * time.Second, 1, 30 * time.Second},
		{"shown 33 s after the post", 33 * time.Second, 1, 35 * time.Second},
		{"shown a minute after the post", time.Minute, 2, 35 * time.Second},
		{"never shown", 0, 2, 35 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := slowSlack{shows: tt.shows}
			settled := s.schedule(t)
			if len(s.posts) != tt.posts || s.words != tt.posts-1 || settled != tt.settled {
				t.Errorf("%d posts, %d of them with the words, settled after %s; want %d, %d and %s", len(s.posts), s.words, settled, tt.posts, tt.posts-1, tt.settled)
			}
		})
	}
}

// TestALookAsAPrecaution: what a database that was put back may have posted is looked for at once; nothing waits for that, and nothing is posted of it.
func TestALookAsAPrecaution(t *testing.T) {
	for _, tt := range []struct {
		name  string
		found bool
		err   error
		posts int
	}{
		{"what is there is not posted again", true, nil, 0},
		{"what is not there is posted", false, nil, 1},
		{"where the channel cannot be read it is posted", false, alertstest.ErrNet, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			posts := 0
			d := &Deliverer{Notifier: &alertstest.FakeNotifier{T: t, OnNotify: func(d alerts.Delivery, _ alerts.Receipt) (alerts.Receipt, error) {
				if posts++; d.MayRepeat {
					t.Error("it says that it may be a repeat")
				}
				return alertstest.Posted, nil
			}, OnFind: func(alerts.Delivery, alerts.Receipt) (alerts.Receipt, bool, error) {
				return alertstest.Posted, tt.found, tt.err
			}}}
			a := attemptOf(alerts.DeliverParent)
			a.LookFirst = true
			if got := d.Attempt(t.Context(), a); got.State != alerts.DeliverySent || got.Receipt != alertstest.Posted || posts != tt.posts {
				t.Errorf("%d posts, verdict %+v; want %d and sent", posts, got, tt.posts)
			}
		})
	}
}

func TestKey(t *testing.T) {
	of := func(change func(*alerts.Delivery)) string {
		d := alerts.Delivery{
			ID: "d", Kind: alerts.DeliverParent, Channel: "cdn", BudgetID: alerts.BudgetID{Rule: "na"}, CreatedAt: alertstest.Noon,
			Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{BudgetID: alerts.BudgetID{Rule: "na"}, Threshold: 80}}},
		}
		change(&d)
		return d.Key()
	}
	same := of(func(*alerts.Delivery) {})
	for name, change := range map[string]func(*alerts.Delivery){
		"a rise that tells the same threshold": func(d *alerts.Delivery) {
			d.Kind, d.ParentID, d.Message.Reason = alerts.DeliverBroadcast, "r", alerts.ReasonThresholdRose
		},
		"another id and revision": func(d *alerts.Delivery) { d.ID, d.Revision = "e", 7 },
		"another channel":         func(d *alerts.Delivery) { d.Channel = "moved" },
	} {
		if got := of(change); got != same || got == "" {
			t.Errorf("%s: key %q, want %q", name, got, same)
		}
	}
	for name, change := range map[string]func(*alerts.Delivery){
		"another threshold": func(d *alerts.Delivery) { d.Message.Budgets[0].Threshold = 100 },
		"another rule":      func(d *alerts.Delivery) { d.Rule = "asia" },
		"another scope":     func(d *alerts.Delivery) { d.Instance = "shop" },
		"a forecast":        func(d *alerts.Delivery) { d.Message.Reason = alerts.ReasonLikelyOver },
		"a call":            func(d *alerts.Delivery) { d.Kind = alerts.DeliverEscalation },
		"a list":            func(d *alerts.Delivery) { d.Kind = alerts.DeliverList },
	} {
		if got := of(change); got == same || got == "" {
			t.Errorf("%s: key %q, want another one than %q", name, got, same)
		}
	}
	for _, kind := range []alerts.DeliveryKind{alerts.DeliverUpdate, alerts.DeliverAnswer, alerts.DeliverReply, alerts.DeliverDigest, alerts.DeliverStart} {
		if got := of(func(d *alerts.Delivery) { d.Kind = kind }); got != "" {
			t.Errorf("%s has the key %q, want none: no check tells it anew", kind, got)
		}
	}
}
