package phrase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// VerdictOf is how the month is likely to end, for a heading: ", Likely Over", ", on Course", or nothing if it may go
// either way.
func VerdictOf(l alerts.BudgetLine) string {
	switch p := l.Forecast; {
	case p == nil:
		return ""
	case p.Likely:
		return ", Likely Over"
	case p.OnCourse:
		return ", on Course"
	}
	return ""
}

// ForecastLine is where the month is likely to end, and when the limit is reached.
func ForecastLine(l alerts.BudgetLine) string {
	p := l.Forecast
	switch {
	case p == nil:
		return ""
	case p.Unknown != "":
		return "Too early to forecast."
	}
	line := fmt.Sprintf("Likely end of month: *%s*, %s of the budget", blocks.Escape(Range(l.Measure, p.Low, p.High)), blocks.Escape(shares(l, p)))
	if len(p.Planned) > 0 {
		line += ", including " + Planned(p.Planned)
	}
	line += "."
	switch {
	case p.RunsOut != nil && !p.Likely:
		line += " It may run out about *" + Days(p.RunsOut.First, p.RunsOut.Last) + "*."
	case p.RunsOut != nil:
		line += " It runs out about *" + Days(p.RunsOut.First, p.RunsOut.Last) + "*."
	case p.OnCourse && p.High.LessThan(l.Limit):
		line += " Nothing to do."
	}
	return line
}

// Planned names events that a forecast includes: "the planned +40% on Nov 27–30 (Black Friday)".
func Planned(events []billing.Event) string {
	named := make([]string, len(events))
	for i, e := range events {
		named[i] = fmt.Sprintf("the planned %s on %s", strings.Replace(fmt.Sprintf("%+d%%", e.Percent), "-", "−", 1), Days(e.Days.First, e.Days.Last))
		if e.Name != "" {
			named[i] += " (" + blocks.Name(e.Name) + ")"
		}
	}
	return blocks.And(named)
}

// PlannedFact names the events that the forecasts of budgets include; empty if there are none.
func PlannedFact(lines []alerts.BudgetLine) string {
	var events []billing.Event
	for _, l := range lines {
		if l.Forecast == nil {
			continue
		}
		for _, e := range l.Forecast.Planned {
			if !slices.Contains(events, e) {
				events = append(events, e)
			}
		}
	}
	if len(events) == 0 {
		return ""
	}
	return "forecasts include " + Planned(events)
}

// AboveLine is what the likely end above the budget costs, to three figures: it is an estimate. It names the rate, which is that of one more unit
// and not of an average one.
func AboveLine(l alerts.BudgetLine) string {
	if l.Above == nil {
		return ""
	}
	rate := fmt.Sprintf("the rate of %s's last tier", blocks.LongMonth(l.Above.Rates))
	if l.Above.Types > 1 {
		rate = fmt.Sprintf("the rates of %s's last tiers", blocks.LongMonth(l.Above.Rates))
	}
	return fmt.Sprintf("About %s over budget, at %s%s.", blocks.Escape(billing.Cost(l.Above.Currency).Format(ThreeFigures(l.Above.Amount))), rate, excessAndRate(l))
}

// ThreeFigures rounds an amount of money to three figures, and not to parts of a dollar if it has more.
func ThreeFigures(d decimal.Decimal) decimal.Decimal {
	if d.IsZero() {
		return d
	}
	return d.Round(min(int32(billing.Figures)-int32(d.NumDigits())-d.Exponent(), 2))
}

// leastRate is the least rate that is shown.
var leastRate = decimal.New(1, -1)

// excessAndRate are the factors of what is above the budget: " (75 TB at $91.70 per TB)".
func excessAndRate(l alerts.BudgetLine) string {
	excess := l.Above.Excess
	if !excess.IsPositive() {
		return ""
	}
	scale := l.Measure.Scale(excess)
	rate := l.Above.Amount.Div(scale.In(excess))
	if rate.LessThan(leastRate) {
		return "" // two digits after the point do not give the amount
	}
	return " (" + blocks.Escape(l.Measure.Format(excess)+" at "+billing.Cost(l.Above.Currency).Format(rate)+" per "+scale.Unit()) + ")"
}

