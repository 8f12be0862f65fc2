package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// NewestOf returns how far the newest of the rows is counted.
func NewestOf(rows []billing.Usage) time.Time {
	var newest time.Time
	for _, row := range rows {
		newest = billing.Later(newest, row.CountedTo)
	}
	return newest
}

// MetricsOf returns one row of each metric.
func MetricsOf(rows []billing.Usage) []billing.Usage {
	var first []billing.Usage
	seen := map[billing.Metric]bool{}
	for _, row := range rows {
		if !seen[row.Metric()] {
			seen[row.Metric()] = true
			first = append(first, row)
		}
	}
	return first
}

// manyUnits is why the rows cannot be added up for a budget or a change, if they are in several units; else empty.
func manyUnits(rows []billing.Usage, of rules.RuleKind) string {
	for _, row := range rows {
		if row.Unit != rows[0].Unit {
			units := []string{row.Unit, rows[0].Unit}
			slices.Sort(units)
			return fmt.Sprintf("it covers usage in %s and in %s, but a %s needs a single unit", units[0], units[1], of)
		}
	}
	return ""
}

// dataVersion distinguishes two states of the data: when Fastly last touched them, and their content.
func dataVersion(rows []billing.Usage) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		raw := "-"
		if row.Raw.Valid {
			raw = row.Raw.Decimal.String()
		}
		lines[i] = strings.Join([]string{row.Product, row.UsageType, row.Region, row.Unit, row.Quantity.String(), raw}, "|") + "\n"
	}
	slices.Sort(lines)
	return versionOf(NewestOf(rows), strings.Join(lines, ""))
}

// versionOf is the version of a content as of an instant.
func versionOf(at time.Time, content string) string {
	sum := sha256.Sum256([]byte(content))
	return at.UTC().Format("2006-01-02T15:04Z") + "-" + hex.EncodeToString(sum[:6])
}

func covered(m rules.Match, rows []billing.Usage) []billing.Usage {
	return slices.DeleteFunc(slices.Clone(rows), func(row billing.Usage) bool { return !m.Covers(row) })
}
