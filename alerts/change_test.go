package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

const jumpRule = `usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}`

var october = november.Add(-1)

// requestsOf is a row of requests, which Fastly bills by ten thousand, up to the end of so many days of the month.
func requestsOf(month billing.Month, region string, billions float64, days int) billing.Usage {
	single := decimal.NewFromFloat(billions).Shift(9)
	return billing.Usage{
		Month: month, Product: "cdn_usage", UsageType: region + " Requests", Region: region, Unit: "unit",
		Quantity: single.Shift(-4), Raw: decimal.NewNullDecimal(single), CountedTo: month.Start().AddDate(0, 0, days),
	}
}

// evenly is the record of a month in which each region made so many billions of requests a day, on the days given.
func evenly(month billing.Month, perDay map[string]float64, days ...int) []RecordedUsage {
	var recorded []RecordedUsage
	for _, day := range days {
		for region, billions := range perDay {
			u := requestsOf(month, region, billions*float64(day), day)
			recorded = append(recorded, RecordedUsage{u, u.CountedTo.AddDate(0, 0, -1)})
		}
	}
	return recorded
}

func daysUpTo(n int) []int {
	days := make([]int, n)
	for i := range days {
		days[i] = i + 1
	}
	return days
}

// changed evaluates the rule in November, whose first days made so many billions a day.
func changed(t *testing.T, keys string, perDay map[string]float64, days int, recorded []RecordedUsage, more ...billing.Usage) change {
	t.Helper()
	rule := ruleOf(t, keys)
	rows := more
	for region, billions := range perDay {
		rows = append(rows, requestsOf(november, region, billions*float64(days), days))
	}
	return evaluateChange(&rule, november, rows, NewArchive(nil, recorded, nil), november.Start().AddDate(0, 0, days).Add(6*time.Hour), "")
}

