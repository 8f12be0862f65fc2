package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// TestUsageThatWavers: a turn is a check that finds usage below a threshold again, and one that finds it there once more. A threshold is 100% of 1,000
// where nothing else is written.
func TestUsageThatWavers(t *testing.T) {
	const day = 24 * time.Hour
	transitions := func(n int, used ...int64) []int64 { return slices.Repeat(used, n) }
	tests := []struct {
		name      string
		pause     time.Duration // before each check, beside the hour
		first     int64         // as of the check that posts the parent message; 1,010 where it is 0
		used      []int64
		then      time.Duration // a pause before the last figure
		last      int64
		posts     []rules.Threshold // the thresholds that were posted, in a parent message or a broadcast reply
		threshold rules.Threshold   // in the end, and in the parent message's last edit
	}{
		{name: "3% around a threshold, six times at every check, is posted twice", used: transitions(6, 970, 1010), posts: []rules.Threshold{100, 100}, threshold: 100},
		{name: "likewise a day apart, as Fastly's figures come", pause: day, used: transitions(6, 970, 1010), posts: []rules.Threshold{100, 100}, threshold: 100},
		{name: "left below, it stands below", used: transitions(6, 970, 1010), last: 970, posts: []rules.Threshold{100, 100}, threshold: 80},
		{name: "one real fall and rise is posted again at once", used: transitions(1, 700, 1010), posts: []rules.Threshold{100, 100}, threshold: 100},
		{name: "a fall in two steps is one fall of each threshold", first: 1300, used: []int64{1100, 700, 1300}, posts: []rules.Threshold{125, 125}, threshold: 125},
		{name: "after three days below it is posted again", used: append(transitions(6, 970, 1010), 970), then: 71 * time.Hour, last: 1010, posts: []rules.Threshold{100, 100, 100}, threshold: 100},
		{name: "after less than three days it is not", used: append(transitions(6, 970, 1010), 970), then: 70 * time.Hour, last: 1010, posts: []rules.Threshold{100, 100}, threshold: 100},
		{name: "a higher threshold is posted as ever", used: append(transitions(6, 970, 1010), 1300), posts: []rules.Threshold{100, 100, 125}, threshold: 125},
		{name: "a higher threshold is posted as ever, with the one that wavers", used: append(transitions(6, 970, 1010), 970, 1300), posts: []rules.Threshold{100, 100, 125}, threshold: 125},
		{name: "that one threshold wavers keeps no other quiet", used: append(transitions(6, 970, 1010), 700, 810, 1010), posts: []rules.Threshold{100, 100, 80}, threshold: 100},
		{name: "less than 2% below is no fall", used: transitions(6, 981, 1010), posts: []rules.Threshold{100}, threshold: 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "na@cdn")
			w.now = alertstest.November.Start().Add(time.Hour)
			w.check(t, 10)
			if tt.first == 0 {
				tt.first = 1010
			}
			var posts []rules.Threshold
			check := func(used int64) {
				for _, d := range w.check(t, used).Outcome.Deliveries {
					if d.Kind == alerts.DeliverParent || d.Kind == alerts.DeliverBroadcast {
						posts = append(posts, d.Message.Highest())
					}
				}
			}
			check(tt.first)
			for _, used := range tt.used {
				w.now = w.now.Add(tt.pause)
				check(used)
			}
			if w.now = w.now.Add(tt.then); tt.last > 0 {
				check(tt.last)
			}
			if diff := cmp.Diff(tt.posts, posts); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
			if got := w.BudgetStates[alertstest.BudgetOf("na")].Threshold; got != tt.threshold {
				t.Errorf("it stands at %s, want %s", got, tt.threshold)
			}
		})
	}
}

// TestWhatWaversIsShownByItsParent: it has the buttons again, and where nobody answers people are called later than they would be.
func TestWhatWaversIsShownByItsParent(t *testing.T) {
	w := watching(true, "na@cdn")
	w.rules.Rules[0].EscalateAfter = 4 * time.Hour
	w.check(t, 10)
	expect(t, w.check(t, 1010), "d1 root #cdn na 100%: first threshold reached")
	w.check(t, 970)
	w.check(t, 1010)
	w.check(t, 970)
	expect(t, w.check(t, 1010), "d6 refresh #cdn <d1 na 100%: usage keeps moving around a threshold that was posted twice")
	for range 3 {
		expect(t, w.check(t, 1010))
	}
	expect(t, w.check(t, 1010), "d7 note #cdn <d1 na 100%: nobody has answered", "d8 refresh #cdn <d1 na 100%: nobody has answered")
}

// TestWhatWaversBeginsAnew: what came down of a muted budget was not posted, and another limit makes other thresholds.
func TestWhatWaversBeginsAnew(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*watch)
		want   string
	}{
		{"nothing but time", func(*watch) {}, "refresh"},
		{"another limit", func(w *watch) {
			w.rules.Rules[0].Budget.Value = decimal.New(1005, 0)
			w.check(t, 970)
		}, "rise"},
		{"another limit, and then the one of before", func(w *watch) {
			w.rules.Rules[0].Budget.Value = w.rules.Rules[0].Budget.Value.Add(w.rules.Rules[0].Budget.Value)
			w.check(t, 970)
			w.rules.Rules[0].Budget.Value = w.rules.Rules[0].Budget.Value.Div(decimal.NewFromInt(2))
			w.check(t, 970)
		}, "refresh"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "na@cdn")
			for _, used := range []int64{10, 1010, 970, 1010, 970} {
				w.check(t, used)
			}
			tt.change(w)
			plan := w.check(t, 1010)
			if got := plan.Outcome.Deliveries[0].Kind; string(got) != tt.want {
				t.Errorf("a %s, want a %s", got, tt.want)
			}
		})
	}
	t.Run("muted", func(t *testing.T) {
		w := watching(true, "na@cdn")
		w.check(t, 10)
		w.check(t, 1010)
		mute := func(a alerts.Answer) {
			s := w.BudgetStates[alertstest.BudgetOf("na")]
			s.Mute = a
			w.BudgetStates[alertstest.BudgetOf("na")] = s
		}
		mute(alerts.Answer{By: "U1", At: w.now, Threshold: 100})
		for range 3 {
			w.check(t, 970)
			w.check(t, 1010)
		}
		mute(alerts.Answer{})
		w.check(t, 970)
		if got := w.check(t, 1010).Outcome.Deliveries[0].Kind; got != alerts.DeliverBroadcast {
			t.Errorf("a %s, want a rise", got)
		}
	})
}
