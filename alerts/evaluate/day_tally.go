package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
)

// SpikeDays is how many days a check looks at for rules that compare days: more than any comparison depends on.
const SpikeDays = 120

// DayTally adds up the days that Fastly's statistics have for the rules that compare days: of regions, or of services over all regions.
type DayTally struct {
	series  []*daySeries
	teams   []rules.Team
	regions daysRead
	// services are the days by service; its rows are counted by id, once for each.
	services daysRead
	counts   map[string][]*daySeries
}

// daySeries is what one rule counts, or one of its teams.
type daySeries struct {
	rule     *rules.Rule
	instance string
	requests bool            // what is counted, else bytes
	regions  map[string]bool // that the rule covers
	leftOut  string          // a region that it does not; empty if there is none
	used     map[time.Time]decimal.Decimal
	unknown  string // why statistics have no days of it; empty if they have
}

// daysRead is which days of a kind are known.
type daysRead struct {
	known []time.Time
	why   string
}

// ofServices reports whether the series is of services.
func (s *daySeries) ofServices() bool { return s.rule.IsOfServices() }

// NewDayTally returns a tally of what the rules that compare days count, by the reading's rows.
func NewDayTally(set []rules.Rule, reading *Reading) *DayTally {
	t := &DayTally{counts: map[string][]*daySeries{}}
	index := NewIndex(slices.Concat(reading.Rows, reading.Closed))
	for i := range set {
		rule := &set[i]
		if !rule.IsDaily() {
			continue
		}
		one := dayScope(rule, index)
		instances := []string{""}
		if rule.Per == rules.PerTeam {
			instances = nil
			for _, team := range rule.Teams {
				instances = append(instances, team.Name)
			}
		}
		for _, instance := range instances {
			s := one
			s.instance, s.used = instance, map[time.Time]decimal.Decimal{}
			t.series = append(t.series, &s)
		}
		for _, team := range rule.Teams {
			if !slices.ContainsFunc(t.teams, func(known rules.Team) bool { return known.Name == team.Name }) {
				t.teams = append(t.teams, team)
			}
		}
	}
	return t
}

// dayScope returns which statistics the rule counts, or why there are none: they have bandwidth and requests of the CDN by region, and of a service
// over all regions.
func dayScope(rule *rules.Rule, index *Index) daySeries {
	s := daySeries{rule: rule, regions: map[string]bool{}}
	covered := index.Covered(rule.Match)
	if len(covered) == 0 {
		s.unknown = fmt.Sprintf("Fastly lists no usage of %s in recent months", rule.Match.Describe())
		return s
	}
	noun := covered[0].Measure().Noun
	for _, row := range covered {
		if s.unknown = notMeasured(row); s.unknown != "" {
			return s
		}
		if row.Measure().Noun != noun {
			s.unknown = manyUnits(covered, rules.RuleChange)
			return s
		}
		s.regions[row.Region] = true
	}
	s.requests = noun == billing.NounRequests
	for _, row := range index.Covered(rules.Match{Product: trafficProduct}) {
		if row.Measure().Noun == noun && notMeasured(row) == "" && !s.regions[row.Region] {
			s.leftOut = row.Region
		}
	}
	if s.leftOut != "" && rule.IsOfServices() {
		s.unknown = fmt.Sprintf("Fastly measures the days of a service over all regions, and the rule leaves out %s", s.leftOut)
	}
	return s
}

// notMeasured is why Fastly's statistics do not have the row's usage by day; empty if they do.
func notMeasured(row billing.Usage) string {
	noun := row.Measure().Noun
	if row.Product == trafficProduct && row.Region != "" && (noun == "bandwidth" || noun == billing.NounRequests) {
		return ""
	}
	return fmt.Sprintf("Fastly has no daily figures of %s", row.UsageType)
}

// NeedsRegions and NeedsServices report which days the rules need.
func (t *DayTally) NeedsRegions() bool {
	return slices.ContainsFunc(t.series, func(s *daySeries) bool { return s.unknown == "" && !s.ofServices() })
}

// NeedsServices reports whether a rule needs the days of services.
func (t *DayTally) NeedsServices() bool {
	return slices.ContainsFunc(t.series, func(s *daySeries) bool { return s.unknown == "" && s.ofServices() })
}

