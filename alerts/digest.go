package alerts

import (
	"slices"

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
	SectionBudgets  Section = "budgets"         // how every budget stands; of a scheduled digest
	SectionMovers   Section = "movers"          // what changed most
	SectionFinal    Section = "final"           // the final figures and who went over; of the month's close, as those below
	SectionTeams    Section = "teams"           // by team
	SectionForecast Section = "forecast-record" // what was foretold against what came
)

var (
	scheduledSections = []Section{SectionBudgets, SectionMovers}
	closeSections     = []Section{SectionFinal, SectionMovers, SectionTeams, SectionForecast}
)

// AtClose reports whether the digest is that of a month's close.
func (d Digest) AtClose() bool { return d.Schedule == "" }

// Has reports whether the digest shows the section.
func (d Digest) Has(section Section) bool { return slices.Contains(d.Shows, section) }

// cronParser reads five fields as a Kubernetes CronJob does: where both days are given, either will do.
var cronParser = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom)
