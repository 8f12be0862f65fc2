package alerts

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap/zapcore"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// notebook is what a ledger remembers of unknown budgets, kept by the same rules.
type notebook struct {
	episodes []Episode
	ids      int
}

// look lets one check see something, and returns what is said of it, each as "kind: reason, rules".
func (n *notebook) look(t *testing.T, at time.Time, operators string, seen []unknownNow) []string {
	t.Helper()
	newID := func() string { n.ids++; return fmt.Sprint("d", n.ids) }
	h := health{operators: operators, now: at, newID: newID}
	h.watchUnknown(n.episodes, seen, rules.DefaultStaleAfter)
	for _, e := range h.Episodes {
		n.keep(t, e)
	}
	var said []string
	for _, d := range h.Deliveries {
		var names []string
		for _, u := range d.Message.Trouble.Unknown {
			names = append(names, strings.TrimPrefix(u.Named(), "rule "))
		}
		if d.Channel != operators || (d.Kind == DeliverRefresh) != (d.RootID != "") {
			t.Errorf("delivery = %+v", d)
		}
		said = append(said, fmt.Sprintf("%s: %s, %s", d.Kind, d.Message.Reason, strings.Join(names, " and ")))
	}
	return said
}

func (n *notebook) keep(t *testing.T, e Episode) {
	t.Helper()
	for i, have := range n.episodes {
		if have.BudgetID == e.BudgetID && have.Kind == e.Kind {
			if have.Revision != e.Revision {
				t.Fatalf("episode %q has revision %d, not %d", e.Scope, have.Revision, e.Revision)
			}
			e.Revision++
			n.episodes[i] = e
			return
		}
	}
	if e.Revision != 0 {
		t.Fatalf("episode %q is not there, and has revision %d", e.Scope, e.Revision)
	}
	e.Revision = 1
	n.episodes = append(n.episodes, e)
}