// AddRegions counts the days of regions.
func (t *DayTally) AddRegions(days billing.Days, reading daily.Reading) {
	t.regions.add(days, reading)
	for _, row := range reading.Rows {
		for _, s := range t.series {
			if !s.ofServices() && s.regions[row.Region] {
				s.add(row)
			}
		}
	}
}

// AddServices counts the days of services.
func (t *DayTally) AddServices(days billing.Days, reading daily.Reading) {
	t.services.add(days, reading)
	for _, row := range reading.Rows {
		counted, known := t.counts[row.Service]
		if !known {
			counted = t.countedBy(row)
			t.counts[row.Service] = counted
		}
		for _, s := range counted {
			s.add(row)
		}
	}
}

// countedBy returns the series that the row's service counts for.
func (t *DayTally) countedBy(row billing.DayTraffic) []*daySeries {
	team := rules.TeamOf(t.teams, row.ServiceName, row.Service)
	var counted []*daySeries
	for _, s := range t.series {
		if s.ofServices() && s.covers(row, team) {
			counted = append(counted, s)
		}
	}
	return counted
}

// covers reports whether a service, which is of the team, counts.
func (s *daySeries) covers(row billing.DayTraffic, team string) bool {
	wanted := s.instance
	if s.rule.Per != rules.PerTeam && len(s.rule.Teams) > 0 {
		wanted = s.rule.Teams[0].Name
	}
	return (wanted == "" || wanted == team) && s.rule.Match.CoversService(billing.ServiceUsage{ServiceName: row.ServiceName, ServiceID: row.Service})
}

func (s *daySeries) add(row billing.DayTraffic) { s.used[row.Day] = s.used[row.Day].Add(s.amount(row)) }

// amount returns what the rule counts of a row.
func (s *daySeries) amount(row billing.DayTraffic) decimal.Decimal {
	if s.requests {
		return row.Requests
	}
	return row.Bandwidth
}

func (r *daysRead) add(days billing.Days, reading daily.Reading) {
	unknown := map[time.Time]bool{}
	for _, day := range reading.Unknown {
		unknown[day] = true
	}
	r.why = cmp.Or(reading.Why, r.why)
	for _, day := range days.All() {
		if !unknown[day] {
			r.known = append(r.known, day)
		}
	}
}

// days returns the known days of the series: one without traffic is zero.
func (t *DayTally) days(s *daySeries) (days []forecast.DayUsage, why string) {
	read := t.regions
	if s.ofServices() {
		read = t.services
	}
	for _, day := range read.known {
		days = append(days, forecast.DayUsage{Day: day, Used: s.used[day]})
	}
	return days, read.why
}

// grown returns the services that grew most from the days in the middle to the high day, biggest first.
func (s *daySeries) grown(t *DayTally, day time.Time, middle []time.Time, rows []billing.DayTraffic) []alerts.SpikePart {
	services := map[rules.Instance]*alerts.SpikePart{}
	share := decimal.NewFromInt(int64(max(1, len(middle))))
	for _, row := range rows {
		if s.ofServices() && !slices.Contains(t.countedBy(row), s) {
			continue
		}
		who := rules.Instance{Name: row.ServiceName, ServiceID: row.Service}
		if services[who] == nil {
			services[who] = &alerts.SpikePart{}
		}
		switch {
		case row.Day.Equal(day):
			services[who].Used = s.amount(row)
		case slices.ContainsFunc(middle, row.Day.Equal):
			services[who].Usual = services[who].Usual.Add(s.amount(row).Div(share))
		}
	}
	names := NamesApart(maps.Keys(services))
	var grown []alerts.SpikePart
	for who, service := range services {
		if service.Name = names[who]; service.Rise().IsPositive() {
			grown = append(grown, *service)
		}
	}
	slices.SortFunc(grown, func(a, b alerts.SpikePart) int { return cmp.Or(b.Rise().Cmp(a.Rise()), cmp.Compare(a.Name, b.Name)) })
	if s.rule.Match.Service != "" && len(services) == 1 { // the rule names it already
		return nil
	}
	return grown[:min(len(grown), MostParts)]
}
