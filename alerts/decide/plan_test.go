package decide

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// watch is a book that knows the rules, each a budget of 1,000 with the thresholds 80, 100 and 125.
type watch struct {
	*alertstest.Book
	rules *rules.Rules
	now   time.Time
}

// watching starts to watch rules written as "name@channel". Known ones were seen in a month before.
func watching(known bool, set ...string) *watch {
	w := &watch{Book: alertstest.NewBook(), rules: &rules.Rules{}, now: alertstest.Noon}
	for _, written := range set {
		w.add(written)
	}
	if known {
		w.know()
	}
	return w
}

// know makes the rules as they are those of a month before.
func (w *watch) know() {
	for _, rule := range w.rules.Rules {
		october := alerts.BudgetID{Rule: rule.Name, Month: alertstest.November.Add(-1)}
		w.BudgetStates[october] = alerts.BudgetState{BudgetID: october, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1}
	}
}

func (w *watch) add(written string) *rules.Rule {
	rule := alertstest.BudgetRule()
	rule.Name, rule.Channel, _ = strings.Cut(written, "@")
	w.rules.Rules = append(w.rules.Rules, *rule)
	return &w.rules.Rules[len(w.rules.Rules)-1]
}

// memory is that of November, with the rules of every month.
func (w *watch) memory() alerts.Memory {
	m := w.Book.Memory()
	m.BudgetStates = slices.DeleteFunc(m.BudgetStates, func(s alerts.BudgetState) bool { return s.Month != alertstest.November })
	return m
}

// check finds the usage of each rule in turn, and records and returns the plan.
func (w *watch) check(t *testing.T, used ...int64) composed {
	t.Helper()
	w.now = w.now.Add(time.Hour)
	w.Post(w.now)
	findings := make([]evaluate.Finding, len(used))
	for i := range used {
		findings[i] = findingOf(&w.rules.Rules[i], used[i], w.now.String())
	}
	plan := planned(w.rules, findings, w.memory(), w.now, w.NewID)
	if err := w.Record(plan.Outcome); err != nil {
		t.Fatal(err)
	}
	return plan
}

// posted writes deliveries as "id kind #channel [<parent] rule threshold…", one a line.
func posted(plan composed) []string {
	var lines []string
	for _, d := range plan.Outcome.Deliveries {
		line := fmt.Sprintf("%s %s #%s", d.ID, d.Kind, d.Channel)
		if d.ParentID != "" {
			line += " <" + d.ParentID
		}
		for _, budget := range d.Message.Budgets {
			line += fmt.Sprintf(" %s %s", budget.Rule, budget.Threshold)
		}
		lines = append(lines, line+": "+string(d.Message.Reason))
	}
	return lines
}

func expect(t *testing.T, plan composed, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, posted(plan)); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestPlanParentReplyUpdate(t *testing.T) {
	w := watching(true, "na@cdn")
	expect(t, w.check(t, 500))
	expect(t, w.check(t, 810), "d1 root #cdn na 80%: first threshold reached")
	expect(t, w.check(t, 820))
	expect(t, w.check(t, 1010),
		"d2 rise #cdn <d1 na 100%: higher threshold reached", "d3 refresh #cdn <d1 na 100%: higher threshold reached")
	expect(t, w.check(t, 900), "d4 refresh #cdn <d1 na 80%: usage restated below the threshold")
	expect(t, w.check(t, 1300),
		"d5 rise #cdn <d1 na 125%: higher threshold reached", "d6 refresh #cdn <d1 na 125%: higher threshold reached")
	w.now = w.now.Add(24 * time.Hour)
	expect(t, w.check(t, 1310), "d7 refresh #cdn <d1 na 125%: figures updated")
	if got := w.BudgetStates[alertstest.BudgetOf("na")].ParentID; got != "d1" {
		t.Errorf("the parent message is %s, want d1", got)
	}
}

func TestPlanUpToThreeParentsAChannel(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@shop")
	expect(t, w.check(t, 810, 1010, 820, 830),
		"d1 root #cdn a 80%: first threshold reached", "d2 root #cdn b 100%: first threshold reached",
		"d3 root #cdn c 80%: first threshold reached", "d4 root #shop d 80%: first threshold reached")
}

func TestPlanFourInAChannelAreAList(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn", "e@shop")
	plan := w.check(t, 810, 1310, 900, 1010, 810)
	expect(t, plan,
		"d1 list #cdn b 125% d 100% c 80% a 80%: first threshold reached", "d2 root #shop e 80%: first threshold reached")
	for _, alert := range plan.Outcome.Alerts {
		want := "d1"
		if alert.Rule == "e" {
			want = "d2"
		}
		if alert.DeliveryID != want {
			t.Errorf("%s of %s is posted by %q, want %s", alert.Threshold, alert.Rule, alert.DeliveryID, want)
		}
	}
	if got := w.BudgetStates[alertstest.BudgetOf("b")].ParentID; got != "" {
		t.Errorf("a listed budget has the parent message %s", got)
	}
	expect(t, w.check(t, 820, 1320, 910, 1020, 820))
	expect(t, w.check(t, 1010, 1320, 910, 1020, 820), "d3 root #cdn a 100%: higher threshold reached")
	expect(t, w.check(t, 1260, 1320, 910, 1020, 820),
		"d4 rise #cdn <d3 a 125%: higher threshold reached", "d5 refresh #cdn <d3 a 125%: higher threshold reached")
}

