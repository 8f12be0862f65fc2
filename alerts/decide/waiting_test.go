package decide

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// without takes the first rule out of the file for as long as do runs.
func (w *watch) without(t *testing.T, do func()) {
	t.Helper()
	removed := w.rules.Rules[0]
	w.rules.Rules = w.rules.Rules[1:]
	do()
	w.rules.Rules = append([]rules.Rule{removed}, w.rules.Rules...)
}

// checkOthers is a check while the first rule is out of the file.
func (w *watch) checkOthers(t *testing.T, used ...int64) composed {
	t.Helper()
	w.now = w.now.Add(time.Hour)
	memory := w.memory()
	memory.Parents = map[string]alerts.Delivery{}
	for _, d := range slices.Concat(w.Seen, w.Waits()) {
		memory.Parents[d.ID] = d
	}
	findings := make([]evaluate.Finding, len(used))
	for i := range used {
		findings[i] = findingOf(&w.rules.Rules[i], used[i], w.now.String())
	}
	plan := planned(w.rules, findings, memory, w.now, w.NewID)
	if err := w.Record(plan.Outcome); err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestWhatWaitsComesBackWithItsRule(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first int64 // posted before anything waits; 0 for nothing
		away  []string
		back  string
	}{
		{"the first message of a budget", 0, nil, "d2 root #cdn a 100%: first threshold reached"},
		{
			"a reply under a message that people have seen", 810,
			[]string{"d4 refresh #cdn <d1 a 80%: the budget is no longer watched"},
			"d5 root #cdn a 100%: higher threshold reached",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "a@cdn", "b@shop")
			w.check(t, tt.first, 10)
			w.Refuses["cdn"] = true
			w.check(t, 1010, 10)
			w.without(t, func() { expect(t, w.checkOthers(t, 10), tt.away...) })
			expect(t, w.check(t, 1010, 10), tt.back)
			if got := w.BudgetStates[alertstest.BudgetOf("a")].Threshold; got != 100 {
				t.Errorf("it stands at %s", got)
			}
		})
	}
}

func TestWhatWaitsGoesWhereItsRulePostsNow(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn")
	w.Refuses["cdn"] = true
	expect(t, w.check(t, 1010, 10), "d1 root #cdn a 100%: first threshold reached")
	w.rules.Rules[0].Channel = "finops"
	plan := w.check(t, 1010, 10)
	expect(t, plan, "d2 root #finops a 100%: first threshold reached")
	expectDeferred(t, plan, map[string]string{}, "d1")
	if got := w.BudgetStates[alertstest.BudgetOf("a")]; got.ParentID != "d2" || got.ParentChannel != "finops" {
		t.Errorf("the budget state has the parent message %s in %s", got.ParentID, got.ParentChannel)
	}
	expect(t, w.check(t, 1010, 10))
}

// TestAMessageInPlaceOfOneThatMayBePostedSaysSo: people who could read the first message see the same alert twice.
func TestAMessageInPlaceOfOneThatMayBePostedSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name    string
		unsure  bool
		limit   int64 // of the budget after the channel refused
		repeats bool
	}{
		{"an attempt ended without an outcome, and then the channel refused", true, 1000, true},
		{"the channel refused every attempt", false, 1000, false},
		{"the budget is another amount now, so that the alert is news", true, 900, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "a@cdn", "b@cdn")
			w.Refuses["cdn"], w.Unsure["d1"] = true, tt.unsure
			expect(t, w.check(t, 1010, 10), "d1 root #cdn a 100%: first threshold reached")
			w.rules.Rules[0].Channel, w.rules.Rules[0].Budget.Value = "finops", decimal.NewFromInt(tt.limit)
			posted := w.check(t, 1010, 10).Outcome.Deliveries
			if len(posted) != 1 || posted[0].Channel != "finops" || posted[0].Message.MayRepeat != tt.repeats {
				t.Errorf("posted: %+v", posted)
			}
		})
	}
}

