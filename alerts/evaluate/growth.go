package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// youngDays is how many complete days a month needs to be compared: one busy day is no change.
const youngDays = 3

// Change is what a check finds for a rule with change in one month.
type Change struct {
	rule    *rules.Rule
	month   billing.Month
	Growth  alerts.Growth
	Version string // of the rows that the rule covers
	Known   bool
	Floors  bool // both floors are met
	// Obstacle is why the month's usage itself is unknown, for a person. It is empty if the usage is known, if it is only too early, and if
	// there is nothing to compare with.
	Obstacle string
}

// ChangeOf compares the rule's usage in the month, the reading's or the one before it, with the same days of the month before that.
func (r *Reading) ChangeOf(rule *rules.Rule, month billing.Month) Change {
	c := Change{rule: rule, month: month}
	covered := slices.Concat(covered(rule.Match, r.Rows), covered(rule.Match, r.Closed))
	current := slices.DeleteFunc(slices.Clone(covered), func(u billing.Usage) bool { return u.Month != month })
	c.Growth = alerts.Growth{
		Title: rule.Title, Over: rule.Change.Over, ReadAt: r.ReadAt, CountedTo: NewestOf(current), Owners: rule.Owners,
		Versus: report.Comparison{Month: month, Against: month.Add(-1)},
	}
	c.Version = dataVersion(current)
	c.Obstacle = cmp.Or(r.UnreadOf(rule.Match, month), r.UnreadOf(rule.Match, month.Add(-1)))
	if c.Growth.Unknown = c.Obstacle; c.Obstacle == "" {
		c.Growth.Unknown = c.compare(covered, current, r.Archive)
	}
	c.Known = c.Growth.Unknown == "" && !c.Growth.Versus.Unknown
	c.Growth.Closed = c.Known && month.IsOver(r.ReadAt) && c.Growth.Versus.Days == 0
	return c
}

// compare fills in the growth, or returns why it is unknown.
func (c *Change) compare(covered, current []billing.Usage, archive *Archive) string {
	g := &c.Growth
	var inUnits decimal.Decimal
	if inUnits, c.Obstacle = c.count(covered, current); c.Obstacle != "" {
		return c.Obstacle
	}
	elapsed := g.CountedTo.Sub(c.month.Start())
	if !g.CountedTo.IsZero() && elapsed < youngDays*24*time.Hour {
		return fmt.Sprintf("too early to tell: I compare after %d complete days", youngDays)
	}
	table := report.Tabulate(report.Question{Months: billing.One(c.month), By: breakdownOf(current)}, report.Data{
		Rows: covered, Prior: archive.Prior(c.month.Add(-1), c.month.Add(-1).Start().Add(elapsed)),
	}, g.ReadAt)
	if len(table.Groups) != 1 || table.Versus == nil {
		return "the month before has nothing to compare it with"
	}
	if g.Versus = *table.Versus; g.Versus.Unknown {
		return ""
	}
	return c.measure(table.Groups[0], inUnits)
}

// count adds the month's rows up in the unit of the rule's floor, or returns why they cannot be added up.
func (c *Change) count(covered, current []billing.Usage) (inUnits decimal.Decimal, obstacle string) {
	if len(current) == 0 {
		return inUnits, fmt.Sprintf("Fastly lists no usage of %s in %s", c.rule.Match.Describe(), c.month)
	}
	if why := manyUnits(current, rules.RuleChange); why != "" {
		return inUnits, why
	}
	factors := billing.FactorsOf(covered)
	for _, row := range current {
		counted, err := factors.Count(row, c.rule.Change.AtLeast.Kind)
		if err != nil {
			return inUnits, err.Error()
		}
		inUnits = inUnits.Add(counted)
	}
	return inUnits, ""
}

