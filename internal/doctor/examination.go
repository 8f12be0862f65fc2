package doctor

import (
	"fmt"
	"time"
)

// health is what an examination comes to.
type health string

const (
	healthOK   health = "ok"
	healthWarn health = "warn"
	healthFail health = "FAIL"
)

// exam is one line of the doctor's report.
type exam struct {
	Health health `json:"health"`
	Of     string `json:"of"`
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"`
}

// Examination is the doctor's findings, in the order in which they were made.
type Examination struct {
	Exams []exam

	now time.Time // when it began, in the zone in which the findings have their instants
}

func (r *Examination) ok(of, format string, args ...any) {
	r.Exams = append(r.Exams, exam{healthOK, of, fmt.Sprintf(format, args...), ""})
}

func (r *Examination) warn(of, next, format string, args ...any) {
	r.Exams = append(r.Exams, exam{healthWarn, of, fmt.Sprintf(format, args...), next})
}

func (r *Examination) fail(of, next, format string, args ...any) {
	r.Exams = append(r.Exams, exam{healthFail, of, fmt.Sprintf(format, args...), next})
}

// NeedAttention counts what is not in order, and how much of that fails.
func (r *Examination) NeedAttention() (attention, failing int) {
	for _, e := range r.Exams {
		if e.Health != healthOK {
			attention++
		}
		if e.Health == healthFail {
			failing++
		}
	}
	return attention, failing
}
