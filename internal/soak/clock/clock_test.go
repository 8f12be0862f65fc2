package clock_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/soak/clock"
)

var july = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)

func TestAt(t *testing.T) {
	wall := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
	fast := clock.Clock{From: july, Until: july.AddDate(0, 3, 0), Since: wall, Speed: 86400}
	for _, tt := range []struct {
		name  string
		after time.Duration
		want  time.Time
	}{
		{"it begins where it is told", 0, july},
		{"it runs at its speed", 36 * time.Second, july.AddDate(0, 0, 36)},
		{"it stands still before it begins", -24 * time.Second, july},
		{"it stands still at its end", time.Hour, july.AddDate(0, 3, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fast.At(wall.Add(tt.after)); !got.Equal(tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	for _, after := range []time.Duration{0, time.Second, 59 * time.Second} {
		if off := fast.Wall(fast.At(wall.Add(after))).Sub(wall.Add(after)).Abs(); off > time.Millisecond {
			t.Errorf("%s after it began, there and back is off by %s", after, off)
		}
	}
}

func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(july, july.AddDate(0, 3, 0), time.Now(), 92*time.Second)
		time.Sleep(23 * time.Second)
		if got := c.Now(); got.Sub(july.AddDate(0, 0, 23)).Abs() > time.Minute {
			t.Errorf("after a quarter of it, it is %s", got)
		}
	})
}

func TestHowOftenACheckIsDue(t *testing.T) {
	for _, tt := range []struct {
		name        string
		within      time.Duration
		every, poll time.Duration
	}{
		{"in a minute a check needs most of a day", time.Minute, 23 * time.Hour, 156 * time.Millisecond},
		{"in an hour six hours are enough", time.Hour, 6 * time.Hour, 2444 * time.Millisecond},
		{"in a second it asks no more often than it can", time.Second, 24 * time.Hour, 50 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.New(july, july.AddDate(0, 3, 0), time.Now(), tt.within)
			if every, poll := c.CheckEvery(), c.Poll().Truncate(time.Millisecond); every != tt.every || poll != tt.poll {
				t.Errorf("a check is due every %s and looked for every %s, want %s and %s", every, poll, tt.every, tt.poll)
			}
		})
	}
}

func TestAProcessIsToldOfTheClock(t *testing.T) {
	want := clock.New(july, july.AddDate(0, 3, 0), time.UnixMilli(1764000000000).UTC(), time.Minute)
	name, value, _ := strings.Cut(want.Setting(), "=")
	t.Setenv(name, value)
	got, err := clock.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-set +read):\n%s", diff)
	}
	for what, wrong := range map[string]string{
		"none": "", "no clock": "secret", "one that stands": strings.Replace(value, `"Speed":`, `"Speed":-`, 1),
		"one that ends before it begins": strings.Replace(value, "2026-10-01", "2026-06-01", 1),
	} {
		t.Setenv(name, wrong)
		if c, err := clock.FromEnvironment(); err == nil {
			t.Errorf("%s, %q, is taken for %+v", what, wrong, c)
		}
	}
}