// ForecastText is the same in a notification: ", likely to end near 575 TB (115%)".
func ForecastText(l alerts.BudgetLine) string {
	p := l.Forecast
	if p == nil || p.Unknown != "" {
		return ""
	}
	return fmt.Sprintf(", likely to end near %s (%s)", blocks.Escape(expected(l, p)), blocks.Escape(percentAt(p.Expected, l)+"%"))
}

// Range returns both ends of a range in the unit of the upper one: "552–598 TB", or one figure if they are the same.
func Range(m billing.Measure, low, high decimal.Decimal) string {
	if m.Currency != "" {
		return MoneyRange(m, low, high)
	}
	scale := m.Scale(high)
	first, last := scale.Short(low), scale.Short(high)
	if first == last {
		return m.Format(high)
	}
	if unit := scale.Unit(); unit != "" {
		last += " " + unit
	}
	return first + "–" + last
}

// expected is the likely end as one figure, of money without cents.
func expected(l alerts.BudgetLine, p *alerts.Forecast) string {
	if alerts.IsMoney(l) {
		return l.Measure.Format(p.Expected.Round(0))
	}
	return l.Measure.Format(p.Expected)
}

// shares returns the range in percent of the limit: "110–120%".
func shares(l alerts.BudgetLine, p *alerts.Forecast) string {
	low, high := percentAt(p.Low, l), percentAt(p.High, l)
	if low == high {
		return high + "%"
	}
	return low + "–" + high + "%"
}

// percentAt is a share of the limit in whole percent, rounded to the nearest: a forecast is no threshold.
func percentAt(of decimal.Decimal, l alerts.BudgetLine) string {
	if !l.Limit.IsPositive() {
		return billing.Dash
	}
	return of.Mul(alerts.Hundred).Div(l.Limit).Round(0).String()
}

// Days returns a stretch of days: "Nov 26–27", "Nov 28 – Dec 2", or one day.
func Days(first, last time.Time) string {
	first, last = first.UTC(), last.UTC()
	switch {
	case !last.After(first):
		return first.Format("Jan 2")
	case first.Month() == last.Month():
		return first.Format("Jan 2") + last.Format("–2")
	}
	return first.Format("Jan 2") + " – " + last.Format("Jan 2")
}

// MoneyPair prints two amounts that a reader compares, both with cents if one has them: "$2,427.00", "$2,593.61".
func MoneyPair(cost billing.Measure, a, b decimal.Decimal) (first, second string) {
	first, second = cost.Format(a), cost.Format(b)
	digits := billing.MinorDigits(cost.Currency)
	cents := "." + strings.Repeat("0", int(digits))
	switch hasCents := func(s string) bool { return strings.Contains(s, ".") }; {
	case digits == 0 || hasCents(first) == hasCents(second):
	case hasCents(first):
		second += cents
	default:
		first += cents
	}
	return first, second
}

// AboutMoney prints an estimated amount, without cents unless it is small: "about $1,940".
func AboutMoney(cost billing.Measure, amount decimal.Decimal) string {
	if amount.Abs().GreaterThanOrEqual(alerts.Hundred) {
		amount = amount.Round(0)
	}
	return "about " + cost.Format(amount)
}

// MoneyRange prints two amounts in whole units of the currency, as one if they are the same: "$6,410–6,790".
func MoneyRange(cost billing.Measure, low, high decimal.Decimal) string {
	first, second := cost.Format(low.Round(0)), cost.Format(high.Round(0))
	if first == second {
		return first
	}
	sign := strings.TrimRight(first, "0123456789,")
	return first + "–" + strings.TrimPrefix(second, sign)
}