// TestWhatWaitsKeepsItsMoment: a message that is made anew while nobody can see it tells of the moment of the first.
func TestWhatWaitsKeepsItsMoment(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first int64 // posted before the channel refuses; 0 for nothing
		then  func(t *testing.T, w *watch)
		keeps bool
	}{
		{"it is made anew each day with newer figures", 0, func(t *testing.T, w *watch) {
			for range 3 {
				w.now = w.now.Add(24 * time.Hour)
				w.check(t, 1050, 10)
			}
		}, true},
		{"so is a reply to a message that people have seen", 810, func(t *testing.T, w *watch) {
			w.now = w.now.Add(24 * time.Hour)
			w.check(t, 1050, 10)
		}, true},
		{"a higher threshold is reached", 0, func(t *testing.T, w *watch) { w.check(t, 1300, 10) }, true},
		{"its rule posts elsewhere", 0, func(t *testing.T, w *watch) {
			w.rules.Rules[0].Channel = "finops"
			w.check(t, 1050, 10)
		}, true},
		{"it is muted", 0, func(t *testing.T, w *watch) {
			s := w.BudgetStates[alertstest.BudgetOf("a")]
			s.Mute = alerts.Answer{By: "U1", At: w.now, Threshold: 100}
			w.BudgetStates[s.BudgetID] = s
			w.check(t, 1050, 10)
		}, true},
		{"usage that came down reaches it anew", 0, func(t *testing.T, w *watch) {
			w.check(t, 500, 10)
			w.check(t, 1010, 10)
		}, false},
		{"another limit is another threshold", 0, func(t *testing.T, w *watch) {
			w.rules.Rules[0].Budget.Value = decimal.New(900, 0)
			w.check(t, 1010, 10)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "a@cdn", "b@shop")
			w.check(t, tt.first, 10)
			w.Refuses["cdn"] = true
			w.check(t, 1010, 10)
			reached := w.now
			tt.then(t, w)
			got := w.Alerts[alertstest.AlertKey{BudgetID: alertstest.BudgetOf("a"), Kind: alerts.KindBudget, Threshold: 100}]
			if got.At.IsZero() || got.At.Equal(reached) != tt.keeps {
				t.Errorf("reached at %s, was %s", got.At, reached)
			}
			for _, d := range w.Waits() {
				if line, _ := alertstest.LineOf(d, alertstest.BudgetOf("a")); line.Threshold == 100 && !got.At.Equal(cmp.Or(d.Message.ReachedAt, d.CreatedAt)) {
					t.Errorf("%s says %s, made at %s", d.ID, d.Message.ReachedAt, d.CreatedAt)
				}
			}
		})
	}
}

