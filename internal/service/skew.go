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
	log   *zap.Logger
	wrong atomic.Value // a string: how wrong the clock is, empty where it is right; nothing before the first answer
}

// note takes the date of an answer, and logs when the clock turns out wrong or right. An answer without a date is
// ignored.
func (s *skew) note(by string, date time.Time) {
	if date.IsZero() {
		return
	}
	now, wrong := time.Now(), ""
	if now.Sub(date).Abs() > mostSkew {
		const layout = "2006-01-02 15:04 UTC"
		wrong = fmt.Sprintf("this machine's clock says %s where the newest answer of %s is dated %s: set the clock (NTP); until it is right, old records are kept",
			now.UTC().Format(layout), by, date.UTC().Format(layout))
	}
	switch before, _ := s.wrong.Swap(wrong).(string); {
	case wrong != "" && before == "":
		s.log.Warn(wrong)
	case wrong == "" && before != "":
		s.log.Info("this machine's clock is right again")
	}
}

// trouble reports that the clock is wrong, and what to do; empty if the clock is right or unknown.
func (s *skew) trouble() string {
	wrong, _ := s.wrong.Load().(string)
	return wrong
}

func (s *skew) report(r *ops.Report) {
	if trouble := s.trouble(); trouble != "" {
		r.Warnings = append(r.Warnings, trouble)
	}
}
