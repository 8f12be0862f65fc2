package socket

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

func TestWaitsBetweenAttempts(t *testing.T) {
	line := newLine(Config{}, &recorder{})
	const draws = 200
	for _, tt := range []struct {
		name    string
		attempt int
		ceiling time.Duration
	}{
		{"the first wait is up to a second", 1, time.Second},
		{"the second is up to two", 2, 2 * time.Second},
		{"the sixth is up to 32", 6, 32 * time.Second},
		{"no wait is above a minute", 7, time.Minute},
		{"a thousand attempts do not overflow", 1000, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shortest, longest := tt.ceiling, time.Duration(0)
			for range draws {
				waits := line.waits()
				for range tt.attempt - 1 {
					waits.NextBackOff()
				}
				wait := waits.NextBackOff()
				shortest, longest = min(shortest, wait), max(longest, wait)
			}
			if longest > tt.ceiling+1 || longest < tt.ceiling*3/4 || shortest < 0 || shortest > tt.ceiling/4 {
				t.Errorf("waits are between %s and %s, want them anywhere up to %s", shortest, longest, tt.ceiling)
			}
		})
	}
}

func TestSlackAsksForAWait(t *testing.T) {
	if got := askedWait(&slack.RateLimitedError{RetryAfter: 42 * time.Second}); got != 42*time.Second {
		t.Errorf("wait %v, want 42s", got)
	}
	if got := askedWait(errors.New("refused")); got != 0 {
		t.Errorf("wait %v, want none", got)
	}
}

func TestCrowded(t *testing.T) {
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	at := func(since, life time.Duration) *connection { return &connection{since: start.Add(since), life: life} }
	tests := []struct {
		name  string
		other *connection
		want  bool
	}{
		{"two that were opened together end together", at(0, time.Hour), true},
		{"ten minutes apart is too near", at(-10*time.Minute, time.Hour), true},
		{"a quarter of a life apart is far enough", at(15*time.Minute, time.Hour), false},
		{"half a life apart is far enough", at(-30*time.Minute, time.Hour), false},
		{"what counts is the end, not the start", at(-30*time.Minute, 90*time.Minute), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			own := at(0, time.Hour)
			if got := crowded(own, []*connection{own, tt.other}); got != tt.want {
				t.Errorf("crowded is %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("a connection alone is not replaced early", func(t *testing.T) {
		own := at(0, time.Hour)
		if crowded(own, []*connection{own}) {
			t.Error("crowded by itself")
		}
	})
}

func TestHalfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		<-(&slot{renews: true}).halfLife(&connection{life: time.Hour})
		if got := time.Since(start); got != 30*time.Minute {
			t.Errorf("due after %v, want 30m", got)
		}
	})
	if (&slot{renews: false}).halfLife(&connection{life: time.Hour}) != nil {
		t.Error("the second slot renews early")
	}
	if (&slot{renews: true}).halfLife(&connection{}) != nil {
		t.Error("a connection of unknown life is renewed early")
	}
}

func TestOpeningsAreHeldBack(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	var o openings
	for n := range openingsAtOnce {
		if wait := o.take(now); wait != 0 {
			t.Errorf("opening %d waits %v", n, wait)
		}
	}
	for n, want := range []time.Duration{3 * time.Second, 6 * time.Second} {
		if wait := o.take(now); wait != want {
			t.Errorf("opening %d beyond the budget waits %v, want %v", n, wait, want)
		}
	}
	opened := 0
	for second := range 600 { // somebody who opens whenever that is allowed
		if o.take(now.Add(time.Minute+time.Duration(second)*time.Second)) == 0 {
			opened++
		}
	}
	if opened > 10*50 {
		t.Errorf("%d openings in ten minutes, and Slack allows 500", opened)
	}
	if wait := o.take(now.Add(24 * time.Hour)); wait != 0 {
		t.Errorf("a day later one waits %v", wait)
	}
}

func TestNoTwoConnectionsAreDueTogether(t *testing.T) {
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	const silence, apart = silenceWithin, silenceWithin / 10
	for _, tt := range []struct {
		name  string
		signs []time.Duration // of life, of each connection in turn
		want  time.Duration   // when the last is due
	}{
		{"one alone", []time.Duration{0}, silence},
		{"two that show a sign of life together", []time.Duration{0, 0}, silence + apart},
		{"the second a moment before the first would be due", []time.Duration{time.Second, 0}, silence + time.Second + apart},
		{"two that are far apart stay as they are", []time.Duration{0, 10 * time.Second}, silence + 10*time.Second},
		{"a third beside two", []time.Duration{0, 0, 0}, silence + 2*apart},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var open connections
			var got time.Time
			for _, sign := range tt.signs {
				c := &connection{}
				open.add(c)
				got = open.due(c, start.Add(sign))
			}
			if want := start.Add(tt.want); !got.Equal(want) {
				t.Errorf("due after %v, want %v", got.Sub(start), tt.want)
			}
		})
	}
}

// TestSilentConnectionsNeverEndTogether lets two connections that are never pinged follow each other for a day.
func TestSilentConnectionsNeverEndTogether(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	var open connections
	var all []*connection
	for range 2 {
		c := &connection{}
		open.add(c)
		open.due(c, now)
		all = append(all, c)
	}
	for end := now.Add(24 * time.Hour); now.Before(end); {
		first, other := all[0], all[1]
		if other.due.Before(first.due) {
			first, other = other, first
		}
		if apart := other.due.Sub(first.due); apart < silenceWithin/10 {
			t.Fatalf("at %v both end within %v", now, apart)
		}
		now = first.due
		open.remove(first)
		next := &connection{}
		open.add(next)
		open.due(next, now)
		all = []*connection{other, next}
	}
}
