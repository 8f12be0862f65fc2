package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Spike is usage of days that is far above what is usual for their weekday, as a message shows it. All amounts are in Measure's single units.
type Spike struct {
	Title    string          `json:"title"`
	Instance string          `json:"instance,omitempty"` // the team, if the rule watches each
	Measure  billing.Measure `json:"measure"`
	// Newest is the newest whole day that is known, be it high or not.
	Newest SpikeDay `json:"newest"`
	// First is the first high day and Days how many there are; zero if the days are as usual. Above is how much more than usual was used on them.
	First time.Time       `json:"first,omitzero"`
	Days  int             `json:"days,omitempty"`
	Above decimal.Decimal `json:"above,omitzero"`
	// Settled means that it has ended although usage has not come down: what was much is usual now.
	Settled bool `json:"settled,omitempty"`
	// High is the newest high day, and Parts are the services that grew most on it, biggest first; at most three. Elsewhere means that they are
	// over all regions, but the rule is not.
	High      SpikeDay    `json:"high,omitzero"`
	Parts     []SpikePart `json:"parts,omitempty"`
	Elsewhere bool        `json:"elsewhere,omitempty"`
	// Cost is what Above costs; nil if that is not known.
	Cost *SpikeCost `json:"cost,omitempty"`
	// Measured means that the days are those of Fastly's statistics, which are near the billed quantities and not equal to them.
	Measured bool `json:"measured,omitempty"`

	Over    rules.Threshold `json:"over"`     // the rule's floors: more than this share of the usual amount,
	AtLeast decimal.Decimal `json:"at_least"` // and at least this much more
	ReadAt  time.Time       `json:"read_at"`
	Owners  []rules.Person  `json:"owners,omitempty"`
	// Unknown is why the newest day cannot be compared, for a person; the figures are then the last known ones.
	Unknown string `json:"unknown,omitempty"`
}

// SpikeDay is a day beside what is usual for its weekday.
type SpikeDay struct {
	Day   time.Time       `json:"day"`
	Used  decimal.Decimal `json:"used"`
	Usual decimal.Decimal `json:"usual"` // the median of the same weekday in the four weeks before
}

// Ratio is by how much the day is above the usual amount: 1 is twice as much. It is zero for no day.
func (d SpikeDay) Ratio() decimal.Decimal {
	if !d.Usual.IsPositive() {
		return decimal.Decimal{}
	}
	return d.Used.Sub(d.Usual).Div(d.Usual)
}

// SpikePart is a service on the day that is high, beside what it used on the days that are usual.
type SpikePart struct {
	Name  string          `json:"name"`
	Used  decimal.Decimal `json:"used"`
	Usual decimal.Decimal `json:"usual"`
}

// Rise is how much more than usual the service used.
func (p SpikePart) Rise() decimal.Decimal { return p.Used.Sub(p.Usual) }

// SpikeCost is what usage above the usual amount costs, by the rates of an earlier bill: an estimate.
type SpikeCost struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Rates    billing.Month   `json:"rates"` // the month whose bill has the rates
}

// Known reports whether there is a figure.
func (s *Spike) Known() bool { return s != nil && !s.Newest.Day.IsZero() }

// CountedTo is the end of the newest day.
func (s *Spike) CountedTo() time.Time {
	if !s.Known() {
		return time.Time{}
	}
	return s.Newest.Day.AddDate(0, 0, 1)
}
