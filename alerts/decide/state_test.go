package decide

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
	"budgetbot/internal/evaluatetest"
)

var findingOf = evaluatetest.FindingOf

// fallen is the budget state after the threshold has come down so often, the last time so long before noon.
func fallen(s alerts.BudgetState, threshold rules.Threshold, times int, ago time.Duration) alerts.BudgetState {
	s.Falls = append(s.Falls, alerts.Fall{Threshold: threshold, Times: times, At: alertstest.Noon.Add(-ago)})
	return s
}

type decideCase struct {
	name    string
	before  alerts.BudgetState
	unseen  bool // no rule of this name was ever seen
	rule    func(*rules.Rule)
	used    int64
	version string // v1, that of the budget state, where empty
	unknown string

	reason    alerts.Reason
	posts     alerts.DeliveryKind
	taken     []rules.Threshold
	passed    []rules.Threshold
	rearm     bool
	rearmAll  bool
	kept      rules.Threshold
	threshold rules.Threshold
	changed   bool
	postedAt  time.Time
}

var decideCases = []decideCase{
	{
		name: "below the first threshold nothing is posted", before: alertstest.BudgetStateAt(0, 300), used: 799, version: "v2",
		reason: alerts.ReasonBelow, changed: true,
	},
	{
		name: "the same data below the first threshold is not even written", before: alertstest.BudgetStateAt(0, 300), used: 300,
		reason: alerts.ReasonBelow,
	},
	{
		name: "the month's first look at a known rule is written, be it below every threshold", used: 1,
		reason: alerts.ReasonBelow, changed: true,
	},
	{
		name: "the first threshold reached is a parent message", before: alertstest.BudgetStateAt(0, 300), used: 800, version: "v2",
		reason: alerts.ReasonFirstThreshold, posts: alerts.DeliverParent, passed: []rules.Threshold{80}, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a known rule over a threshold at the month's first look is a parent message", used: 900,
		reason: alerts.ReasonFirstThreshold, posts: alerts.DeliverParent, passed: []rules.Threshold{80}, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "several thresholds jumped at once are one parent message that names them all", before: alertstest.BudgetStateAt(0, 300), used: 1300, version: "v2",
		reason: alerts.ReasonFirstThreshold, posts: alerts.DeliverParent, passed: []rules.Threshold{80, 100, 125}, threshold: 125, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a higher threshold is a reply under the parent message", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 1000, version: "v2",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "two higher thresholds at once are one reply", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 1250, version: "v2",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100, 125}, threshold: 125, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a higher threshold of a budget without a parent message is a parent message", before: alertstest.BudgetStateAt(80, 810), used: 1000, version: "v2",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverParent, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a higher threshold than the acknowledged one is a reply all the same", before: alertstest.Acked(alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), 80),
		used: 1000, version: "v2",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "muted, the first threshold is passed in silence", before: alertstest.Muted(alertstest.BudgetStateAt(0, 300)), used: 800, version: "v2",
		reason: alerts.ReasonMuted, passed: []rules.Threshold{80}, threshold: 80, changed: true,
	},
	{
		name: "muted, a higher threshold is no reply, but the parent message that is there shows it", before: alertstest.Muted(alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour)),
		used: 1300, version: "v2",
		reason: alerts.ReasonMuted, posts: alerts.DeliverUpdate, passed: []rules.Threshold{100, 125}, threshold: 125, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "muted, the figures of the parent message are kept fresh", before: alertstest.Muted(alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 24*time.Hour)), used: 850, version: "v2",
		reason: alerts.ReasonUpdate, posts: alerts.DeliverUpdate, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a threshold passed while muted is not posted once the mute is taken back", before: alertstest.BudgetStateAt(100, 1010), used: 1020, version: "v2",
		reason: alerts.ReasonAlreadyPosted, threshold: 100, changed: true,
	},
	{
		name: "a threshold posted is not posted again on the next check", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 810,
		reason: alerts.ReasonAlreadyPosted, threshold: 80, postedAt: alertstest.Noon.Add(-time.Hour),
	},
	{
		name: "nor with new figures of the same day", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 23*time.Hour), used: 850, version: "v2",
		reason: alerts.ReasonAlreadyPosted, threshold: 80, changed: true, postedAt: alertstest.Noon.Add(-23 * time.Hour),
	},
	{
		name: "new figures a day later edit the parent message", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 24*time.Hour), used: 850, version: "v2",
		reason: alerts.ReasonUpdate, posts: alerts.DeliverUpdate, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "the same figures a day later edit nothing", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 240*time.Hour), used: 810,
		reason: alerts.ReasonAlreadyPosted, threshold: 80, postedAt: alertstest.Noon.Add(-240 * time.Hour),
	},
	{
		name: "new figures of a budget without a parent message edit nothing", before: alertstest.BudgetStateAt(80, 810), used: 850, version: "v2",
		reason: alerts.ReasonAlreadyPosted, threshold: 80, changed: true,
	},
	{
		name: "a figure a little below a threshold leaves it posted", before: alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour), used: 981, version: "v2",
		reason: alerts.ReasonAlreadyPosted, threshold: 100, changed: true, postedAt: alertstest.Noon.Add(-time.Hour),
	},
	{
		name: "restated to 2% below a threshold, that threshold comes down by an edit", before: alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour),
		used: 980, version: "v2",
		reason: alerts.ReasonRestated, posts: alerts.DeliverUpdate, rearm: true, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "restated below all thresholds, all come down", before: alertstest.WithParent(alertstest.BudgetStateAt(125, 1300), time.Hour), used: 100, version: "v2",
		reason: alerts.ReasonRestated, posts: alerts.DeliverUpdate, rearm: true, threshold: 0, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a threshold just missed holds while the one above it comes down", before: alertstest.WithParent(alertstest.BudgetStateAt(125, 1300), time.Hour),
		used: 990, version: "v2",
		reason: alerts.ReasonRestated, posts: alerts.DeliverUpdate, rearm: true, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a listed budget comes down in silence", before: alertstest.BudgetStateAt(100, 1010), used: 100, version: "v2",
		reason: alerts.ReasonRestated, rearm: true, threshold: 0, changed: true,
	},
	{
		name: "a threshold that came down is posted again when it is reached again", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 900), time.Hour),
		used: 1001, version: "v3",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "a threshold that came down twice, the last time less than three days ago, is shown by an edit",
		before: fallen(alertstest.WithParent(alertstest.BudgetStateAt(80, 970), time.Hour), 100, 2, 71*time.Hour), used: 1001, version: "v3",
		reason: alerts.ReasonWavers, posts: alerts.DeliverUpdate, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "a budget without a parent message has no edit either",
		before: fallen(alertstest.BudgetStateAt(80, 970), 100, 2, time.Hour), used: 1001, version: "v3",
		reason: alerts.ReasonWavers, passed: []rules.Threshold{100}, threshold: 100, changed: true,
	},
	{
		name:   "three days later it is posted again",
		before: fallen(alertstest.WithParent(alertstest.BudgetStateAt(80, 970), time.Hour), 100, 2, 72*time.Hour), used: 1001, version: "v3",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "so is one that came down once, however lately",
		before: fallen(alertstest.WithParent(alertstest.BudgetStateAt(80, 970), time.Hour), 100, 1, time.Minute), used: 1001, version: "v3",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "so is one that wavers where a higher one is reached with it",
		before: fallen(alertstest.WithParent(alertstest.BudgetStateAt(80, 970), time.Hour), 100, 2, time.Hour), used: 1300, version: "v3",
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100, 125}, threshold: 125, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "muted is muted, whatever wavers",
		before: alertstest.Muted(fallen(alertstest.WithParent(alertstest.BudgetStateAt(80, 970), time.Hour), 100, 2, time.Hour)), used: 1001, version: "v3",
		reason: alerts.ReasonMuted, posts: alerts.DeliverUpdate, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "after all came down the next threshold is posted under the parent message that is there",
		before: alertstest.WithParent(alertstest.BudgetStateAt(0, 100), time.Hour), used: 801, version: "v3",
		reason: alerts.ReasonFirstThreshold, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{80}, threshold: 80, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "unknown usage keeps everything and writes why", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 48*time.Hour),
		unknown: "Fastly lists no usage of cdn_usage in 2026-11",
		reason:  alerts.ReasonUnknown, threshold: 80, changed: true, postedAt: alertstest.Noon.Add(-48 * time.Hour),
	},
	{
		name: "unknown usage that was never recorded is written without a hash", unknown: "Fastly lists no usage",
		reason: alerts.ReasonUnknown, changed: true,
	},
	{
		name: "a rule never seen that cannot be known is still never seen", unseen: true, unknown: "Fastly lists no usage",
		reason: alerts.ReasonUnknown, changed: true,
	},
	{
		name: "a new rule takes the thresholds so far in silence", unseen: true, used: 1010,
		reason: alerts.ReasonNewRule, passed: []rules.Threshold{80, 100}, rearmAll: true, threshold: 100, changed: true,
	},
	{
		name: "a new rule below every threshold has nothing to take", unseen: true, used: 10,
		reason: alerts.ReasonNewRule, rearmAll: true, threshold: 0, changed: true,
	},
	{
		name: "a raised limit takes thresholds back in an edit", before: alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour), used: 1010,
		rule:   func(r *rules.Rule) { r.Budget.Value = decimal.New(2000, 0) },
		reason: alerts.ReasonChangedRule, posts: alerts.DeliverUpdate, rearmAll: true, threshold: 0, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a lowered limit takes more thresholds in an edit", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 810,
		rule:   func(r *rules.Rule) { r.Budget.Value = decimal.New(600, 0) },
		reason: alerts.ReasonChangedRule, posts: alerts.DeliverUpdate, passed: []rules.Threshold{100, 125}, rearmAll: true, kept: 80, threshold: 125, changed: true,
		postedAt: alertstest.Noon,
	},
	{
		name: "a rule that counts something else takes all thresholds so far", before: alertstest.BudgetStateAt(80, 810), used: 1010, version: "v2",
		rule:   func(r *rules.Rule) { r.Match.Product = "compute" },
		reason: alerts.ReasonChangedRule, passed: []rules.Threshold{80, 100}, rearmAll: true, threshold: 100, changed: true,
	},
	{
		name: "a threshold that usage crosses as the limit is raised a little is news", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 1110,
		version: "v2", rule: func(r *rules.Rule) { r.Budget.Value = decimal.New(1010, 0) },
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, rearmAll: true, kept: 80, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name:   "a threshold that usage crosses as the limit is lowered is news, and posted with those that the edit put the budget past",
		before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 1010, version: "v2", rule: func(r *rules.Rule) { r.Budget.Value = decimal.New(805, 0) },
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, taken: []rules.Threshold{100}, passed: []rules.Threshold{125}, rearmAll: true, kept: 80, threshold: 125, changed: true,
		postedAt: alertstest.Noon,
	},
	{
		name:   "a higher threshold that is added as usage crosses one that was there changes nothing about it",
		before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 1010, version: "v2",
		rule:   func(r *rules.Rule) { r.Thresholds = []rules.Threshold{80, 100, 150} },
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, passed: []rules.Threshold{100}, threshold: 100, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a threshold added below one that was posted is not posted", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 810,
		rule:   func(r *rules.Rule) { r.Thresholds = []rules.Threshold{50, 80, 100} },
		reason: alerts.ReasonAlreadyPosted, threshold: 80, postedAt: alertstest.Noon.Add(-time.Hour),
	},
	{
		name: "a threshold that is added above what was posted, and reached, is posted", before: alertstest.BudgetStateAt(80, 810), used: 810,
		rule:   func(r *rules.Rule) { r.Thresholds = []rules.Threshold{50, 81} },
		reason: alerts.ReasonThresholdRose, posts: alerts.DeliverParent, passed: []rules.Threshold{81}, threshold: 81, changed: true, postedAt: alertstest.Noon,
	},
	{
		name: "a threshold that is taken out stays posted, so that it is not posted again when it comes back", used: 1010,
		before: alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour), rule: func(r *rules.Rule) { r.Thresholds = []rules.Threshold{80, 125} },
		reason: alerts.ReasonAlreadyPosted, threshold: 100, postedAt: alertstest.Noon.Add(-time.Hour),
	},
	{
		name: "another channel changes nothing", before: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour), used: 810,
		rule:   func(r *rules.Rule) { r.Channel, r.Title, r.Owners = "shop", "Shop", nil },
		reason: alerts.ReasonAlreadyPosted, threshold: 80, postedAt: alertstest.Noon.Add(-time.Hour),
	},
}