func TestBudgetsWithoutFiguresAreSaidOnce(t *testing.T) {
	// of are unknown budgets that had figures, each "rule" or "rule=why".
	of := func(rules ...string) []unknownNow {
		var seen []unknownNow
		for _, rule := range rules {
			name, why, _ := strings.Cut(rule, "=")
			seen = append(seen, unknownNow{UnknownBudget: UnknownBudget{Rule: name, Why: why}, had: true})
		}
		return seen
	}
	never := []unknownNow{{UnknownBudget: UnknownBudget{Rule: "storage"}}}
	elsewhere := []unknownNow{{UnknownBudget: UnknownBudget{Rule: "storage"}, had: true, told: true}}
	const (
		begun   = "root: trouble of the bot's own, "
		changed = "refresh: another cause of the same trouble, "
		over    = "refresh: the trouble is over, "
	)
	type look struct {
		after int // hours since noon
		seen  []unknownNow
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
		{"after stale_after it is said, and then not again", "ops", []look{
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
		{"what is unknown again is said again, as a new episode", "ops", []look{
			{0, of("a"), ""}, {36, of("a"), begun + "a"}, {37, nil, over + "a"}, {38, of("a"), ""}, {74, of("a"), begun + "a"},
		}},
		{"one that had figures again and lost them is told beside those that stay", "ops", []look{
			{0, of("a", "b"), ""}, {36, of("a", "b"), begun + "a and b"}, {37, of("b"), changed + "b"}, {38, of("a", "b"), ""}, {74, of("a", "b"), begun + "a"},
		}},
		{"what operators hear of as services or a bill is said once, and counts meanwhile", "ops", []look{
			{0, elsewhere, ""}, {100, elsewhere, ""}, {101, of("storage"), begun + "storage"},
		}},
		{"without a channel for operators nothing is said", "", []look{{0, of("a"), ""}, {36, of("a"), ""}, {40, nil, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var n notebook
			for i, l := range tt.looks {
				got := strings.Join(n.look(t, noon.Add(time.Duration(l.after)*time.Hour), tt.operators, l.seen), "; ")
				if got != l.want {
					t.Errorf("look %d, after %d h: said %q, want %q", i, l.after, got, l.want)
				}
			}
		})
	}
}

// TestLongUnknownIsWhatReadinessNames: also where no operators' channel is told.
func TestLongUnknownIsWhatReadinessNames(t *testing.T) {
	var n notebook
	seen := []unknownNow{{UnknownBudget: UnknownBudget{Rule: "services", Scope: "www", Why: "x"}, had: true}}
	n.look(t, noon, "", seen)
	if got := LongUnknown(n.episodes, rules.DefaultStaleAfter, noon.Add(35*time.Hour)); len(got) != 0 {
		t.Errorf("after 35 h: %+v", got)
	}
	got := LongUnknown(n.episodes, rules.DefaultStaleAfter, noon.Add(36*time.Hour))
	if len(got) != 1 || got[0].Named() != "rule services: www" || !got[0].Since.Equal(noon) || got[0].Why != "x" {
		t.Errorf("after 36 h: %+v", got)
	}
}

// TestAChangeAtFastlyThatLeavesABudgetWithoutAFigure: the operators hear of it, whatever kind of rule it is, with the reason.
func TestAChangeAtFastlyThatLeavesABudgetWithoutAFigure(t *testing.T) {
	const (
		storage = "operators: {channel: ops}\nrules: [{name: storage, product: object_storage, budget: 500 GB, channel: cdn}]"
		growing = "operators: {channel: ops}\nrules: [{name: storage, product: object_storage, change: {over: 30%, at_least: 1 GB}, channel: cdn}]"
	)
	row := func(month billing.Month, product, usageType, unit, quantity string) billing.Usage {
		u := account()[0]
		u.Month, u.Product, u.UsageType, u.Unit, u.Quantity = month, product, usageType, unit, decimal.RequireFromString(quantity)
		u.CountedTo = billing.Earlier(month.End(), noon)
		return u
	}
	october := november.Add(-1)
	before := []billing.Usage{row(october, "object_storage", "Standard Storage", "gb", "300"), row(november, "object_storage", "Standard Storage", "gb", "300")}
	for _, tt := range []struct {
		name, rules string
		rows        []billing.Usage
		why         string
	}{
		{
			"a second unit under one product", storage, append(before, row(november, "object_storage", "Class A Operations", "unit", "9")),
			"it covers usage in gb and in unit, and a budget needs one unit",
		},
		{
			"the same of a rule with change", growing, append(before, row(november, "object_storage", "Class A Operations", "unit", "9")),
			"it covers usage in gb and in unit, and a change is of one unit",
		},
		{
			"rows that are called another product from this month on", storage,
			[]billing.Usage{before[0], row(november, "storage", "Standard Storage", "gb", "900")},
			"Fastly lists no usage of object_storage in 2026-11",
		},
		{
			"the same of a rule with change, which is called so", growing,
			[]billing.Usage{before[0], row(november, "storage", "Standard Storage", "gb", "900")},
			"Fastly lists no usage of object_storage in 2026-11",
		},
		{
			"another unit", storage,
			[]billing.Usage{before[0], row(november, "object_storage", "Standard Storage", "crates", "9")},
			"Standard Storage is counted in crates, not in bytes",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.rules)
			b.source.usage = func(context.Context, billing.Range) ([]billing.Usage, error) { return tt.rows, nil }
			b.ledger.standings = func(month billing.Month) ([]Standing, error) {
				if month == november {
					return nil, nil
				}
				return []Standing{{BudgetID: BudgetID{Rule: "storage", Month: month}, Version: "v", Revision: 1}}, nil
			}
			growth := &Growth{PerDay: decimal.New(9, 0)}
			remembered := []Episode{{BudgetID: BudgetID{Rule: "storage", Month: october}, Kind: EpisodeChange, State: EpisodeQuiet, Report: Report{Growth: growth}, Revision: 1}}
			b.ledger.episodes = func(billing.Month) ([]Episode, error) { return remembered, nil }
			b.ledger.record = func(Outcome) error { return nil }
			var said []Delivery
			b.ledger.health = func(o Outcome) error {
				n := notebook{episodes: remembered}
				for _, e := range o.Episodes {
					n.keep(t, e)
				}
				remembered = n.episodes
				for _, d := range o.Deliveries {
					if d.Message.Trouble != nil && d.Message.Trouble.Kind == EpisodeUnknown {
						said = append(said, d)
					}
				}
				return nil
			}
			for _, hours := range []int{0, 35, 36, 37} {
				b.RunOnce(t.Context(), noon.Add(time.Duration(hours)*time.Hour))
			}
			if len(said) != 1 || said[0].Channel != "ops" || len(said[0].Message.Trouble.Unknown) != 1 || said[0].Message.Trouble.Unknown[0].Why != tt.why {
				t.Errorf("said %+v, want one message with the reason %q; logged %q", said, tt.why, b.messages(zapcore.WarnLevel))
			}
		})
	}
}
