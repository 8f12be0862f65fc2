package main

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

// answers is a transport that gives an answer with this Date header, or none.
type answers string

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	if a == "none" {
		return nil, errors.New("no answer")
	}
	return &http.Response{Header: http.Header{"Date": {string(a)}}, Body: http.NoBody}, nil
}

func TestSkew(t *testing.T) {
	for _, test := range []struct {
		name  string
		dates []string // of one answer each, as what they are behind the clock, or as they are
		wrong string
	}{
		{"no answer yet", nil, ""},
		{"the clock agrees", []string{"0s"}, ""},
		{"an hour ahead is borne", []string{"1h"}, ""},
		{"an hour behind is borne", []string{"-1h"}, ""},
		{"more than an hour ahead", []string{"1h1s"}, "clock says 2000-01-01 00:00 UTC where the newest answer of Slack is dated 1999-12-31 22:59 UTC: set the clock (NTP)"},
		{"more than an hour behind", []string{"-61m"}, "dated 2000-01-01 01:01 UTC"},
		{"fourteen months ahead", []string{"10200h"}, "dated 1998-11-02 00:00 UTC"},
		{"the newest answer counts: right again", []string{"10200h", "1s"}, ""},
		{"the newest answer counts: wrong now", []string{"1s", "-10200h"}, "dated 2001-03-01 00:00 UTC"},
		{"an answer without a date tells nothing", []string{"2h", ""}, "dated 1999-12-31 22:00 UTC"},
		{"a date that cannot be read tells nothing", []string{"2h", "soon"}, "dated 1999-12-31 22:00 UTC"},
		{"no answer tells nothing", []string{"2h", "none"}, "dated 1999-12-31 22:00 UTC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := skew{log: zap.NewNop()}
				for _, date := range test.dates {
					if behind, err := time.ParseDuration(date); err == nil {
						date = time.Now().Add(-behind).UTC().Format(http.TimeFormat)
					}
					answer, err := s.watch("Slack", answers(date)).RoundTrip(nil)
					if err == nil {
						_ = answer.Body.Close()
					}
				}
				report := s.report()
				if got := strings.Join(report.Warnings, ""); (got == "") != (test.wrong == "") || !strings.Contains(got, test.wrong) || len(report.Reasons) > 0 {
					t.Errorf("it reports %+v, want a warning with %q", report, test.wrong)
				}
			})
		})
	}
}

// The log has one line where the clock becomes wrong, and one where it is right again, however many answers there are.
func TestSkewIsLoggedOnce(t *testing.T) {
	core, log := observer.New(zap.InfoLevel)
	s := skew{log: zap.New(core)}
	for _, behind := range []time.Duration{0, 2 * time.Hour, 3 * time.Hour, 0, time.Second} {
		s.heard("Fastly", time.Now().Add(-behind))
	}
	var lines []string
	for _, entry := range log.All() {
		lines = append(lines, entry.Level.String()+" "+entry.Message)
	}
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "warn this machine's clock says") || !strings.HasPrefix(lines[1], "info this machine's clock is right again") {
		t.Errorf("the log has %q", lines)
	}
}

// While this machine's clock is far from the date of what Slack and Fastly answer, nothing old is removed, /readyz and the log tell it;
// once it is right, what is older than 13 months goes.
func TestAWrongClockRemovesNothing(t *testing.T) {
	t.Parallel()
	const months = 14 * 30 * 24 * time.Hour
	var behind atomic.Int64
	date := func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }
	w := newWorld(t, func(s *slacksim.Config, f *fastlysim.Config) { s.Date, f.Date = date, date })
	behind.Store(int64(months))
	w.clock.advance(-months)
	old := billing.MonthOf(w.clock.Now())
	w.uses(410, 50)
	r := w.start()
	w.awaitChecks(1)
	r.stop()

	w.clock.advance(months)
	w.uses(390, 50)
	r = w.start()
	w.awaitChecks(1)
	r.stop()
	r = w.start()
	w.await("the refusal", func() bool {
		return strings.Count(w.written.String(), "old records not removed: this machine's clock says") == 3
	})
	if kept, err := r.service.store.Standings(t.Context(), old); err != nil || len(kept) != 2 {
		t.Errorf("of %s %d standings are kept, want 2; %v", old, len(kept), err)
	}
	if ready := r.readiness(); !ready.Ready || len(ready.Warnings) != 1 || !strings.Contains(ready.Warnings[0], "set the clock (NTP)") {
		t.Errorf("/readyz says %+v", ready)
	}
	r.stop()

	behind.Store(0)
	r = w.start()
	w.await("the end of what is old", func() bool {
		kept, err := r.service.store.Standings(t.Context(), old)
		return err == nil && len(kept) == 0
	})
	w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
}
