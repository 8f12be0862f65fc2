package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/netresearch/go-cron"
)

// Digest is a message at regular times.
type Digest struct {
	Name    string // a lower-case slug
	Channel string // a name without "#", or an id
	// Schedule is when, as five fields of cron; empty for one at the month's close.
	Schedule string
	Shows    []Section // in the order of the file
}

// Section is a part of a digest.
type Section string

// The sections of digests. Movers can be in both kinds.
const (
	SectionBudgets    Section = "budgets"         // how every budget stands; of a scheduled digest
	SectionTopChanges Section = "movers"          // what changed most
	SectionFinal      Section = "final"           // the final figures and who went over; of the month's close, as those below
	SectionTeams      Section = "teams"           // by team
	SectionForecast   Section = "forecast-record" // forecasts against final figures
)

// ScheduledSections are what a digest shows where the file lists none.
var (
	ScheduledSections = []Section{SectionBudgets, SectionTopChanges}
	// CloseSections are what the close of a month shows where the file lists none.
	CloseSections = []Section{SectionFinal, SectionTopChanges, SectionTeams, SectionForecast}
)

// AtClose reports whether the digest is that of a month's close.
func (d Digest) AtClose() bool { return d.Schedule == "" }

// Has reports whether the digest shows the section.
func (d Digest) Has(section Section) bool { return slices.Contains(d.Shows, section) }

// CronParser reads five fields as a Kubernetes CronJob does: where both days are given, either will do.
var CronParser = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom)

// Appointments returns what is due at times of its own. The closes of a month for one channel are one.
func (r *Rules) Appointments() []Digest {
	var all []Digest
	closes := map[string]int{}
	for _, d := range r.Digests {
		at, merged := closes[d.Channel]
		if d.AtClose() && merged {
			all[at] = all[at].with(d)
			continue
		}
		if d.AtClose() {
			closes[d.Channel] = len(all)
		}
		all = append(all, d)
	}
	return all
}

// Task is the key of the digest's schedule. A digest whose time is changed is a new one: it owes nothing for the past.
func (d Digest) Task(zone *time.Location) string {
	if d.AtClose() {
		return fmt.Sprintf("close %s | %s", d.Channel, zone)
	}
	return fmt.Sprintf("digest %s | %s | %s", d.Name, d.Schedule, zone)
}

// with returns the digest that shows what both do.
func (d Digest) with(other Digest) Digest {
	d.Name += "+" + other.Name
	for _, section := range other.Shows {
		if !d.Has(section) {
			d.Shows = append(d.Shows[:len(d.Shows):len(d.Shows)], section)
		}
	}
	return d
}