// TestWhatWaitsEscalatesAsIfItWerePosted: a channel that refuses neither delays an escalation nor repeats it.
func TestWhatWaitsEscalatesAsIfItWerePosted(t *testing.T) {
	hourly := func(hours int, used int64) func(*testing.T, *watch) {
		return func(t *testing.T, w *watch) {
			for range hours {
				w.check(t, used)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		after time.Duration // until an escalation is due
		then  func(t *testing.T, w *watch)
		over  time.Duration // from when the budget was used up to when the time to escalation begins
		calls int           // escalations of the budget
	}{
		{"a message that is made anew each day counts from when the budget was used up", 100 * time.Hour, hourly(75, 1050), 0, 0},
		{"so does one that goes elsewhere", 100 * time.Hour, func(t *testing.T, w *watch) {
			w.rules.Rules[0].Channel = "finops"
			w.check(t, 1050)
		}, 0, 0},
		{"a higher threshold counts from when it was reached", 100 * time.Hour, hourly(1, 1300), time.Hour, 0},
		{"and so it does once usage is restated below it", 100 * time.Hour, func(t *testing.T, w *watch) {
			w.check(t, 1300)
			w.check(t, 1050)
		}, time.Hour, 0},
		{"usage that came down and rose again counts from then", 100 * time.Hour, func(t *testing.T, w *watch) {
			w.check(t, 500)
			w.check(t, 1050)
		}, 2 * time.Hour, 0},
		{"an escalation is due although a newer message was made each day", 60 * time.Hour, hourly(75, 1050), 60 * time.Hour, 1},
		{"made anew however often, it escalates twice a month", 2 * time.Hour, hourly(75, 1050), 4 * time.Hour, 2},
		{"and not again for a higher threshold", 2 * time.Hour, func(t *testing.T, w *watch) {
			hourly(50, 1050)(t, w)
			hourly(25, 1300)(t, w)
		}, 51 * time.Hour, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(true, "a@cdn")
			w.rules.Operators.Channel, w.rules.Rules[0].EscalateAfter = "ops", tt.after
			w.check(t, 10)
			w.Refuses["cdn"], w.Refuses["finops"] = true, true
			w.check(t, 1010)
			reached := w.now
			tt.then(t, w)
			got := w.BudgetStates[alertstest.BudgetOf("a")]
			if over := got.OverAt.Sub(reached); over != tt.over || got.Escalations != tt.calls {
				t.Errorf("it counts from %s after, with %d escalations; want %s and %d", over, got.Escalations, tt.over, tt.calls)
			}
			if calls := len(w.Seen); calls != tt.calls/2 { // only the operators' channel takes messages
				t.Errorf("operators have %d messages", calls)
			}
		})
	}
}

func TestWhatIsNoLongerSoDoesNotMove(t *testing.T) {
	w := watching(true, "a@cdn")
	w.Refuses["cdn"] = true
	w.check(t, 1010)
	w.rules.Rules[0].Channel = "finops"
	expect(t, w.check(t, 500))
	expect(t, w.check(t, 1010), "d2 root #finops a 100%: first threshold reached")
}

func TestAReplyThatWaitsIsTheFirstMessageInANewChannel(t *testing.T) {
	w := watching(true, "a@cdn")
	w.check(t, 810)
	w.Refuses["cdn"] = true
	w.check(t, 1010)
	w.rules.Rules[0].Channel = "finops"
	plan := w.check(t, 1010)
	expect(t, plan, "d4 root #finops a 100%: higher threshold reached")
	expectDeferred(t, plan, map[string]string{}, "d2")
}

// TestAListThatWaitsIsMadeAnew: it is one message, so that all that it tells is posted where each of its budgets posts by now.
func TestAListThatWaitsIsMadeAnew(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn", "e@cdn")
	w.Refuses["cdn"] = true
	expect(t, w.check(t, 810, 820, 830, 840, 850), "d1 list #cdn e 80% d 80% c 80% b 80% a 80%: first threshold reached")
	w.rules.Rules[0].Channel = "finops"
	plan := w.check(t, 810, 820, 830, 840, 850)
	expect(t, plan, "d2 root #finops a 80%: first threshold reached", "d3 list #cdn e 80% d 80% c 80% b 80%: first threshold reached")
	expectDeferred(t, plan, map[string]string{}, "d1")
}

// TestABudgetThatNobodyWatchesIsTakenFromAList: the list is made anew for the sake of another cost budget.
func TestABudgetThatNobodyWatchesIsTakenFromAList(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn")
	w.Refuses["cdn"] = true
	w.check(t, 810, 820, 830, 840)
	w.without(t, func() {
		w.rules.Rules[0].Channel = "finops"
		expect(t, w.checkOthers(t, 820, 830, 840), "d2 root #finops b 80%: first threshold reached",
			"d3 root #cdn c 80%: first threshold reached", "d4 root #cdn d 80%: first threshold reached")
	})
	if got := w.BudgetStates[alertstest.BudgetOf("a")].Threshold; got != 0 {
		t.Errorf("it is at %s, which nobody has seen", got)
	}
	expect(t, w.check(t, 810, 820, 830, 840), "d5 root #cdn a 80%: first threshold reached")
}

// TestWhatWaitsOfAClosedMonthMovesToo: its figures are final, and it is still news.
func TestWhatWaitsOfAClosedMonthMovesToo(t *testing.T) {
	w := watching(true, "a@cdn")
	w.Refuses["cdn"] = true
	w.check(t, 1010)
	w.now = alertstest.November.End().Add(alerts.LateFor)
	w.check(t, 1010)
	if w.BudgetStates[alertstest.BudgetOf("a")].ClosedAt.IsZero() {
		t.Fatal("the month is not closed")
	}
	w.rules.Rules[0].Channel = "finops"
	expect(t, w.check(t, 1010), "d3 root #finops a 100%: first threshold reached")
}

// TestNothingIsLost: whatever happens to the channel and the file while a message waits, in the end people have seen every
// threshold that usage is at.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := watching(true, "a@cdn", "b@cdn")
		used := []int64{0, 0}
		step := func() { w.check(t, used...) }
		r.Repeat(map[string]func(*rapid.T){
			"usage": func(r *rapid.T) {
				used[rapid.IntRange(0, 1).Draw(r, "whose")] = rapid.Int64Range(0, 1400).Draw(r, "used")
				step()
			},
			"a channel refuses or takes messages again": func(r *rapid.T) {
				channel := rapid.SampledFrom([]string{"cdn", "shop"}).Draw(r, "channel")
				w.Refuses[channel] = !w.Refuses[channel]
				step()
			},
			"a rule moves": func(r *rapid.T) {
				w.rules.Rules[rapid.IntRange(0, 1).Draw(r, "whose")].Channel = rapid.SampledFrom([]string{"cdn", "shop"}).Draw(r, "channel")
				step()
			},
			"a check without the first rule": func(*rapid.T) {
				w.without(t, func() { w.checkOthers(t, used[1]) })
			},
			"a day passes": func(*rapid.T) {
				if w.now.Before(alertstest.November.End().AddDate(0, 0, -3)) {
					w.now = w.now.AddDate(0, 0, 1)
				}
			},
		})
		w.Refuses = map[string]bool{}
		if !w.now.Before(alertstest.November.End().Add(-2 * time.Hour)) {
			return
		}
		step()
		w.Post(w.now)
		for i, rule := range w.rules.Rules {
			reached := findingOf(&w.rules.Rules[i], used[i], "").Threshold
			if got := w.highestPosted(alertstest.BudgetOf(rule.Name)); got < reached {
				r.Fatalf("%s is at %s, and people have seen %s", rule.Name, reached, got)
			}
		}
	})
}

// heard is the highest threshold of the budget that a message was posted for.
func (w *watch) highestPosted(id alerts.BudgetID) rules.Threshold {
	var threshold rules.Threshold
	for _, d := range w.Seen {
		if line, ok := alertstest.LineOf(d, id); ok && (d.Kind == alerts.DeliverParent || d.Kind == alerts.DeliverBroadcast || d.Kind == alerts.DeliverList) {
			threshold = max(threshold, line.Threshold)
		}
	}
	return threshold
}