func (c decideCase) finding() evaluate.Finding {
	rule := alertstest.BudgetRule()
	if c.rule != nil {
		c.rule(rule)
	}
	version := c.version
	if version == "" {
		version = "v1"
	}
	f := findingOf(rule, c.used, version)
	if f.Unknown = c.unknown; f.Unknown != "" {
		f.Used, f.Threshold = decimal.Decimal{}, 0
	}
	return f
}

func (c decideCase) past() Past {
	if c.unseen {
		return Past{}
	}
	return Past{BudgetState: c.before, SeenHash: alertstest.BudgetRule().Hash(alertstest.November, rules.Instance{})}
}

// wanted is the budget state that the case leaves behind: the figures of the finding, or the last known ones.
func (c decideCase) wanted(f evaluate.Finding) alerts.BudgetState {
	want := c.before
	if c.unknown != "" {
		want.BudgetID, want.Unknown = f.BudgetID, c.unknown
		return want
	}
	want.BudgetID, want.RuleHash, want.Version = f.BudgetID, f.Hash(), f.Version
	want.Used, want.Limit, want.CountedTo = f.Used, f.Limit, f.CountedTo
	want.Threshold, want.PostedAt = c.threshold, c.postedAt
	if isPosted := c.posts == alerts.DeliverParent || c.posts == alerts.DeliverBroadcast; (isPosted || c.reason == alerts.ReasonWavers) && c.threshold >= alerts.OverThreshold {
		want.OverAt = alertstest.Noon
	}
	if c.rearmAll && c.before.Threshold > 0 {
		want.Forms = []alerts.Form{{Hash: c.before.RuleHash, Threshold: c.before.Threshold}}
	}
	if c.rearm {
		for _, threshold := range alertstest.BudgetRule().Between(c.threshold, c.before.Threshold) {
			want.Falls = append(want.Falls, alerts.Fall{Threshold: threshold, Times: 1, At: alertstest.Noon.UTC()})
		}
	}
	return want
}

