package decide

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

const spikeRule = "change: {per: day, over: 60%, at_least: 1 TB}"

// seen is what one check finds of days of November: the newest one, and the days of the newest spike.
type seen struct {
	newest, first, high int
	lasts, settled      bool
	unknown             string
	month               time.Month // November if not set
}

func dayIn(month time.Month, n int) time.Time {
	if month == 0 {
		month = time.November
	}
	return time.Date(2026, month, n, 0, 0, 0, 0, time.UTC)
}

func (s seen) spike(rule *rules.Rule, instance string) evaluate.Spike {
	f := evaluate.Spike{Rule: rule, Instance: instance, Known: s.unknown == "", Obstacle: s.unknown, Lasts: s.lasts}
	f.Found = alerts.Spike{Title: rule.Title, Instance: instance, Unknown: s.unknown}
	if s.unknown != "" {
		return f
	}
	f.Found.Newest = alerts.SpikeDay{Day: dayIn(s.month, s.newest), Used: decimal.New(9, 12), Usual: decimal.New(3, 12)}
	if s.first > 0 {
		f.Found.First, f.Found.Days, f.Found.Settled = dayIn(s.month, s.first), s.high-s.first+1, s.settled
		f.Found.High = alerts.SpikeDay{Day: dayIn(s.month, s.high), Used: decimal.New(9, 12), Usual: decimal.New(3, 12)}
		f.IsHigh = s.lasts && s.high == s.newest
	}
	return f
}

// spikes makes one check and returns what it says.
func (d *almanac) spikes(now time.Time, found ...evaluate.Spike) (said string, o *IncidentPlanner) {
	d.t.Helper()
	o = NewIncidentPlanner(d.rules, alertstest.November, d.incidents, now, func() string { d.ids++; return fmt.Sprint("d", d.ids) })
	o.Withdraw()
	o.Spikes(found)
	for _, e := range o.Incidents {
		d.write(e)
	}
	var all []string
	for _, transition := range o.Transitions {
		text := "(" + string(transition.Reason) + ")"
		if transition.Posts != "" {
			text = string(transition.Posts) + ": " + string(transition.Reason)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; "), o
}

func TestASpikeIsPostedOnceAndEnds(t *testing.T) {
	t.Parallel()
	type step struct {
		seen seen
		want string
	}
	const posted, daily, over = "root: a day far above what is usual for its weekday", "refresh: figures updated", "refresh: days are as usual again"
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"days as usual are no news", []step{{seen{newest: 10}, "(days are as usual)"}, {seen{newest: 11}, "(days are as usual)"}}},
		{"it is posted with its first day, updated with every further one, and ends", []step{
			{seen{newest: 10}, "(days are as usual)"},
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 11, first: 11, high: 11, lasts: true}, "(spike already posted)"},
			{seen{newest: 12, first: 11, high: 12, lasts: true}, daily},
			{seen{newest: 13, first: 11, high: 12, lasts: true}, daily},
			{seen{newest: 14, first: 11, high: 12}, over},
			{seen{newest: 15, first: 11, high: 12}, "(days are as usual)"},
		}},
		{"the first check of a rule posts one that lasts", []step{{seen{newest: 12, first: 10, high: 12, lasts: true}, posted}}},
		{"and not one whose newest day is calm", []step{{seen{newest: 12, first: 10, high: 11, lasts: true}, "(only a day that was compared before is high)"}}},
		{"another one is another message", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 13, first: 11, high: 11}, over},
			{seen{newest: 20, first: 20, high: 20, lasts: true}, posted},
		}},
		{"so is one after an end that no check saw", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 20, first: 20, high: 20, lasts: true}, posted},
		}},
		{"one that has settled says so", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 29, first: 11, high: 27, settled: true}, "refresh: what was high is usual now"},
		}},
		{"a day that is corrected after it was compared begins none", []step{
			{seen{newest: 11}, "(days are as usual)"},
			{seen{newest: 11, first: 11, high: 11, lasts: true}, "(only a day that was compared before is high)"},
			{seen{newest: 12, first: 11, high: 11, lasts: true}, "(only a day that was compared before is high)"},
		}},
		{"but the next high day does", []step{
			{seen{newest: 11}, "(days are as usual)"},
			{seen{newest: 11, first: 11, high: 11, lasts: true}, "(only a day that was compared before is high)"},
			{seen{newest: 12, first: 11, high: 12, lasts: true}, posted},
		}},
		{"a correction that takes its first day leaves it one", []step{
			{seen{newest: 11, first: 10, high: 11, lasts: true}, posted},
			{seen{newest: 12, first: 11, high: 12, lasts: true}, daily},
		}},
		{"a correction that takes all of it ends it", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 11}, over},
		}},
		{"a correction that ends it and one that takes that back", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{newest: 13, first: 11, high: 11}, over},
			{seen{newest: 13, first: 11, high: 13, lasts: true}, "refresh: the spike goes on after all"},
		}},
		{"unknown days change nothing", []step{
			{seen{newest: 11, first: 11, high: 11, lasts: true}, posted},
			{seen{unknown: "refused"}, "(no usage figure)"},
			{seen{newest: 12, first: 11, high: 12, lasts: true}, daily},
		}},
		{"it lasts into the next month", []step{
			{seen{newest: 30, first: 29, high: 30, lasts: true}, posted},
			{seen{month: time.December, newest: 3, first: 1, high: 1}, over},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := alertstest.Load(t, "rules: [{name: r, channel: cdn, "+spikeRule+"}]")
			d := &almanac{t: t, rules: set}
			for i, s := range tt.steps {
				if got, _ := d.spikes(alertstest.Noon.AddDate(0, 0, i), s.seen.spike(&set.Rules[0], "")); got != s.want {
					t.Fatalf("step %d: got %q, want %q", i+1, got, s.want)
				}
			}
		})
	}
}

