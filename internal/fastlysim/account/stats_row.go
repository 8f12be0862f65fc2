package account

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// StatRow is what one service had in one region on one day, by the statistics.
// They are counted apart from what is billed, and are close to it.
type StatRow struct {
	// Day is written YYYY-MM-DD, in UTC.
	Day string
	// Region is a stats_region, such as usa.
	Region string
	// ServiceID names the service; a row without one is in no answer by service.
	ServiceID string
	// Bandwidth is in bytes, and the others are single requests.
	Bandwidth, Requests, ComputeRequests int64
}

// regionCodes are the regions of the statistics by billing region. There is also
// latam, which is known and has nothing.
var regionCodes = map[string]string{
	"Africa": "africa_std", "Asia": "asia", "Australia": "anzac", "Europe": "europe", "India": "asia_india",
	"Mexico": "mexico", "North America": "usa", "South America": "southamerica_std", "South Korea": "asia_southkorea",
}

// StatRegions lists every region of the statistics in order.
func StatRegions() []string {
	codes := slices.Collect(maps.Values(regionCodes))
	codes = append(codes, "latam")
	slices.Sort(codes)
	return codes
}

// statRegion is the code of a billing region. What is not counted by region, as
// Compute is not, is counted for usa.
func statRegion(billing string) string {
	if billing == "" {
		return regionCodes["North America"]
	}
	if code, known := regionCodes[billing]; known {
		return code
	}
	return strings.ReplaceAll(strings.ToLower(billing), " ", "_")
}

// StatsQuery is a window of days that are over.
type StatsQuery struct{ From, To, Until time.Time }

// holds takes a day that begins in the window and is over.
func (q StatsQuery) holds(start time.Time) bool {
	return !start.Before(q.From) && start.Before(q.To) && !start.Add(Day).After(q.Until)
}

// statKind is which figure of the statistics a usage type goes into.
type statKind int

const (
	inNone statKind = iota
	inBandwidth
	inRequests
	inCompute
)

func (m meter) statKind() statKind {
	switch {
	case m.Name == "Compute Requests":
		return inCompute
	case m.Region != "" && strings.HasSuffix(m.Name, " Bandwidth"):
		return inBandwidth
	case m.Region != "" && strings.HasSuffix(m.Name, " Requests"):
		return inRequests
	}
	return inNone
}

// add puts a figure where it belongs.
func (r *StatRow) add(kind statKind, figure int64) {
	switch kind {
	case inBandwidth:
		r.Bandwidth += figure
	case inRequests:
		r.Requests += figure
	case inCompute:
		r.ComputeRequests += figure
	case inNone:
	}
}

// Plus adds the figures of another row.
func (r StatRow) Plus(other StatRow) StatRow {
	r.Bandwidth += other.Bandwidth
	r.Requests += other.Requests
	r.ComputeRequests += other.ComputeRequests
	return r
}
