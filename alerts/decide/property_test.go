package decide

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// month drives one budget through a random month and holds what must be true after every check.
type month struct {
	*alertstest.Book
	rule     *rules.Rule
	id       alerts.BudgetID
	now      time.Time
	version  int
	used     int64
	end      int64 // where the month is likely to end; 0 where that is not known
	parentID string
	posted   map[rules.Threshold]bool        // posted to the channel as news, and not come down since
	warned   bool                            // likewise of the forecast
	reported map[rules.Threshold][]time.Time // when each threshold was posted to the channel, since the limit is what it is
}

func startMonth() *month {
	rule := alertstest.ForecastRule()
	m := &month{Book: alertstest.NewBook(), rule: rule, id: alertstest.BudgetOf(rule.Name), now: alertstest.November.Start(), posted: map[rules.Threshold]bool{}, reported: map[rules.Threshold][]time.Time{}}
	m.BudgetStates[m.id] = alerts.BudgetState{BudgetID: m.id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1} // the rule is known already
	return m
}

func (m *month) find() evaluate.Finding {
	f := findingOf(m.rule, m.used, fmt.Sprint("v", m.version))
	if m.end == 0 {
		return f
	}
	return foreseeing(f, max(m.end, m.used))
}

func (m *month) plan(f evaluate.Finding, memory alerts.Memory) composed {
	return planned(&rules.Rules{Rules: []rules.Rule{*m.rule}}, []evaluate.Finding{f}, memory, m.now, m.NewID)
}

// check makes one check and records it.
func (m *month) check(t *rapid.T, f evaluate.Finding) Decision {
	m.now = m.now.Add(time.Minute)
	muted := m.BudgetStates[m.id].Muted()
	plan := m.plan(f, m.Memory())
	if err := m.Record(plan.Outcome); err != nil {
		t.Fatalf("the plan contradicts the ledger: %v", err)
	}
	for _, rearm := range plan.Outcome.Lifts {
		if rearm.Kind == alerts.KindForecast {
			m.warned = false
			continue
		}
		maps.DeleteFunc(m.posted, func(threshold rules.Threshold, _ bool) bool { return threshold > rearm.Above })
	}
	for _, d := range plan.Outcome.Deliveries {
		if muted && d.Kind != alerts.DeliverUpdate {
			t.Fatalf("a %s of a muted budget: %s", d.Kind, d.Message.Reason)
		}
		m.noteNews(t, d)
	}
	m.noteForecast(t, plan)
	m.expectCalm(t, plan.Decisions[0])
	return plan.Decisions[0]
}

// noteNews notes the thresholds that a delivery tells the channel as news.
func (m *month) noteNews(t *rapid.T, d alerts.Delivery) {
	if d.Kind != alerts.DeliverParent && d.Kind != alerts.DeliverBroadcast {
		return
	}
	line, ok := alertstest.LineOf(d, m.id)
	if !ok || len(line.Passed) == 0 && d.Message.Reason != alerts.ReasonLikelyOver {
		t.Fatalf("%s %s says nothing new", d.Kind, d.ID)
	}
	for _, threshold := range line.Passed {
		if m.posted[threshold] {
			t.Fatalf("%s is posted twice, the second time at %s", threshold, m.now)
		}
		m.posted[threshold] = true
	}
}

// expectCalm holds that what usage wavers around is posted twice, and then only after days of calm.
func (m *month) expectCalm(t *rapid.T, d Decision) {
	if d.Posts != alerts.DeliverParent && d.Posts != alerts.DeliverBroadcast || len(d.Passed) == 0 {
		return
	}
	reported := m.reported[d.BudgetState.Threshold]
	if d.ForecastThreshold == 0 && len(d.Passed) == 1 && len(reported) > 1 && m.now.Sub(reported[len(reported)-1]) < calmAfter {
		t.Fatalf("%s is posted at %s, and was at %s", d.BudgetState.Threshold, m.now, reported)
	}
	m.reported[d.BudgetState.Threshold] = append(reported, m.now)
}

// noteForecast notes that the channel has read of the month's likely end.
func (m *month) noteForecast(t *rapid.T, plan composed) {
	for _, alert := range plan.Outcome.Alerts {
		if alert.Kind != alerts.KindForecast {
			continue
		}
		if m.warned {
			t.Fatalf("the forecast is posted twice, the second time at %s", m.now)
		}
		if at := plan.Decisions[0].BudgetState.Threshold; at >= alert.Threshold {
			t.Fatalf("a forecast of %s is posted at %s", alert.Threshold, at)
		}
		m.warned = true
	}
}