func TestASpikeIsPostedAtOnceInTheChannelOfItsTeam(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `working_hours: Mon-Fri 09:00-10:00
teams: {shop: {services: [www], channel: shop-cdn}, media: {services: [video], channel: media-cdn}}
rules: [{name: r, per: team, `+spikeRule+`}]`)
	d := &almanac{t: t, rules: set}
	high := seen{newest: 11, first: 11, high: 11, lasts: true}
	_, o := d.spikes(alertstest.Noon, high.spike(&set.Rules[0], "shop"), seen{newest: 11}.spike(&set.Rules[0], "media"))
	if len(o.Deliveries) != 1 || len(o.Alerts) != 0 {
		t.Fatalf("%d deliveries, %d alerts, want one of the shop's", len(o.Deliveries), len(o.Alerts))
	}
	if got := o.Deliveries[0]; got.Channel != "shop-cdn" || !got.NotBefore.IsZero() || got.Instance != "shop" || got.Month != alertstest.November || got.Key() == "" {
		t.Errorf("delivery %+v", got)
	}
	_, o = d.spikes(alertstest.Noon.AddDate(0, 0, 9), seen{newest: 20, first: 20, high: 20, lasts: true}.spike(&set.Rules[0], "shop"))
	if again := o.Deliveries[0]; again.Key() == (&alerts.Delivery{}).Key() || !strings.Contains(again.Key(), "2026-11-20") {
		t.Errorf("the key of another one is %q", again.Key())
	}
}

func TestOperatorsHearOfDaysThatAreUnknownOnceARule(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `teams: {shop: {services: [www]}, media: {services: [video]}}
rules: [{name: r, per: team, channel: cdn, `+spikeRule+`}]`)
	d := &almanac{t: t, rules: set}
	unknown := seen{unknown: "the Fastly token may not read statistics"}
	d.spikes(alertstest.Noon, seen{newest: 11}.spike(&set.Rules[0], "shop"), seen{newest: 11}.spike(&set.Rules[0], "media"))
	_, o := d.spikes(alertstest.Noon, unknown.spike(&set.Rules[0], "shop"), unknown.spike(&set.Rules[0], "media"))
	if len(o.Unknown) != 1 || !o.Unknown[0].Had || o.Unknown[0].Why != unknown.unknown || o.Unknown[0].Rule != "r" {
		t.Errorf("unknown are %+v", o.Unknown)
	}
	if len(d.incidents) != 2 || d.incidents[0].Report.Spike.Newest.Day.IsZero() || d.incidents[0].Report.Spike.Unknown != unknown.unknown {
		t.Errorf("the last figures do not stay: %+v", d.incidents)
	}
}

func TestASpikeOfARuleThatIsGoneIsWithdrawn(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, "rules: [{name: r, channel: cdn, "+spikeRule+"}]")
	d := &almanac{t: t, rules: set}
	d.spikes(alertstest.Noon, seen{newest: 11, first: 11, high: 11, lasts: true}.spike(&set.Rules[0], ""))
	for _, tt := range []struct{ name, rules, want string }{
		{"the rule stays", "rules: [{name: r, channel: cdn, " + spikeRule + "}]", ""},
		{"the rule compares months now", "rules: [{name: r, channel: cdn, change: {over: 60%, at_least: 1 TB}}]", "refresh: the rule is no longer in the file"},
		{"the rule is gone", "rules: [{name: other, channel: cdn, " + spikeRule + "}]", "refresh: the rule is no longer in the file"},
	} {
		one := &almanac{t: t, rules: alertstest.Load(t, tt.rules), incidents: append([]alerts.Incident(nil), d.incidents...)}
		if got, _ := one.spikes(alertstest.Noon); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
