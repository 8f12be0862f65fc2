package evaluate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
)

// cdnRow is a row of November.
func cdnRow(product, usageType, region, unit string) billing.Usage {
	return billing.Usage{
		Month: alertstest.November, Product: product, UsageType: usageType, Region: region, Unit: unit, Quantity: decimal.New(100, 0),
		CountedTo: alertstest.Nov21,
	}
}

func dayReading(t *testing.T) Reading {
	t.Helper()
	requests := cdnRow("cdn_usage", "Europe Requests", "Europe", billing.UnitPlain)
	requests.Raw = decimal.NewNullDecimal(decimal.New(1_000_000, 0))
	return Reading{Month: alertstest.November, ReadAt: alertstest.Noon, Rows: []billing.Usage{
		cdnRow("cdn_usage", "Europe Bandwidth", "Europe", billing.UnitGB), cdnRow("cdn_usage", "Asia Bandwidth", "Asia", billing.UnitGB), requests,
		cdnRow("image_optimizer", "Image Optimizer Requests", "", billing.UnitPlain),
	}}
}

// spikeDays are the 120 days before noon of the test's day.
func spikeDays() billing.Days {
	last := billing.DayOf(alertstest.Noon).AddDate(0, 0, -1)
	return billing.Days{First: last.AddDate(0, 0, 1-SpikeDays), Last: last}
}

// traffic has the same rows on every day of spikeDays, those of the last with other bandwidth where last says.
func traffic(last map[string]int64, rows ...billing.DayTraffic) daily.Reading {
	reading := daily.Reading{Since: spikeDays().First, To: spikeDays().Last.AddDate(0, 0, 1)}
	for _, day := range spikeDays().All() {
		for _, row := range rows {
			row.Day = day
			if other, differs := last[row.Region+row.Service]; differs && day.Equal(spikeDays().Last) {
				row.Bandwidth = decimal.New(other, 9)
			}
			reading.Rows = append(reading.Rows, row)
		}
	}
	return reading
}

func region(name string, gigabytes int64) billing.DayTraffic {
	return billing.DayTraffic{Region: name, Bandwidth: decimal.New(gigabytes, 9), Requests: decimal.New(gigabytes, 3)}
}

func service(id, name string, gigabytes int64) billing.DayTraffic {
	return billing.DayTraffic{Service: id, ServiceName: name, Bandwidth: decimal.New(gigabytes, 9), Requests: decimal.New(gigabytes, 3)}
}

