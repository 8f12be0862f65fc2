package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// gigabytes is a row of GB of a usage type, "cdn_usage/Asia Bandwidth", up to the tenth of the month.
func gigabytes(month billing.Month, what string, gb float64) billing.Usage {
	product, usageType, _ := strings.Cut(what, "/")
	return billing.Usage{
		Month: month, Product: product, UsageType: usageType, Unit: "gb", Quantity: decimal.NewFromFloat(gb), CountedTo: month.Start().AddDate(0, 0, 10),
	}
}

// since is a usage type of which there were so many GB in each month from so many months before November on, that one included or not.
func since(months int, what string, gb float64, now float64) []billing.Usage {
	var rows []billing.Usage
	for n := 1; n <= months; n++ {
		rows = append(rows, gigabytes(november.Add(-n), what, gb))
	}
	if now > 0 {
		rows = append(rows, gigabytes(november, what, now))
	}
	return rows
}

func (f found) inWords() string {
	if f.unknown != "" {
		return f.unknown
	}
	var words []string
	for _, t := range f.things {
		words = append(words, fmt.Sprintf("%s %s %s", t.Subject, t.Name, t.Share.Shift(2).Round(1)))
	}
	return strings.Join(words, ", ")
}

func TestWhatIsNew(t *testing.T) {
	old := since(6, "cdn_usage/Europe Bandwidth", 90, 90)
	for _, tt := range []struct {
		name string
		keys string
		rows []billing.Usage
		want string
	}{
		{"nothing", "new: [product, usage_type]", old, ""},
		{"a usage type, with its share of the product", "new: [product, usage_type]", since(0, "cdn_usage/Asia Bandwidth", 0, 10), "usage_type Asia Bandwidth 10"},
		{"a product is named, and not its usage types beside it", "new: [product, usage_type]", since(0, "compute/Compute Bandwidth", 0, 10), "product compute 100"},
		{"where only usage types are asked for, those of a new product are", "new: [usage_type]", since(0, "compute/Compute Bandwidth", 0, 10), "usage_type Compute Bandwidth 100"},
		{"where only products are asked for, usage types are none", "new: [product]", since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"below the floor it is no news", "at_least: 11%, new: [usage_type]", since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"at the floor it is", "at_least: 10%, new: [usage_type]", since(0, "cdn_usage/Asia Bandwidth", 0, 10), "usage_type Asia Bandwidth 10"},
		{"what was used six months ago is not new", "new: [usage_type]", []billing.Usage{gigabytes(november.Add(-6), "cdn_usage/Asia Bandwidth", 1), gigabytes(november, "cdn_usage/Asia Bandwidth", 1)}, ""},
		{"what was last used seven months ago is", "new: [usage_type]", []billing.Usage{gigabytes(november.Add(-7), "cdn_usage/Asia Bandwidth", 1), gigabytes(november, "cdn_usage/Asia Bandwidth", 10)}, "usage_type Asia Bandwidth 10"},
		{"zero is not use, before", "new: [usage_type]", []billing.Usage{gigabytes(november.Add(-1), "cdn_usage/Asia Bandwidth", 0), gigabytes(november, "cdn_usage/Asia Bandwidth", 10)}, "usage_type Asia Bandwidth 10"},
		{"nor now", "new: [usage_type]", []billing.Usage{gigabytes(november, "cdn_usage/Asia Bandwidth", 0)}, ""},
		{"what the rule does not cover is left out", "product: compute, new: [usage_type]", since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"the largest stands first", "new: [usage_type]", slices.Concat(since(0, "cdn_usage/Asia Bandwidth", 0, 2), since(0, "cdn_usage/India Bandwidth", 0, 8)), "usage_type India Bandwidth 8, usage_type Asia Bandwidth 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := ruleOf(t, tt.keys)
			if got := findNew(&rule, november, slices.Concat(old, tt.rows)).inWords(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	rule := ruleOf(t, "new: [product]")
	if got := findNew(&rule, november, []billing.Usage{gigabytes(november, "cdn_usage/Asia Bandwidth", 1)}).inWords(); !strings.Contains(got, "nothing before 2026-11") {
		t.Errorf("of an account without a past: %q", got)
	}
}

func TestWhatHasVanished(t *testing.T) {
	old := slices.Concat(since(3, "cdn_usage/Europe Bandwidth", 90, 90), since(3, "compute/Compute Bandwidth", 5, 5), since(3, "compute/Other", 5, 5))
	for _, tt := range []struct {
		name string
		keys string
		rows []billing.Usage
		want string
	}{
		{"nothing", "vanished: [product, usage_type]", old, ""},
		{"a usage type, with what it made at least", "vanished: [usage_type]", slices.Concat(old, since(3, "cdn_usage/Asia Bandwidth", 10, 0)), "usage_type Asia Bandwidth 10"},
		{"below the floor in one of the months it is no news", "at_least: 10%, vanished: [usage_type]", slices.Concat(old, since(2, "cdn_usage/Asia Bandwidth", 10, 0), []billing.Usage{gigabytes(november.Add(-3), "cdn_usage/Asia Bandwidth", 9)}), ""},
		{"what was not used in each of three months is none", "vanished: [usage_type]", slices.Concat(old, since(2, "cdn_usage/Asia Bandwidth", 10, 0)), ""},
		{"zero is not use", "vanished: [usage_type]", slices.Concat(old, since(3, "cdn_usage/Asia Bandwidth", 10, 0), []billing.Usage{gigabytes(november, "cdn_usage/Asia Bandwidth", 0)}), "usage_type Asia Bandwidth 10"},
		{"a product is named, and not its usage types beside it", "vanished: [product, usage_type]", slices.Concat(old, since(3, "kv_store/Reads", 5, 0)), "product kv_store 100"},
		{"most of it missing is no news, but a doubt", "vanished: [usage_type]", slices.Concat(since(3, "a/one", 1, 1), since(3, "a/two", 1, 0), since(3, "a/three", 1, 0)), "2 of 3 usage types are not listed in 2026-11: what Fastly tells may not be whole"},
		{"three months are needed", "vanished: [usage_type]", since(2, "a/one", 1, 1), "Fastly lists nothing in 2026-08, and 3 months are needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := ruleOf(t, tt.keys)
			if got := findVanished(&rule, november, tt.rows).inWords(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	young := since(3, "a/one", 1, 0)
	early := gigabytes(november, "a/two", 1)
	early.CountedTo = november.Start().AddDate(0, 0, 2)
	rule := ruleOf(t, "vanished: [usage_type]")
	if got := findVanished(&rule, november, append(young, early)).inWords(); got != "too early to tell: it is looked for from 3 complete days on" {
		t.Errorf("after two days: %q", got)
	}
}

// search makes one check of November and returns what it says, "kind: reason, names".
func (d *almanac) search(month billing.Month, rows, past []billing.Usage, why string) string {
	d.t.Helper()
	at := month.Start().AddDate(0, 0, 10)
	o := newLookout(d.rules, month, d.episodes, at, func() string { d.ids++; return fmt.Sprint("d", d.ids) })
	o.things(Reading{Month: month, Rows: rows, ReadAt: at}, past, why)
	for _, e := range o.Episodes {
		d.write(e)
	}
	var said []string
	for _, m := range o.Deliveries {
		var names []string
		for _, thing := range m.Message.Things {
			names = append(names, thing.Name+map[bool]string{true: " back"}[thing.Back])
		}
		said = append(said, fmt.Sprintf("%s #%s: %s, %s", m.Kind, m.Channel, m.Message.Reason, strings.Join(names, " and ")))
	}
	return strings.Join(said, "; ")
}

func TestThingsAreSaidOnce(t *testing.T) {
	past := since(6, "cdn_usage/Europe Bandwidth", 90, 0)
	europe, asia, india := gigabytes(november, "cdn_usage/Europe Bandwidth", 90), gigabytes(november, "cdn_usage/Asia Bandwidth", 2), gigabytes(november, "cdn_usage/India Bandwidth", 8)
	both := []billing.Usage{europe, asia, india}
	d := &almanac{t: t, rules: load(t, "rules: [{name: r, channel: cdn, new: [product, usage_type]}]")}
	const fresh = "root #cdn: not used in the six months before, "
	for i, step := range []struct {
		rows []billing.Usage
		past []billing.Usage
		why  string
		want string
	}{
		{[]billing.Usage{europe}, past, "", ""},
		{both, past, "Fastly did not answer in time", ""},
		{both, past, "", fresh + "India Bandwidth and Asia Bandwidth"},
		{both, past, "", ""},
		{append(both, gigabytes(november, "compute/Requests", 1)), past, "", fresh + "compute"},
		{[]billing.Usage{europe}, past, "", ""},
		{both, past, "", ""},
	} {
		if got := d.search(november, step.rows, step.past, step.why); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	december := []billing.Usage{gigabytes(november.Add(1), "cdn_usage/Europe Bandwidth", 9), gigabytes(november.Add(1), "cdn_usage/Asia Bandwidth", 2)}
	if got := d.search(november.Add(1), december, past, ""); got != "" { // as if Fastly had taken November's row back
		t.Errorf("in December: %q", got)
	}
}

func TestWhatIsBackIsAnEdit(t *testing.T) {
	past := slices.Concat(since(3, "cdn_usage/Europe Bandwidth", 90, 0), since(3, "cdn_usage/Asia Bandwidth", 5, 0), since(3, "kv_store/Reads", 5, 0),
		since(3, "compute/One", 5, 0), since(3, "compute/Two", 5, 0))
	rest := []billing.Usage{gigabytes(november, "cdn_usage/Europe Bandwidth", 90), gigabytes(november, "compute/One", 5), gigabytes(november, "compute/Two", 5)}
	d := &almanac{t: t, rules: load(t, "rules: [{name: r, channel: cdn, vanished: [product, usage_type]}]")}
	for i, step := range []struct {
		rows []billing.Usage
		want string
	}{
		{rest, "root #cdn: used in each of the three months before, and no longer, kv_store and Asia Bandwidth"},
		{rest, ""},
		{append(rest, gigabytes(november, "cdn_usage/Asia Bandwidth", 1)), "refresh #cdn: used again, kv_store and Asia Bandwidth back"},
		{append(rest, gigabytes(november, "cdn_usage/Asia Bandwidth", 1)), ""},
		{rest, ""},
		{append(rest, gigabytes(november, "kv_store/Reads", 1)), "refresh #cdn: used again, kv_store back and Asia Bandwidth back"},
	} {
		if got := d.search(november, step.rows, past, ""); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
}

// TestThePastIsReadOnceADay: closed months hardly change, and cost two calls.
func TestThePastIsReadOnceADay(t *testing.T) {
	b := newBench(t, "defaults: {channel: cdn}\nrules: [{name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}, {name: r, new: [product]}]")
	b.ledger.record = func(Outcome) error { return nil }
	var asked []string
	fails := false
	b.source.usage = func(_ context.Context, months billing.Range) ([]billing.Usage, error) {
		if months.Len() == newMonths {
			asked = append(asked, months.String())
			if fails {
				return nil, errors.New("odd")
			}
			return since(6, "cdn_usage/Europe Bandwidth", 1, 0), nil
		}
		return account(), nil
	}
	for _, hours := range []int{0, 1, 23, 24, 25} {
		b.RunOnce(t.Context(), noon.Add(time.Duration(hours)*time.Hour))
	}
	if diff := cmp.Diff([]string{"2026-05..2026-10", "2026-05..2026-10"}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	fails, asked = true, nil
	for _, hours := range []int{49, 50} {
		if got := b.RunOnce(t.Context(), noon.Add(time.Duration(hours)*time.Hour)); got.Err != nil {
			t.Errorf("a past that cannot be read costs the check: %v", got.Err)
		}
	}
	if len(asked) != 2 {
		t.Errorf("what failed was asked for %d times in two checks", len(asked))
	}
}
