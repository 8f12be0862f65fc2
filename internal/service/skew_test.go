package service

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/internal/ops"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestSkew(t *testing.T) {
	for _, test := range []struct {
		name  string
		dates []string // of one answer each, as what it is behind the clock, or none
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
		{"an answer without a date shows nothing", []string{"2h", ""}, "dated 1999-12-31 22:00 UTC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := skew{log: zap.NewNop()}
				for _, behind := range test.dates {
					var date time.Time
					if by, err := time.ParseDuration(behind); err == nil {
						date = time.Now().Add(-by)
					}
					s.note("Slack", date)
				}
				var report ops.Report
				s.report(&report)
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
		s.note("Fastly", time.Now().Add(-behind))
	}
	var lines []string
	for _, entry := range log.All() {
		lines = append(lines, entry.Level.String()+" "+entry.Message)
	}
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "warn this machine's clock says") || !strings.HasPrefix(lines[1], "info this machine's clock is right again") {
		t.Errorf("the log has %q", lines)
	}
}
