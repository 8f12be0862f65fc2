package phrase

import (
	"errors"
	"strings"
	"testing"
	"time"

	"budgetbot/alerts"
)

func TestAButtonKnowsItsBudgetAndWhatItShowed(t *testing.T) {
	at := time.Date(2026, time.November, 22, 10, 14, 0, 123_000_000, time.UTC)
	id := alerts.BudgetID{Rule: "shop-services", Instance: `<!channel> & "www"`, Month: november}
	on := PressValue(alerts.BudgetLine{BudgetID: id, Threshold: 80, Answers: alerts.Answers{Ack: alerts.Answer{By: alice, At: at, Threshold: 80}}})
	if strings.ContainsAny(on, "<>&") {
		t.Errorf("the value %s has characters that Slack escapes", on)
	}
	again, err := ReadSubject(on)
	if err != nil || again.BudgetID != id || again.Shown() != (alerts.Shown{Threshold: 80, Answered: at}) {
		t.Errorf("read back it is %+v, %v", again, err)
	}
	fresh, err := ReadSubject(PressValue(alerts.BudgetLine{BudgetID: id}))
	if err != nil || fresh.Shown() != (alerts.Shown{}) {
		t.Errorf("of a budget nobody has answered it is %+v, %v", fresh, err)
	}
}

func TestWhatNoButtonOfOursCarries(t *testing.T) {
	for _, value := range []string{
		"", "null", "{}", "[]", "na-bandwidth", `{"rule":"na"}`, `{"rule":"na","month":""}`, `{"rule":"na","month":"2026-13"}`,
		`{"month":"2026-11"}`, `{"rule":"na","month":"2026-11","owner":"U1"}`, `{"rule":"na","month":"2026-11"}{}`, `{"rule":"na","month":"2026-11","level":"x"}`,
	} {
		if on, err := ReadSubject(value); !errors.Is(err, errValue) {
			t.Errorf("%q is read as %+v, %v", value, on, err)
		}
	}
}

func FuzzReadAbout(f *testing.F) {
	for _, seed := range []string{`{"rule":"na","month":"2026-11","level":80,"answered":1}`, "", "{}", `{"rule":"na","month":"2026-11","level":1e99}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		on, err := ReadSubject(value)
		if err != nil {
			return
		}
		if id := on.BudgetID; id.Rule == "" || id.Month.IsZero() {
			t.Errorf("%q is read as %+v", value, on)
		}
	})
}
