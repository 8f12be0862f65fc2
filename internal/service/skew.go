package service

import (
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"budgetbot/internal/ops"
)

// mostSkew is how far this machine's clock may be from the date of the newest answer and still be trusted. A date has whole seconds, and
// an answer may take twenty of them.
const mostSkew = time.Hour

// skew holds this machine's clock against the date of the newest answer of Slack or Fastly.
type skew struct {
	log    *zap.Logger
	newest atomic.Pointer[dated] // nil before the first
}

// dated is an answer with the date that its server gave it, and the time of this machine when it came.
type dated struct {
	by       string
	date, at time.Time
}

// note remembers the date of an answer, and logs when the clock turns out wrong or right. An answer without a date is
// ignored.
func (s *skew) note(by string, date time.Time) {
	if date.IsZero() {
		return
	}
	before := s.trouble()
	s.newest.Store(&dated{by: by, date: date, at: time.Now()})
	switch now := s.trouble(); {
	case now != "" && before == "":
		s.log.Warn(now)
	case now == "" && before != "":
		s.log.Info("this machine's clock is right again")
	}
}

// trouble reports that the clock is wrong, and what to do; empty if the clock is right or unknown.
func (s *skew) trouble() string {
	newest := s.newest.Load()
	if newest == nil || newest.at.Sub(newest.date).Abs() <= mostSkew {
		return ""
	}
	const layout = "2006-01-02 15:04 UTC"
	return fmt.Sprintf("this machine's clock says %s where the newest answer of %s is dated %s: set the clock (NTP); until it is right, old records are kept",
		newest.at.UTC().Format(layout), newest.by, newest.date.UTC().Format(layout))
}

func (s *skew) report(r *ops.Report) {
	if trouble := s.trouble(); trouble != "" {
		r.Warnings = append(r.Warnings, trouble)
	}
}
