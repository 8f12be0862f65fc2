package layout

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// maxMonthColumns is how many months are columns at most; if there are more, each month is a line.
const maxMonthColumns = 4

// MaxMeasures is how many measures stand beside each other on a phone.
const MaxMeasures = 4

// IsMonthsDown reports whether each month is a line.
func IsMonthsDown(t report.Table) bool {
	return (len(t.Months) > maxMonthColumns || t.Question.Monthly) && !t.Question.IsComparison()
}

// ofProduct names a measure of a product, with its unit: "cdn_usage bandwidth, TB", "compute_requests, B".
func ofProduct(name string, m billing.Measure, scale billing.Scale) string {
	name = phrase.NameCell(name)
	_, unit, _ := strings.Cut(scale.Label(), ",")
	return blocks.Joined(",", NameWith(name, m), unit)
}

// NameWith names a measure of a product or a region: "cdn_usage bandwidth", "Asia Requests".
func NameWith(name string, m billing.Measure) string {
	if strings.HasSuffix(strings.ToLower(name), strings.ToLower(m.Noun)) {
		return name
	}
	return name + " " + m.Noun
}

// oneLine names the only row of a group together with the group: "cdn_usage: Bandwidth, TB", "Asia Requests, B", "Asia, USD".
func oneLine(name string, m billing.Measure, scale billing.Scale) string {
	name = phrase.NameCell(name)
	label := scale.Label()
	noun, unit, _ := strings.Cut(label, ",")
	switch {
	case m.Currency != "", m.Noun == billing.NounUnits && !m.Billed, strings.HasSuffix(strings.ToLower(name), strings.ToLower(noun)):
		return blocks.Joined(",", name, unit) // units of what, the name says
	}
	return name + ": " + label
}

// NameHead heads the column of names.
func NameHead(q report.Question) string {
	switch {
	case q.By != report.ByUsageType:
		return blocks.Capital(string(q.By))
	case q.Cost:
		return "Charge"
	}
	return "Usage Type"
}

// sumOf returns a row's sum; it is unknown if all of its figures are.
func sumOf(r report.Row) decimal.NullDecimal {
	known := slices.ContainsFunc(r.Figures, func(f decimal.NullDecimal) bool { return f.Valid })
	return decimal.NullDecimal{Decimal: r.Sum, Valid: known}
}

// monthHead names a month, or its counted days if it is not counted to its end.
func monthHead(t report.Table, m billing.Month, years bool) string {
	counted := t.Fresh.CountedTo
	if counted.IsZero() && t.Versus != nil {
		counted = t.Versus.Until
	}
	if m == t.Question.Months.Last && counted.After(m.Start()) && counted.Before(m.End()) {
		return blocks.Until(m, counted)
	}
	return blocks.ShortMonth(m, years)
}

func shareCell(r report.Row, _ billing.Scale) string {
	if !sumOf(r).Valid || !r.Share.Valid {
		return billing.Dash
	}
	return billing.FormatShare(r.Share.Decimal)
}

// addFigures adds a line, unless it has nothing but dashes: it would say nothing.
func addFigures(g *blocks.Grid, strong bool, cells []string) {
	if hasFigure(cells) {
		g.Add(strong, cells...)
	}
}

// hasFigure reports whether there is more behind the name of a line than dashes.
func hasFigure(cells []string) bool {
	return slices.ContainsFunc(cells[1:], func(cell string) bool { return cell != billing.Dash })
}
