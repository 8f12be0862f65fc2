package service

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestABusinessClock(t *testing.T) {
	wall := time.UnixMilli(1764000000000)
	for _, test := range []struct {
		name, clock string
		after       time.Duration
		want        string
	}{
		{"begins where it is told", "2026-07-01T00:00:00Z@1764000000000x16560", 0, "2026-07-01T00:00:00Z"},
		{"runs at its speed", "2026-07-01T00:00:00Z@1764000000000x3600", 36 * time.Second, "2026-07-02T12:00:00Z"},
		{"may be slower than the wall's", "2026-07-01T00:00:00Z@1764000000000x0.5", time.Minute, "2026-07-01T00:00:30Z"},
		{"stands still before it begins", "2026-07-01T00:00:00Z@1764000000000x3600", -24 * time.Second, "2026-07-01T00:00:00Z"},
		{"stands still at its end", "2026-07-01T00:00:00Z..2026-10-05T00:00:00Z@1764000000000x86400", time.Hour, "2026-10-05T00:00:00Z"},
		{"runs until then", "2026-07-01T00:00:00Z..2026-10-05T00:00:00Z@1764000000000x86400", time.Second, "2026-07-02T00:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := parseClock(test.clock)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.at(wall.Add(test.after)).UTC().Format(time.RFC3339); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestABusinessClockThatIsRefused(t *testing.T) {
	for name, clock := range map[string]string{
		"no wall time":              "2026-07-01T00:00:00Z",
		"no speed":                  "2026-07-01T00:00:00Z@1764000000000",
		"a day that is not there":   "2026-06-31T00:00:00Z@1764000000000x10",
		"an end that is not there":  "2026-07-01T00:00:00Z..2026-10@1764000000000x10",
		"an end before it begins":   "2026-07-01T00:00:00Z..2026-06-01T00:00:00Z@1764000000000x10",
		"a clock that stands":       "2026-07-01T00:00:00Z@1764000000000x0",
		"one that runs backwards":   "2026-07-01T00:00:00Z@1764000000000x-2",
		"one that is absurdly fast": "2026-07-01T00:00:00Z@1764000000000x9999999",
		"something after it":        "2026-07-01T00:00:00Z@1764000000000x10 ",
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := parseClock(clock); err == nil {
				t.Errorf("%q is taken for %+v", clock, c)
			}
		})
	}
}

func TestAServiceOnAClockOfItsOwn(t *testing.T) {
	core, log := observer.New(zapcore.WarnLevel)
	c, err := parseClock("2026-07-01T00:00:00Z@1764000000000x21600")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Log: zap.New(core)}
	o.RunOn(c, 24*time.Hour)
	if o.Poll != time.Second {
		t.Errorf("it asks every %s, want every second: an interval passes in four", o.Poll)
	}
	if !slices.ContainsFunc(log.All(), func(e observer.LoggedEntry) bool { return strings.Contains(e.Message, "BUSINESS_CLOCK") }) {
		t.Error("it says nothing of its clock")
	}
	if help := ConfigHelp(); strings.Contains(help, "BUSINESS_CLOCK") || !strings.Contains(help, "BUDGET_COMMAND") {
		t.Errorf("the help is not what operators need:\n%s", help)
	}
}