func TestWhatIsAChange(t *testing.T) {
	before := map[string]float64{"Asia": 1, "Europe": 2}
	record := evenly(october, before, daysUpTo(31)...)
	for _, tt := range []struct {
		name     string
		keys     string
		perDay   map[string]float64
		days     int
		recorded []RecordedUsage
		want     string // "ratio on top, whether both floors are met", or why not
	}{
		{"a rise above both floors", jumpRule, map[string]float64{"Asia": 2, "Europe": 2}, 21, record, "+33.3% 21 B requests true"},
		{"a rise of exactly the share is not above it", jumpRule, map[string]float64{"Asia": 1.9, "Europe": 2}, 21, record, "+30.0% 18.9 B requests false"},
		{"a small share of much is no news", jumpRule, map[string]float64{"Asia": 1.3, "Europe": 2}, 21, record, "+10.0% 6.3 B requests false"},
		{
			"a large share of little is no news", jumpRule,
			map[string]float64{"Asia": 0.002},
			21,
			evenly(october, map[string]float64{"Asia": 0.001}, daysUpTo(31)...), "+100.0% 21 M requests false",
		},
		{"the floor is of what came on top so far", jumpRule, map[string]float64{"Asia": 2, "Europe": 2.2}, 3, record, "+40.0% 3.6 B requests true"},
		{"a fall is none", jumpRule, map[string]float64{"Asia": 0.1, "Europe": 0.1}, 21, record, "−93.3% −58.8 B requests false"},
		{"two days are too few", jumpRule, map[string]float64{"Asia": 9}, 2, record, "too early to tell: it is compared from 3 complete days on"},
		{"no record of the same days is unknown", jumpRule, before, 10, evenly(october, before, 15, 20, 31), "no_record since Oct 15"},
		{"nor is a record a day off enough", jumpRule, before, 10, evenly(october, before, 9, 12), "no_record since Oct 9"},
		{"nothing recorded at all", jumpRule, before, 10, nil, "no_record since never"},
		{
			"what is new beside what was there is a rise", jumpRule,
			map[string]float64{"Asia": 1, "Europe": 2, "Japan": 1},
			21, record,
			"+33.3% 21 B requests true",
		},
		{
			"what was not there at all is for a rule with new", jumpRule, before, 21, []RecordedUsage{
				{requestsOf(october, "Asia", 0, 21), october.Start().AddDate(0, 0, 20)},
			}, "there was none of it in the same days of the month before",
		},
		{"what is not used is unknown", `usage_type: Websocket, change: {over: 30%, at_least: 5}`, before, 21, record, "Fastly lists no usage of Websocket in 2026-11"},
		{"the floor has to be of the usage's kind", `usage_type: "* Requests", change: {over: 30%, at_least: 2 TB}`, before, 21, record, "Requests is counted in unit, not in bytes"},
		{
			"a bare number is of Fastly's own quantity", `usage_type: "* Requests", change: {over: 30%, at_least: 2100000}`,
			map[string]float64{"Asia": 2, "Europe": 2},
			21, record, "+33.3% 21 B requests true",
		},
		{
			"and one above it is above", `usage_type: "* Requests", change: {over: 30%, at_least: 2100001}`,
			map[string]float64{"Asia": 2, "Europe": 2},
			21, record, "+33.3% 21 B requests false",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := changed(t, tt.keys, tt.perDay, tt.days, tt.recorded)
			if got := inWords(c); !strings.HasPrefix(got, tt.want) && !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func inWords(c change) string {
	g := c.growth
	switch {
	case g.Unknown != "":
		return g.Unknown
	case g.Versus.Unknown && g.Versus.WatchingSince.IsZero():
		return string(g.Versus.Why) + " since never"
	case g.Versus.Unknown:
		return string(g.Versus.Why) + " since " + g.Versus.WatchingSince.Add(-time.Second).Format("Jan 2")
	}
	return fmt.Sprintf("%s %s %t", billing.FormatChange(g.Ratio), g.Measure.Format(g.Extra), c.floors)
}

func TestAChangeOfTwoUnitsIsUnknown(t *testing.T) {
	bandwidth := requestsOf(november, "Asia", 1, 21)
	bandwidth.UsageType, bandwidth.Unit = "Asia Bandwidth", "gb"
	c := changed(t, `product: cdn_usage, change: {over: 30%, at_least: 5}`, map[string]float64{"Asia": 1}, 21, nil, bandwidth)
	if want := "it covers usage in gb and in unit, and a change is of one unit"; c.known || c.growth.Unknown != want {
		t.Errorf("%q, want %q", c.growth.Unknown, want)
	}
}

func TestTheDriversOfAChange(t *testing.T) {
	before := map[string]float64{"Asia": 1, "Europe": 2, "Japan": 3, "India": 1, "Africa": 1}
	after := map[string]float64{"Asia": 3, "Europe": 2.5, "Japan": 2, "India": 2, "Africa": 1.25}
	got := changed(t, jumpRule, after, 10, evenly(october, before, daysUpTo(31)...)).growth
	var drivers []string
	for _, d := range got.Drivers {
		drivers = append(drivers, d.Name+" "+got.Measure.Format(d.Used))
	}
	if diff := cmp.Diff([]string{"Asia Requests 20 B requests", "India Requests 10 B requests", "Europe Requests 5 B requests"}, drivers); diff != "" {
		t.Errorf("drivers (-want +got):\n%s", diff)
	}
	if got.Others != 2 || got.Measure.Format(got.OthersExtra) != "−7.5 B requests" { // Africa grew by 2.5, Japan fell by 10
		t.Errorf("%d others with %s", got.Others, got.Measure.Format(got.OthersExtra))
	}
	if got.Measure.Format(got.PerDay) != "10.8 B requests" || got.Measure.Format(got.Before) != "8 B requests" {
		t.Errorf("a day %s, before %s", got.Measure.Format(got.PerDay), got.Measure.Format(got.Before))
	}
	single := changed(t, jumpRule, map[string]float64{"Asia": 2}, 10, evenly(october, map[string]float64{"Asia": 1}, daysUpTo(31)...)).growth
	if len(single.Drivers) != 0 {
		t.Errorf("one usage type in one region is driven by %v", single.Drivers)
	}
}

// TestAClosedMonthIsComparedWhole: a month that is over is held against the whole month before, of which Fastly tells.
func TestAClosedMonthIsComparedWhole(t *testing.T) {
	rule := ruleOf(t, jumpRule)
	rows := []billing.Usage{requestsOf(november, "Asia", 30*2, 30), requestsOf(october, "Asia", 31, 31)}
	c := evaluateChange(&rule, november, rows, nil, november.End().Add(6*time.Hour), "")
	if got := inWords(c); got != "+100.0% 30 B requests true" || !c.growth.Closed {
		t.Errorf("%q, closed %t", got, c.growth.Closed)
	}
	rows[0].CountedTo = november.End().AddDate(0, 0, -2)
	if c := evaluateChange(&rule, november, rows, nil, november.End().Add(6*time.Hour), ""); c.growth.Closed {
		t.Error("closed before its last days were counted")
	}
}

// almanac is what is remembered of one rule with change.
type almanac struct {
	t        *testing.T
	rules    *rules.Rules
	episodes []Episode
	ids      int
}

// look makes one check and returns what it says, "kind: reason" or "(reason)" for silence, of every turn.
func (d *almanac) look(reading Reading) string {
	d.t.Helper()
	o := newLookout(d.rules, reading.Month, d.episodes, reading.ReadAt, func() string { d.ids++; return fmt.Sprint("d", d.ids) })
	o.withdraw(d.episodes)
	o.changes(reading)
	for _, e := range o.Episodes {
		d.write(e)
	}
	var said []string
	for _, turn := range o.turns {
		if turn.Speak == "" {
			said = append(said, "("+string(turn.Reason)+")")
			continue
		}
		said = append(said, string(turn.Speak)+": "+string(turn.Reason))
	}
	return strings.Join(said, "; ")
}

// rename does what the store does at a start with rules that had another name.
func (d *almanac) rename() {
	for was, name := range d.rules.Renames() {
		for i := range d.episodes {
			if e := &d.episodes[i]; e.Rule == was {
				e.Rule, e.SaidAt = name, time.Time{}
			}
		}
	}
}

func (d *almanac) write(e Episode) {
	d.t.Helper()
	for i, have := range d.episodes {
		if have.BudgetID == e.BudgetID && have.Kind == e.Kind {
			if have.Revision != e.Revision {
				d.t.Fatalf("episode of %s has revision %d, not %d", e.BudgetID, have.Revision, e.Revision)
			}
			e.Revision++
			d.episodes[i] = e
			return
		}
	}
	if e.Revision != 0 {
		d.t.Fatalf("episode of %s has revision %d and is not there", e.BudgetID, e.Revision)
	}
	e.Revision++
	d.episodes = append(d.episodes, e)
}

// TestAChangeIsSaidOnceAMonth is the life of it.
func TestAChangeIsSaidOnceAMonth(t *testing.T) {
	before := evenly(october, map[string]float64{"Asia": 1}, daysUpTo(31)...)
	set := load(t, "rules: [{name: r, channel: cdn, "+jumpRule+"}]")
	renamed := load(t, "rules: [{name: other, channel: cdn, "+jumpRule+"}]")
	renamed.Rules[0].Was = "r"
	gone := load(t, "rules: [{name: other, channel: cdn, "+jumpRule+"}]")
	type look struct {
		day    int     // of November to whose end the figures count
		perDay float64 // in billions
		rules  *rules.Rules
		want   string
	}
	const (
		calm, once, said = "(below the floors)", "(above the floors on one data version)", "(change already said)"
		root, daily      = "root: usage per day has risen", "refresh: figures refreshed"
		back, again      = "refresh: usage per day is no longer above the floors", "refresh: usage per day has risen again"
	)
	for _, tt := range []struct {
		name  string
		looks []look
	}{
		{"below the floors there is nothing to say", []look{{10, 1.1, nil, calm}, {11, 1.2, nil, calm}}},
		{"one data version is no news, be it looked at twice", []look{{10, 2, nil, once}, {10, 2, nil, once}, {11, 1.1, nil, calm}}},
		{"two of them are said, once", []look{{10, 2, nil, once}, {11, 2, nil, root}, {11, 2, nil, said}}},
		{"a version below between them begins anew", []look{{10, 2, nil, once}, {11, 1.1, nil, calm}, {12, 2, nil, once}, {13, 2, nil, root}}},
		{"it is edited daily while it lasts", []look{{10, 2, nil, once}, {11, 2, nil, root}, {12, 2.1, nil, daily}, {12, 2.1, nil, said}, {13, 2.2, nil, daily}}},
		{"back on course is an edit, and so is coming back", []look{
			{10, 2, nil, once}, {11, 2, nil, root}, {12, 1.1, nil, back}, {13, 1.1, nil, calm}, {14, 2, nil, again}, {14, 2, nil, said},
		}},
		{"a rule that is new speaks like any other", []look{{20, 2, nil, once}, {21, 2, nil, root}}},
		{"unknown keeps what was said", []look{{10, 2, nil, once}, {11, 2, nil, root}, {0, 0, nil, "(usage unknown)"}, {12, 2, nil, daily}}},
		{"and what was seen once", []look{{10, 2, nil, once}, {0, 0, nil, "(usage unknown)"}, {11, 2, nil, root}}},
		{"a rule that is removed ends what it said by an edit", []look{
			{10, 2, nil, once},
			{11, 2, nil, root},
			{12, 2, gone, "refresh: the rule is no longer in the file; " + once},
			{12, 2, gone, once},
		}},
		{"a rule that is renamed goes on with it, and its message has the new name at once", []look{
			{10, 2, nil, once}, {11, 2, nil, root}, {11, 2, renamed, daily}, {11, 2, renamed, said},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &almanac{t: t}
			for i, l := range tt.looks {
				if d.rules = set; l.rules != nil {
					d.rules = l.rules
				}
				d.rename()
				reading := Reading{Month: november, ReadAt: november.Start().AddDate(0, 0, max(l.day, 11)).Add(6 * time.Hour), Archive: NewArchive(nil, before, nil)}
				if l.perDay > 0 {
					reading.Rows = []billing.Usage{requestsOf(november, "Asia", l.perDay*float64(l.day), l.day)}
				}
				if got := d.look(reading); got != l.want {
					t.Errorf("look %d, day %d: %s, want %s", i, l.day, got, l.want)
				}
			}
		})
	}
}

// TestWhatIsMissingIsOfToday: of which days there is no figure moves with the month, and so does what people are told.
func TestWhatIsMissingIsOfToday(t *testing.T) {
	d := &almanac{t: t, rules: load(t, "rules: [{name: r, channel: cdn, "+jumpRule+"}]")}
	for _, day := range []int{4, 9} {
		d.look(Reading{
			Month: november, ReadAt: november.Start().AddDate(0, 0, day).Add(6 * time.Hour), Archive: NewArchive(nil, nil, nil),
			Rows: []billing.Usage{requestsOf(november, "Asia", 1, day), requestsOf(october, "Asia", 1, 31)},
		})
		if got := d.episodes[0].Report.Growth.Versus; !got.Unknown || got.Days != day {
			t.Errorf("day %d: unknown %t, of %d days", day, got.Unknown, got.Days)
		}
	}
}

// TestAChangeEndsWithItsMonth: the new month begins at nothing said, and what was said of the old one gets its last figures.
func TestAChangeEndsWithItsMonth(t *testing.T) {
	december := november.Add(1)
	before := evenly(october, map[string]float64{"Asia": 1}, daysUpTo(31)...)
	inDecember := func(day, hour, counted int, october float64) Reading {
		return Reading{
			Month: december, ReadAt: december.Start().AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour),
			Rows:    []billing.Usage{requestsOf(december, "Asia", 0.5, 1)},
			Closed:  []billing.Usage{requestsOf(november, "Asia", 2*float64(counted), counted), requestsOf(november.Add(-1), "Asia", october, 31)},
			Archive: NewArchive(nil, before, nil),
		}
	}
	for _, tt := range []struct {
		name  string
		looks []Reading
		want  []string
	}{
		{"with its whole figures once they are there", []Reading{inDecember(1, 6, 28, 31), inDecember(1, 20, 30, 31), inDecember(2, 1, 30, 31)}, []string{
			"(change already said); (usage unknown)", "refresh: the month has ended; (usage unknown)", "(usage unknown)",
		}},
		{"with its last ones where they do not come", []Reading{inDecember(1, 6, 28, 31), inDecember(4, 1, 28, 0)}, []string{
			"(change already said); (usage unknown)", "refresh: the month has ended; (usage unknown)",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &almanac{t: t, rules: load(t, "rules: [{name: r, channel: cdn, "+jumpRule+"}]")}
			for day := 27; day < 29; day++ {
				d.look(Reading{
					Month: november, ReadAt: november.Start().AddDate(0, 0, day).Add(time.Hour), Archive: NewArchive(nil, before, nil),
					Rows: []billing.Usage{requestsOf(november, "Asia", 2*float64(day), day)},
				})
			}
			for i, reading := range tt.looks {
				if got := d.look(reading); got != tt.want[i] {
					t.Errorf("look %d: %s, want %s", i, got, tt.want[i])
				}
			}
			for _, e := range d.episodes {
				if e.Month == november && (e.State != EpisodeOver || !e.Report.Growth.Closed) {
					t.Errorf("November's episode is %s, closed %t", e.State, e.Report.Growth.Closed)
				}
			}
		})
	}
}
