package phrase

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// SpikeName names what a rule that compares days watches, for what follows: "Bandwidth: ", or with a team "Bandwidth: shop, ".
func SpikeName(s alerts.Spike, rule string) string {
	l := alerts.BudgetLine{Title: s.Title, BudgetID: alerts.BudgetID{Rule: rule, Instance: s.Instance}}
	return NameOf(l) + Stop(l)
}

// SpikeEvent is the day at the time of a message: "+187% on Nov 20".
func SpikeEvent(d alerts.SpikeDay) string {
	return billing.FormatChange(d.Ratio()) + " on " + blocks.Day(d.Day)
}

// SpikeDayLine says what a day had, and what is usual: "10.7 TB on Fri, Nov 20, usually 3.73 TB (median of the four Fridays before): up 6.97 TB."
func SpikeDayLine(m billing.Measure, d alerts.SpikeDay) string {
	more := d.Used.Sub(d.Usual)
	direction := "up"
	if more.IsNegative() {
		direction = "down"
	}
	figures := int32(billing.Figures)
	for d.Used.IsPositive() && figures < mostFigures && !billing.Gives(d.Ratio(), d.Used, d.Usual, figures) {
		figures++
	}
	return fmt.Sprintf("%s on %s, usually %s (median of the four %ss before): %s %s.", blocks.Escape(m.FormatTo(figures, d.Used)),
		d.Day.Format("Mon, Jan 2"), blocks.Escape(m.FormatTo(figures, d.Usual)), d.Day.Weekday(), direction, blocks.Escape(m.Format(more.Abs())))
}

// SpikeSum says how long a spike is and how much it adds up to: "High on 3 days since Nov 18: 19.4 TB above usual in all."
func SpikeSum(s alerts.Spike, lasts bool) string {
	if s.Days == 0 || lasts && s.Days == 1 && s.High.Day.Equal(s.Newest.Day) {
		return ""
	}
	above := blocks.Escape(s.Measure.Format(s.Above)) + " above usual"
	switch {
	case s.Days == 1:
		return fmt.Sprintf("High on %s: %s.", blocks.Day(s.First), above)
	case lasts:
		return fmt.Sprintf("High on %d days since %s: %s in all.", s.Days, blocks.Day(s.First), above)
	}
	return fmt.Sprintf("High on %d days from %s to %s: %s in all.", s.Days, blocks.Day(s.First), blocks.Day(s.High.Day), above)
}

// SpikeCostLine says what usage above the usual amount costs; empty if that is not known.
func SpikeCostLine(s alerts.Spike) string {
	if s.Cost == nil || s.Days == 0 {
		return ""
	}
	return fmt.Sprintf("That is about %s more, at the rates of %s's last tiers.",
		blocks.Escape(billing.Cost(s.Cost.Currency).Format(ThreeFigures(s.Cost.Amount))), blocks.LongMonth(s.Cost.Rates))
}

// SpikeServices name the services that grew most on the newest high day.
func SpikeServices(s alerts.Spike) []string {
	if len(s.Parts) == 0 {
		return nil
	}
	heading := "*What grew on " + blocks.Day(s.High.Day)
	if s.Elsewhere {
		heading += ", over all regions"
	}
	lines := []string{heading + "*"}
	for _, p := range s.Parts {
		lines = append(lines, fmt.Sprintf("• %s %s, usually %s", blocks.Name(p.Name), blocks.Escape(s.Measure.Format(p.Used)), usually(s.Measure, p.Usual)))
	}
	return lines
}

// usually is what a service used on the usual days.
func usually(m billing.Measure, usual decimal.Decimal) string {
	if usual.IsZero() {
		return "nothing"
	}
	return blocks.Escape(m.Format(usual))
}

// SpikeFresh says up to when the days are known, and that they are not billed quantities if they are not.
func SpikeFresh(s alerts.Spike, now time.Time) string {
	fresh := FreshFact(alerts.BudgetLine{CountedTo: s.CountedTo(), ReadAt: s.ReadAt}, now)
	if s.Measured {
		fresh += ", measured by Fastly and not billed"
	}
	return fresh
}

// SpikeFloors says from when on the rule posts: "alerts from +60% and +1 TB a day".
func SpikeFloors(s alerts.Spike) string {
	return FloorsFact(alerts.Growth{Over: s.Over, AtLeast: s.AtLeast, Measure: s.Measure}) + " a day"
}