// holds is true after every step.
func (m *month) holds(t *rapid.T) {
	state, recorded := m.BudgetStates[m.id], m.Unlifted(m.id)
	for _, threshold := range m.rule.Between(0, findingOf(m.rule, m.used, "").Threshold) {
		if !recorded[threshold] {
			t.Fatalf("%s was reached with %d and is not recorded", threshold, m.used)
		}
	}
	if _, kept := m.Alerts[alertstest.AlertKey{BudgetID: m.id, Kind: alerts.KindForecast, Threshold: 100}]; kept != m.warned || kept != (state.ForecastThreshold == 100) {
		t.Fatalf("the forecast is recorded: %t, was posted: %t, and its threshold is %s", kept, m.warned, state.ForecastThreshold)
	}
	for threshold := range m.posted {
		if !recorded[threshold] {
			t.Fatalf("%s was posted and is not recorded", threshold)
		}
	}
	for threshold := range recorded {
		if threshold > state.Threshold || state.Threshold > 0 && !recorded[state.Threshold] {
			t.Fatalf("budget state at %s with %v recorded", state.Threshold, recorded)
		}
	}
	if state.Ack.Given() && (state.Threshold == 0 && state.ForecastThreshold == 0 || state.Ack.Threshold > state.Threshold) {
		t.Fatalf("%s has %s in hand, of a budget at %s", state.Ack.By, state.Ack.Threshold, state.Threshold)
	}
	if m.parentID != "" && state.ParentID != m.parentID {
		t.Fatalf("the parent message was %s and is %q", m.parentID, state.ParentID)
	}
	m.parentID = state.ParentID
}

// TestOverAMonth: over any course of a month each threshold is posted at most once unless it came down between, no threshold that was
// reached is lost, a parent message stays the budget's parent message, unknown usage changes nothing that was known, and a check that crashes or
// comes late posts nothing. Of a muted budget nothing new is posted, and nothing at once when the mute is taken back.
func TestOverAMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := startMonth()
		t.Repeat(map[string]func(*rapid.T){
			"rise": func(t *rapid.T) {
				m.version++
				m.used += rapid.Int64Range(0, 400).Draw(t, "more")
				m.check(t, m.find())
			},
			"restatement": func(t *rapid.T) {
				m.version++
				m.used = rapid.Int64Range(0, m.used).Draw(t, "restated")
				m.check(t, m.find())
			},
			"usage wavers": func(t *rapid.T) {
				used := m.used
				for range rapid.IntRange(1, 3).Draw(t, "turns") {
					for _, figure := range []int64{used * 9 / 10, used} {
						m.version++
						m.used = figure
						m.check(t, m.find())
					}
				}
			},
			"the same data twice": func(t *rapid.T) {
				m.check(t, m.find())
				if again := m.check(t, m.find()); again.Posts != "" || again.Changed {
					t.Fatalf("the same data is %s again: %+v", again.Reason, again)
				}
			},
			"unknown": func(t *rapid.T) {
				before, f := m.BudgetStates[m.id], m.find()
				f.Used, f.Threshold, f.Unknown = decimal.Decimal{}, 0, rapid.SampledFrom([]string{"no rows", "two units"}).Draw(t, "why")
				d, after := m.check(t, f), m.BudgetStates[m.id]
				if d.Posts != "" || after.Threshold != before.Threshold || after.Track != before.Track || !after.Used.Equal(before.Used) || after.Version != before.Version {
					t.Fatalf("unknown usage made %+v of %+v", after, before)
				}
			},
			"another limit": func(t *rapid.T) {
				m.rule.Budget.Value = decimal.New(rapid.OneOf(rapid.Int64Range(500, 3000), rapid.SampledFrom([]int64{600, 1000})).Draw(t, "limit"), 0)
				clear(m.reported)
				if d := m.check(t, m.find()); d.Posts != "" && d.Posts != alerts.DeliverUpdate {
					t.Fatalf("a changed rule makes a %s", d.Posts)
				}
			},
			"another outlook": func(t *rapid.T) {
				m.version++
				m.end = rapid.SampledFrom([]int64{0, 950, 1000, 1100}).Draw(t, "end")
				m.check(t, m.find())
			},
			"an answer": func(t *rapid.T) {
				press := alerts.Press{By: alertstest.Ann, Act: rapid.SampledFrom([]alerts.Act{alerts.ActAcknowledge, alerts.ActUnacknowledge, alerts.ActMute, alerts.ActUnmute}).Draw(t, "act")}
				after, _, err := answer.Respond(m.BudgetStates[m.id], press, m.now)
				if err != nil {
					return
				}
				clear(m.reported) // what comes down of a muted budget is not counted
				after.Revision++
				m.BudgetStates[m.id] = after
				if d := m.check(t, m.find()); d.Posts != "" && d.Posts != alerts.DeliverUpdate {
					t.Fatalf("the same data after %s is a %s: %s", press.Act, d.Posts, d.Reason)
				}
			},
			"days pass": func(*rapid.T) {
				if later := m.now.Add(36 * time.Hour); later.Before(alertstest.November.End().AddDate(0, 0, -1)) {
					m.now = later
				}
			},
			"a crash before the record": func(*rapid.T) {
				m.plan(findingOf(m.rule, m.used+500, "lost"), m.Memory())
			},
			"a late replica": func(t *rapid.T) {
				stale := m.Memory()
				m.version++
				m.used += rapid.Int64Range(0, 400).Draw(t, "more")
				m.check(t, m.find())
				late := m.plan(m.find(), stale)
				if err := m.Record(late.Outcome); err == nil {
					t.Fatalf("%d deliveries of a check that was overtaken are taken", len(late.Outcome.Deliveries))
				}
			},
			"": m.holds,
		})
	})
}
