package decide

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// lookAtUnknown lets one check see something, and returns what is posted of it, each as "kind: reason, rules".
func lookAtUnknown(n *alertstest.Notebook, t *testing.T, at time.Time, operators string, seen []UnknownNow) []string {
	t.Helper()
	newID := func() string { n.IDs++; return fmt.Sprint("d", n.IDs) }
	h := operatorsPlanner(operators, n.Incidents, at, newID)
	h.watchUnknown(seen)
	for _, e := range h.Incidents {
		n.Keep(t, e)
	}
	var posted []string
	for _, d := range h.Deliveries {
		var names []string
		for _, u := range d.Message.Trouble.Unknown {
			names = append(names, strings.TrimPrefix(u.Named(), "rule "))
		}
		if d.Channel != operators || (d.Kind == alerts.DeliverUpdate) != (d.ParentID != "") {
			t.Errorf("delivery = %+v", d)
		}
		posted = append(posted, fmt.Sprintf("%s: %s, %s", d.Kind, d.Message.Reason, strings.Join(names, " and ")))
	}
	return posted
}

func TestBudgetsWithoutFiguresArePostedOnce(t *testing.T) {
	// of are unknown budgets that had figures, each "rule" or "rule=why".
	of := func(rules ...string) []UnknownNow {
		var seen []UnknownNow
		for _, rule := range rules {
			name, why, _ := strings.Cut(rule, "=")
			seen = append(seen, UnknownNow{UnknownBudget: alerts.UnknownBudget{Rule: name, Why: why}, Had: true})
		}
		return seen
	}
	never := []UnknownNow{{UnknownBudget: alerts.UnknownBudget{Rule: "storage"}}}
	elsewhere := []UnknownNow{{UnknownBudget: alerts.UnknownBudget{Rule: "storage"}, Had: true, Reported: true}}
	const (
		begun   = "root: bot health, "
		changed = "refresh: same problem, new cause, "
		over    = "refresh: resolved, "
	)
	type look struct {
		after int // hours since noon
		seen  []UnknownNow
		want  string
	}
	for _, tt := range []struct {
		name      string
		operators string
		looks     []look
	}{
		{"for less than stale_after it is nobody's task", "ops", []look{
			{0, of("storage"), ""}, {35, of("storage"), ""}, {36, nil, ""}, {37, of("storage"), ""}, {72, of("storage"), ""},
		}},
		{"after stale_after it is posted, and then not again", "ops", []look{
			{0, of("storage"), ""}, {36, of("storage"), begun + "storage"}, {37, of("storage"), ""}, {720, of("storage"), ""},
		}},
		{"a budget that never had figures is left alone", "ops", []look{{0, never, ""}, {720, never, ""}}},
		{"one that had is remembered into the months after", "ops", []look{{0, of("storage"), ""}, {36, never, begun + "storage"}, {1440, never, ""}}},
		{"several budgets are one message", "ops", []look{{0, of("a", "b", "c", "d", "e"), ""}, {36, of("a", "b", "c", "d", "e"), begun + "a and b and c and d and e"}}},
		{"one that follows is a message of its own", "ops", []look{
			{0, of("a"), ""},
			{1, of("a", "b"), ""},
			{36, of("a", "b"), begun + "a"},
			{37, of("a", "b"), begun + "b"},
			{38, of("a", "b"), ""},
			{39, of("b"), over + "a"},
			{40, nil, over + "b"},
		}},
		{"another reason, or fewer, is an edit", "ops", []look{
			{0, of("a=x", "b=x"), ""},
			{36, of("a=x", "b=x"), begun + "a and b"},
			{37, of("a=y", "b=x"), changed + "a and b"},
			{38, of("b=x"), changed + "b"},
			{39, nil, over + "b"},
			{40, nil, ""},
		}},
		{"what is unknown again is posted again, as a new incident", "ops", []look{
			{0, of("a"), ""}, {36, of("a"), begun + "a"}, {37, nil, over + "a"}, {38, of("a"), ""}, {74, of("a"), begun + "a"},
		}},
		{"one that had figures again and lost them is posted beside those that stay", "ops", []look{
			{0, of("a", "b"), ""}, {36, of("a", "b"), begun + "a and b"}, {37, of("b"), changed + "b"}, {38, of("a", "b"), ""}, {74, of("a", "b"), begun + "a"},
		}},
		{"what operators hear of as services or a bill is posted once, and counts meanwhile", "ops", []look{
			{0, elsewhere, ""}, {100, elsewhere, ""}, {101, of("storage"), begun + "storage"},
		}},
		{"without a channel for operators nothing is posted", "", []look{{0, of("a"), ""}, {36, of("a"), ""}, {40, nil, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var n alertstest.Notebook
			for i, l := range tt.looks {
				got := strings.Join(lookAtUnknown(&n, t, alertstest.Noon.Add(time.Duration(l.after)*time.Hour), tt.operators, l.seen), "; ")
				if got != l.want {
					t.Errorf("look %d, after %d h: posted %q, want %q", i, l.after, got, l.want)
				}
			}
		})
	}
}

// TestLongUnknownIsWhatReadinessNames: also where no operators' channel is posted.
func TestLongUnknownIsWhatReadinessNames(t *testing.T) {
	var n alertstest.Notebook
	seen := []UnknownNow{{UnknownBudget: alerts.UnknownBudget{Rule: "services", Instance: "www", Why: "x"}, Had: true}}
	lookAtUnknown(&n, t, alertstest.Noon, "", seen)
	if got := LongUnknown(n.Incidents, rules.DefaultStaleAfter, alertstest.Noon.Add(35*time.Hour)); len(got) != 0 {
		t.Errorf("after 35 h: %+v", got)
	}
	got := LongUnknown(n.Incidents, rules.DefaultStaleAfter, alertstest.Noon.Add(36*time.Hour))
	if len(got) != 1 || got[0].Named() != "rule services: www" || !got[0].Since.Equal(alertstest.Noon) || got[0].Why != "x" {
		t.Errorf("after 36 h: %+v", got)
	}
}