func TestSpikesOfWhatARuleCounts(t *testing.T) {
	t.Parallel()
	const teams = "teams: {shop: {services: [www, cart]}, media: {services: [video]}}\n"
	regions := traffic(map[string]int64{"Europe": 2500}, region("Europe", 500), region("Asia", 500))
	services := traffic(map[string]int64{"1": 2300}, service("1", "www", 300), service("2", "cart", 100), service("3", "video", 600))
	for _, tt := range []struct {
		name, keys string
		// want is each instance with its figures of the last day in GB, or why it has none.
		want []string
	}{
		{"the account's bandwidth is that of all regions", `product: cdn_usage, usage_type: "* Bandwidth"`, []string{": 3000 of 1000"}},
		{"a region's is its own", "product: cdn_usage, usage_type: Europe Bandwidth", []string{": 2500 of 500"}},
		{"one that is as usual is no spike", `product: cdn_usage, usage_type: "* Bandwidth", region: Asia`, []string{": 500 of 500, as usual"}},
		{"a service's is over all regions", `product: cdn_usage, usage_type: "* Bandwidth", service: www`, []string{": 2300 of 300"}},
		{"it may be named by its id", `product: cdn_usage, usage_type: "* Bandwidth", service: "1"`, []string{": 2300 of 300"}},
		{"a glob adds services up", `product: cdn_usage, usage_type: "* Bandwidth", service: "*"`, []string{": 3000 of 1000"}},
		{"so does a team", `product: cdn_usage, usage_type: "* Bandwidth", team: shop`, []string{": 2400 of 400"}},
		{"each team has its own", `product: cdn_usage, usage_type: "* Bandwidth", per: team`, []string{"shop: 2400 of 400", "media: 600 of 600, as usual"}},
		{"a service that had no traffic has nothing to compare with", `product: cdn_usage, usage_type: "* Bandwidth", service: ghost`, []string{
			": there was no usage on the same weekdays of the four weeks before",
		}},
		{"a service has no single region", "product: cdn_usage, usage_type: Europe Bandwidth, service: www", []string{
			": Fastly measures the days of a service over all regions, and the rule leaves out Asia",
		}},
		{"a team has no usage that is not measured", "product: image_optimizer, team: shop", []string{": Fastly has no daily figures of Image Optimizer Requests"}},
		{"a floor in another unit is refused", "product: image_optimizer", []string{": Image Optimizer Requests is counted in unit, not in bytes"}},
		{"what is not used has no days", "product: fanout", []string{": Fastly lists no usage of fanout in recent months"}},
		{"units do not mix", "product: cdn_usage", []string{": Europe Requests is counted in unit, not in bytes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := alertstest.Load(t, teams+"rules: [{name: r, channel: cdn, change: {per: day, over: 60%, at_least: 1 TB}, "+tt.keys+"}]")
			reading := dayReading(t)
			tally := NewDayTally(set.Rules, &reading)
			tally.AddRegions(spikeDays(), regions)
			tally.AddServices(spikeDays(), services)
			var got []string
			for _, f := range reading.Spikes(tally) {
				got = append(got, f.Instance+": "+figuresOf(f))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func figuresOf(f Spike) string {
	if !f.Known {
		return f.Found.Unknown
	}
	gigabytes := func(d decimal.Decimal) string { return d.Shift(-9).String() }
	text := gigabytes(f.Found.Newest.Used) + " of " + gigabytes(f.Found.Newest.Usual)
	if !f.Lasts {
		text += ", as usual"
	}
	return text
}

func TestSpikesOfUnknownDays(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `rules: [{name: r, channel: cdn, product: cdn_usage, usage_type: Europe Bandwidth, change: {per: day, over: 60%, at_least: 1 TB}}]`)
	all := traffic(map[string]int64{"Europe": 2500}, region("Europe", 500))
	without := func(days int, why string) daily.Reading {
		reading := all
		first := spikeDays().Last.AddDate(0, 0, 1-days)
		reading.Rows = slices.DeleteFunc(slices.Clone(all.Rows), func(row billing.DayTraffic) bool { return !row.Day.Before(first) })
		reading.Unknown, reading.Why = (billing.Days{First: first, Last: spikeDays().Last}).All(), why
		return reading
	}
	for _, tt := range []struct {
		name     string
		reading  daily.Reading
		want     string
		obstacle bool
	}{
		{"yesterday is known", all, "2500 of 500", false},
		{"yesterday is not there yet", without(1, ""), "500 of 500, as usual", false},
		{"neither is the day before", without(2, ""), "500 of 500, as usual", false},
		{"three days are late", without(3, ""), "the newest day that I have is " + spikeDays().Last.AddDate(0, 0, -3).Format("Jan 2"), true},
		{"the token may not read them", without(120, "the Fastly token may not read statistics"), "the Fastly token may not read statistics", true},
		{"nothing was read yet", without(120, ""), "there are no days to compare yet", true},
		{"the account is new", func() daily.Reading {
			reading := all
			reading.Unknown = spikeDays().All()[:119]
			return reading
		}(), "too few of the same weekdays of the four weeks before are known", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reading := dayReading(t)
			tally := NewDayTally(set.Rules, &reading)
			tally.AddRegions(spikeDays(), tt.reading)
			f := reading.Spikes(tally)[0]
			if got := figuresOf(f); got != tt.want || (f.Obstacle != "") != tt.obstacle {
				t.Errorf("got %q with the obstacle %q, want %q", got, f.Obstacle, tt.want)
			}
		})
	}
}

func TestASpikeOfUsageThatIsNotMeasuredIsFoundInTheRecord(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `rules: [{name: r, channel: cdn, product: image_optimizer, change: {per: day, over: 60%, at_least: 50}}]`)
	reading := dayReading(t)
	var recorded []daily.Recorded
	last := spikeDays().Last
	for _, month := range []billing.Month{alertstest.November.Add(-2), alertstest.November.Add(-1), alertstest.November} {
		total := int64(0)
		for n := range month.Days() {
			day := month.Start().AddDate(0, 0, n)
			if day.After(last) {
				break
			}
			total += 100 + int64(n%3)
			if day.Equal(last) {
				total += 300
			}
			row := cdnRow("image_optimizer", "Image Optimizer Requests", "", billing.UnitPlain)
			row.Month, row.Quantity, row.CountedTo = month, decimal.New(total, 0), day.AddDate(0, 0, 1)
			recorded = append(recorded, daily.Recorded{Usage: row, Day: day})
		}
	}
	reading.Archive = NewArchive(nil, recorded, nil)
	f := reading.Spikes(NewDayTally(set.Rules, &reading))[0]
	if !f.Lasts || !f.IsHigh || f.Found.Measured || f.Found.First != last || len(f.HighDays()) != 0 {
		t.Errorf("found %+v", f)
	}
}

func TestTheServicesOfASpikeAreNamed(t *testing.T) {
	t.Parallel()
	services := traffic(map[string]int64{"1": 2300, "2": 150, "3": 500, "4": 90, "5": 70},
		service("1", "www", 300), service("2", "www", 100), service("3", "video", 600), service("4", "", 10), service("5", "api", 0))
	for _, tt := range []struct{ name, keys, want string }{
		{"the most risen first, with ids where names are shared or missing", `usage_type: "* Bandwidth"`, "www (1) 2300/300, 4 90/10, api 70/0"},
		{"those of a region are over all regions", "usage_type: Europe Bandwidth", "www (1) 2300/300, 4 90/10, api 70/0, elsewhere"},
		{"only a glob's own", `usage_type: "* Bandwidth", service: "w*"`, "www (1) 2300/300, www (2) 150/100"},
		{"and none where the rule names the service", `usage_type: "* Bandwidth", service: "1"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := alertstest.Load(t, "rules: [{name: r, channel: cdn, product: cdn_usage, change: {per: day, over: 60%, at_least: 1 TB}, "+tt.keys+"}]")
			reading := dayReading(t)
			tally := NewDayTally(set.Rules, &reading)
			tally.AddRegions(spikeDays(), traffic(map[string]int64{"Europe": 2500}, region("Europe", 500), region("Asia", 500)))
			tally.AddServices(spikeDays(), services)
			f := reading.Spikes(tally)[0]
			var rows []billing.DayTraffic
			for _, day := range f.HighDays() {
				for _, row := range services.Rows {
					if row.Day.Equal(day) {
						rows = append(rows, row)
					}
				}
			}
			f.NameServices(tally, rows)
			var got []string
			for _, p := range f.Found.Parts {
				got = append(got, p.Name+" "+p.Used.Shift(-9).String()+"/"+p.Usual.Shift(-9).String())
			}
			if f.Found.Elsewhere {
				got = append(got, "elsewhere")
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestADayTallyNeedsOnlyWhatItsRulesCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, keys        string
		regions, services bool
	}{
		{"regions for the account", `product: cdn_usage, usage_type: "* Bandwidth"`, true, false},
		{"services for a service", `product: cdn_usage, usage_type: "* Bandwidth", service: www`, false, true},
		{"neither for what is not measured", "product: image_optimizer", false, false},
	} {
		set := alertstest.Load(t, "rules: [{name: r, channel: cdn, change: {per: day, over: 60%, at_least: 1}, "+tt.keys+"}, {name: b, budget: 5 TB, channel: cdn}]")
		reading := dayReading(t)
		tally := NewDayTally(set.Rules, &reading)
		if tally.NeedsRegions() != tt.regions || tally.NeedsServices() != tt.services {
			t.Errorf("%s: regions %t, services %t", tt.name, tally.NeedsRegions(), tally.NeedsServices())
		}
	}
}

// BenchmarkDayTally adds up four months of 5,000 services for fifty rules.
func BenchmarkDayTally(b *testing.B) {
	var set []rules.Rule
	for range 50 {
		set = append(set, rules.Rule{Name: "r", Kind: rules.RuleChange, Change: rules.DefaultSpike, Match: rules.Match{Service: "w*"}})
	}
	var rows []billing.DayTraffic
	days := spikeDays()
	for _, day := range days.All()[:30] {
		for n := range 5_000 {
			rows = append(rows, billing.DayTraffic{Day: day, Service: string(rune('a'+n%26)) + time.Duration(n).String(), Bandwidth: decimal.New(int64(n), 9)})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		tally := NewDayTally(set, &Reading{Month: alertstest.November, Rows: []billing.Usage{cdnRow("cdn_usage", "Europe Bandwidth", "Europe", billing.UnitGB)}})
		tally.AddServices(days, daily.Reading{Rows: rows})
	}
}