// measure takes the figures from the table's one group. inUnits is the usage in the unit of the floor.
func (c *Change) measure(group report.Group, inUnits decimal.Decimal) string {
	g, total := &c.Growth, group.Total
	used := total.Figures[0].Decimal
	if !total.Change.Valid || !used.IsPositive() || !inUnits.IsPositive() {
		return "there was none in the same days of the month before"
	}
	days := decimal.NewFromInt(int64(cmp.Or(g.Versus.Days, c.month.Days())))
	if !g.CountedTo.IsZero() && g.Versus.Days > 0 { // a day that is not complete counts as far as it is
		days = decimal.NewFromFloat(g.CountedTo.Sub(c.month.Start()).Hours() / 24)
	}
	grown := decimal.New(1, 0).Add(total.Change.Decimal)
	g.Measure, g.Ratio = group.Measure, Exactly(total.Change.Decimal)
	g.PerDay = used.Div(days)
	g.Before = g.PerDay.Div(grown)
	g.Extra = Exactly(used.Sub(used.Div(grown)))
	single := used.Div(inUnits) // how many single units one unit of the floor is
	g.AtLeast = c.rule.Change.AtLeast.Value.Mul(single)
	stretch := used.Div(grown).Div(total.Earlier.Decimal) // the ratio of the later days to those before
	parts := make([]report.Part, len(group.Rows))
	for i, row := range group.Rows {
		parts[i] = report.Part{Name: row.Name, Used: row.Figures[0].Decimal.Sub(row.Earlier.Decimal.Mul(stretch))}
	}
	rise := report.RiseOf(parts, g.Extra, MostParts)
	g.Drivers, g.Others, g.OthersExtra = rise.Parts, rise.Others, rise.Rest
	c.Floors = g.Ratio.GreaterThan(decimal.New(int64(g.Over), -2)) && g.Extra.GreaterThanOrEqual(g.AtLeast)
	return ""
}

// breakdownOf tells usage types apart, or the regions if there is but one type.
func breakdownOf(rows []billing.Usage) report.Breakdown {
	for _, row := range rows {
		if row.UsageType != rows[0].UsageType {
			return report.ByUsageType
		}
	}
	return report.ByRegion
}

// AverageDays returns the share of the month before that its first days make on average, up to the day of countedTo.
func AverageDays(before, m billing.Month, countedTo time.Time) decimal.Decimal {
	whole := time.Duration(before.Days()) * 24 * time.Hour
	return decimal.NewFromInt(int64(countedTo.Sub(m.Start()))).Div(decimal.NewFromInt(int64(whole)))
}

// Drivers returns what grew of the account's usage that a match covers, in the unit of kind. rows are those of the month,
// counted to the instant. It reports false if nothing is known of the month before.
func (a *Archive) Drivers(m rules.Match, kind billing.Kind, rows []billing.Usage, countedTo time.Time) (alerts.Drivers, bool) {
	if a == nil || len(rows) == 0 || countedTo.IsZero() {
		return alerts.Drivers{}, false
	}
	month, name := rows[0].Month, partNameOf(rows)
	parts, known := a.parts(m, kind)
	if !known {
		return alerts.Drivers{}, false
	}
	used := Amounts{}
	for _, row := range rows {
		counted, err := a.factors.Count(row, kind)
		if err != nil {
			return alerts.Drivers{}, false
		}
		used.Add(name(row), counted)
	}
	before := month.Add(-1)
	days, until := billing.DayCounted(countedTo).Day(), before.Start().Add(countedTo.Sub(month.Start()))
	var row usageRow // of the same days of the month before, if they were recorded
	for _, day := range a.days {
		if row == nil && day.month == before && day.countedTo.Equal(until) {
			row = day.usage
		}
	}
	share := decimal.New(1, 0)
	if row == nil {
		row, days, share, until = a.closed[before], 0, AverageDays(before, month, countedTo), time.Time{}
	}
	if row == nil {
		return alerts.Drivers{}, false
	}
	then := Amounts{}
	for _, p := range parts {
		if billed := row[p.id]; billed.Valid {
			then.Add(name(p.Usage), billed.Decimal.Mul(p.units).Mul(share))
		}
	}
	if len(then) == 0 {
		return alerts.Drivers{}, false
	}
	g := DriversOf(used, then)
	g.Month, g.Days, g.Until = before, days, until
	return g, true
}

// partNameOf returns what tells parts of the rows apart.
func partNameOf(rows []billing.Usage) func(billing.Usage) string {
	if breakdownOf(rows) == report.ByUsageType {
		return func(u billing.Usage) string { return u.UsageType }
	}
	return func(u billing.Usage) string { return cmp.Or(u.Region, "no region") }
}