// lifts are the thresholds and forecasts that may be posted again.
func (c decideCase) lifts(id alerts.BudgetID) []alerts.Rearm {
	switch {
	case c.rearmAll:
		return []alerts.Rearm{{BudgetID: id, Kind: alerts.KindBudget, Above: c.kept}, {BudgetID: id, Kind: alerts.KindForecast}}
	case c.rearm:
		return []alerts.Rearm{{BudgetID: id, Kind: alerts.KindBudget, Above: c.threshold}}
	}
	return nil
}

func TestDecide(t *testing.T) {
	for _, tt := range decideCases {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.finding()
			got := Decide(tt.past(), f, alertstest.Noon)
			want := Decision{
				Reason: tt.reason, Posts: tt.posts, Applied: tt.taken, Passed: tt.passed, Lifts: tt.lifts(f.BudgetID),
				BudgetState: tt.wanted(f), Changed: tt.changed,
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(billing.Month{})); diff != "" {
				t.Errorf("decision (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecideGivesEveryReason fails when a reason of a decision has no sentence in the table.
func TestDecideGivesEveryReason(t *testing.T) {
	given := map[alerts.Reason]bool{}
	for _, tt := range decideCases {
		given[tt.reason] = true
	}
	for _, reason := range []alerts.Reason{
		alerts.ReasonFirstThreshold, alerts.ReasonThresholdRose, alerts.ReasonRestated, alerts.ReasonUpdate, alerts.ReasonWavers,
		alerts.ReasonBelow, alerts.ReasonAlreadyPosted, alerts.ReasonUnknown, alerts.ReasonNewRule, alerts.ReasonChangedRule,
	} {
		if !given[reason] {
			t.Errorf("no case for %q", reason)
		}
	}
}

func TestDecideUnknown(t *testing.T) {
	unknown := func(why string) evaluate.Finding {
		f := findingOf(alertstest.BudgetRule(), 0, "v2")
		f.Unknown, f.Threshold = why, 0
		return f
	}
	past := Past{BudgetState: alertstest.BudgetStateAt(80, 810), SeenHash: alertstest.BudgetRule().Hash(alertstest.November, rules.Instance{})}
	first := Decide(past, unknown("no rows"), alertstest.Noon)
	if !first.Changed || first.BudgetState.Unknown != "no rows" || !first.BudgetState.Used.Equal(decimal.New(810, 0)) {
		t.Fatalf("the first unknown check left %+v", first)
	}
	past.BudgetState = first.BudgetState
	if again := Decide(past, unknown("no rows"), alertstest.Noon); again.Changed {
		t.Error("the same reason a second time is written again")
	}
	if other := Decide(past, unknown("two units"), alertstest.Noon); !other.Changed || other.BudgetState.Unknown != "two units" {
		t.Errorf("another reason left %+v", other)
	}
	back := Decide(past, findingOf(alertstest.BudgetRule(), 810, "v1"), alertstest.Noon)
	if !back.Changed || back.BudgetState.Unknown != "" || back.Reason != alerts.ReasonAlreadyPosted {
		t.Errorf("the return of the same figures left %+v", back)
	}
}