// TestPlanRepliesAreNoParents: only new parent messages count against the limit of a channel.
func TestPlanRepliesAreNoParents(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn")
	w.check(t, 810, 810, 810, 0)
	plan := w.check(t, 1010, 1010, 1010, 810)
	var kinds []string
	for _, d := range plan.Outcome.Deliveries {
		kinds = append(kinds, string(d.Kind))
	}
	want := []string{"root", "rise", "refresh", "rise", "refresh", "rise", "refresh"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestPlanFirstStart(t *testing.T) {
	for _, tt := range []struct {
		name      string
		operators string
		used      []int64
		want      []string
	}{
		{"nothing is posted where nothing is over", "ops", []int64{100, 799, 0}, nil},
		{
			"one summary for the operators, worst first", "ops",
			[]int64{810, 300, 1310},
			[]string{"d1 start #ops c 125% a 80%: first start"},
		},
		{
			"each rule's own channel where there are no operators", "",
			[]int64{810, 1010, 1310},
			[]string{"d1 start #cdn b 100% a 80%: first start", "d2 start #shop c 125%: first start"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watching(false, "a@cdn", "b@cdn", "c@shop")
			w.rules.Operators.Channel = tt.operators
			plan := w.check(t, tt.used...)
			expect(t, plan, tt.want...)
			for _, d := range plan.Outcome.Deliveries {
				if d.Message.Rules != 3 || d.Message.Channels != 2 {
					t.Errorf("it says %d rules in %d channels, want 3 in 2", d.Message.Rules, d.Message.Channels)
				}
			}
			expect(t, w.check(t, tt.used...))
		})
	}
}

// TestPlanAfterTheFirstStart: a threshold taken in silence is not posted again, the next one is a parent message.
func TestPlanAfterTheFirstStart(t *testing.T) {
	w := watching(false, "a@cdn")
	w.check(t, 810)
	if alert := w.Alerts[alertstest.AlertKey{BudgetID: alertstest.BudgetOf("a"), Kind: alerts.KindBudget, Threshold: 80}]; alert.Reason != alerts.ReasonNewRule || alert.DeliveryID != "" {
		t.Errorf("80%% is recorded as %q, posted by %q", alert.Reason, alert.DeliveryID)
	}
	expect(t, w.check(t, 820))
	expect(t, w.check(t, 1010), "d2 root #cdn a 100%: higher threshold reached")
}

func TestPlanNewRuleLater(t *testing.T) {
	w := watching(true, "a@cdn")
	w.rules.Operators.Channel = "ops"
	w.check(t, 810)
	w.add("b@cdn")
	w.add("c@shop")
	plan := w.check(t, 820, 1010, 20)
	expect(t, plan, "d2 start #cdn b 100%: rules were added or changed")
	if alert := w.Alerts[alertstest.AlertKey{BudgetID: alertstest.BudgetOf("b"), Kind: alerts.KindBudget, Threshold: 100}]; alert.DeliveryID != "d2" {
		t.Errorf("the summary is not what tells of 100%%: %+v", alert)
	}
	if m := plan.Outcome.Deliveries[0].Message; m.Rules != 0 || m.Channels != 0 {
		t.Errorf("a later summary says %d rules in %d channels; that is for the first start", m.Rules, m.Channels)
	}
}

func TestPlanChangedRule(t *testing.T) {
	w := watching(true, "a@cdn")
	w.check(t, 1010)
	w.rules.Rules[0].Budget.Value = decimal.New(2000, 0)
	expect(t, w.check(t, 1010), "d2 refresh #cdn <d1 a 0%: reached by editing the rule; posted in a summary")
	if left := w.Unlifted(alertstest.BudgetOf("a")); len(left) != 0 {
		t.Errorf("a limit twice as high left %v", left)
	}
	w.rules.Rules[0].Budget.Value = decimal.New(1000, 0)
	expect(t, w.check(t, 1010), "d3 refresh #cdn <d1 a 100%: the rule was changed back; its earlier alerts stand")
	if back := w.Unlifted(alertstest.BudgetOf("a")); len(back) != 2 {
		t.Errorf("the limit of before has brought back %v, want 80%% and 100%%", back)
	}
	w.rules.Rules[0].Budget.Value = decimal.New(999, 0)
	expect(t, w.check(t, 1010), "d4 refresh #cdn <d1 a 100%: reached by editing the rule; posted in a summary")
	w.rules.Rules[0].Budget.Value = decimal.New(800, 0)
	expect(t, w.check(t, 1010),
		"d5 start #cdn a 125%: rules were added or changed",
		"d6 refresh #cdn <d1 a 125%: reached by editing the rule; posted in a summary")
	expect(t, w.check(t, 1011))
	expect(t, w.check(t, 1300))
	w.rules.Rules[0].Thresholds = append(w.rules.Rules[0].Thresholds, 150)
	expect(t, w.check(t, 1300),
		"d7 rise #cdn <d1 a 150%: higher threshold reached", "d8 refresh #cdn <d1 a 150%: higher threshold reached")
}

// TestPlanNextMonth: a new month begins below every threshold, and with a parent message of its own.
func TestPlanNextMonth(t *testing.T) {
	w := watching(true, "a@cdn")
	w.check(t, 1010)
	f := findingOf(&w.rules.Rules[0], 1010, "v9")
	f.Month = alertstest.November.Add(1)
	plan := planned(w.rules, []evaluate.Finding{f}, alerts.Memory{Known: w.Book.Memory().Known}, w.now, w.NewID)
	expect(t, plan, "d2 root #cdn a 100%: first threshold reached")
	if err := w.Record(plan.Outcome); err != nil {
		t.Error(err)
	}
}

// TestPlanReferences: deliveries have ids of their own, alerts point at the one that says them, and budget states at
// parent messages that exist.
func TestPlanReferences(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn", "e@shop", "f@shop", "g@ops")
	kinds := map[string]alerts.DeliveryKind{}
	for _, used := range [][]int64{
		{810, 810, 810, 810, 810, 10, 10}, {1010, 810, 1310, 810, 1010, 810, 10}, {1310, 1010, 1310, 1010, 500, 1010, 900},
	} {
		plan := w.check(t, used...)
		for _, d := range plan.Outcome.Deliveries {
			if kinds[d.ID] != "" {
				t.Errorf("two deliveries are called %s", d.ID)
			}
			kinds[d.ID] = d.Kind
			if d.ParentID != "" && kinds[d.ParentID] != alerts.DeliverParent {
				t.Errorf("%s %s refers to %s, which is a %q", d.Kind, d.ID, d.ParentID, kinds[d.ParentID])
			}
			if d.State != alerts.DeliveryPending || !d.CreatedAt.Equal(w.now) {
				t.Errorf("%s is %s since %s", d.ID, d.State, d.CreatedAt)
			}
		}
		for _, alert := range plan.Outcome.Alerts {
			if kind := kinds[alert.DeliveryID]; kind != alerts.DeliverParent && kind != alerts.DeliverBroadcast && kind != alerts.DeliverList {
				t.Errorf("%s of %s is posted by %q, a %q", alert.Threshold, alert.Rule, alert.DeliveryID, kind)
			}
		}
	}
	for id, state := range w.BudgetStates {
		if state.ParentID != "" && kinds[state.ParentID] != alerts.DeliverParent {
			t.Errorf("the parent message of %s is %s, a %q", id, state.ParentID, kinds[state.ParentID])
		}
	}
}

// TestPlanLine: a message carries everything that its words are made of.
func TestPlanLine(t *testing.T) {
	w := watching(true, "a@cdn")
	rule := &w.rules.Rules[0]
	rule.Owners = []rules.Person{{Name: "finops", ID: "S0614TZR7"}}
	f := findingOf(rule, 1010, "v2")
	f.Largest = []alerts.Part{{Name: "Asia", Used: decimal.New(700, 0)}, {Name: "Europe", Used: decimal.New(310, 0)}}
	plan := planned(w.rules, []evaluate.Finding{f}, w.memory(), alertstest.Noon, w.NewID)
	want := []alerts.Delivery{{
		ID: "d1", Kind: alerts.DeliverParent, Channel: "cdn", BudgetID: alertstest.BudgetOf("a"), Revision: 1, State: alerts.DeliveryPending, CreatedAt: alertstest.Noon,
		Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{
			BudgetID: alertstest.BudgetOf("a"), Title: "NA", Threshold: 100, Passed: []rules.Threshold{80, 100}, Next: 125,
			Used: decimal.New(1010, 0), Limit: decimal.New(1000, 0), Measure: billing.Measure{Noun: "units", Billed: true},
			CountedTo: alertstest.Nov21, ReadAt: alertstest.Noon, Owners: rule.Owners, PingAt: 100, Largest: f.Largest,
		}}},
	}}
	if diff := cmp.Diff(want, plan.Outcome.Deliveries, cmp.AllowUnexported(billing.Month{})); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	if !plan.Outcome.At.Equal(alertstest.Noon) {
		t.Errorf("the outcome is of %s, want %s", plan.Outcome.At, alertstest.Noon)
	}
}

// TestPlanUnknownIsSilent: what cannot be known is neither posted nor recorded as a threshold.
func TestPlanUnknownIsSilent(t *testing.T) {
	w := watching(true, "a@cdn")
	w.check(t, 810)
	f := findingOf(&w.rules.Rules[0], 0, "v2")
	f.Unknown = "no rows"
	plan := planned(w.rules, []evaluate.Finding{f}, w.memory(), alertstest.Noon, w.NewID)
	expect(t, plan)
	if len(plan.Outcome.Alerts) != 0 || len(plan.Outcome.Lifts) != 0 || plan.Outcome.BudgetStates[0].Threshold != 80 {
		t.Errorf("unknown usage came to %+v", plan.Outcome)
	}
}
