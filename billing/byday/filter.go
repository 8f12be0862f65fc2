package byday

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// kind is one figure of Fastly's statistics.
type kind int

const (
	bandwidth kind = iota
	requests
	computeRequests
)

// measured is a column of figures from Fastly's statistics.
type measured struct {
	Column
	kind kind
}

func (m measured) of(row billing.DayTraffic) decimal.Decimal {
	switch m.kind {
	case requests:
		return row.Requests
	case computeRequests:
		return row.ComputeRequests
	case bandwidth:
	}
	return row.Bandwidth
}

// allMeasured are the columns that there may be, in their order.
var allMeasured = []measured{
	{Column{"Bandwidth", billing.Measure{Noun: billing.NounBandwidth, Bytes: true}}, bandwidth},
	{Column{"Requests", billing.Measure{Noun: billing.NounRequests}}, requests},
	{Column{"Compute Requests", billing.Measure{Noun: billing.NounRequests}}, computeRequests},
}

// trafficProduct is the product whose usage types by region the statistics measure.
const trafficProduct = "cdn_usage"

// computeType is the usage type of Compute that the statistics measure.
const computeType = "Compute Requests"

// kindOf returns which figure of the statistics measures a usage type.
func kindOf(u billing.Usage) (kind, bool) {
	switch noun := u.Measure().Noun; {
	case billing.SameName(u.UsageType, computeType):
		return computeRequests, true
	case u.Product != trafficProduct || u.Region == "":
		return 0, false
	case noun == billing.NounBandwidth:
		return bandwidth, true
	case noun == billing.NounRequests:
		return requests, true
	}
	return 0, false
}

// filter says which figures of the statistics a question is about.
type filter struct {
	regions billing.Names
	nouns   billing.Names
	// isMeasured means that the statistics have all that the question is about.
	isMeasured bool
	// isOfSome means that the question is about a region or usage types.
	isOfSome bool
	// kinds are the figures that the question names, and in which regions; nil if it names no usage types.
	kinds map[kind]map[string]bool
}

// filterOf finds out which figures a question is about, from the account's rows.
func filterOf(q report.Question, rows []billing.Usage) filter {
	f := filter{regions: q.Region, nouns: q.Measure, isMeasured: true, isOfSome: q.Region != "" || q.Product != "" || q.UsageType != ""}
	if q.Product == "" && q.UsageType == "" && q.IsMeasuredDaily() {
		return f
	}
	f.kinds = map[kind]map[string]bool{}
	for _, u := range rows {
		if !q.Wants(u) {
			continue
		}
		k, measured := kindOf(u)
		if !measured {
			f.isMeasured = false
			return f
		}
		if f.kinds[k] == nil {
			f.kinds[k] = map[string]bool{}
		}
		f.kinds[k][u.Region] = true
	}
	f.isMeasured = len(f.kinds) > 0
	return f
}

// wantsRegion reports whether the question is about any figure of the region.
func (f filter) wantsRegion(region string) bool {
	return slices.ContainsFunc(allMeasured, func(m measured) bool { return f.wants(region, m.kind) })
}

func (f filter) wants(region string, k kind) bool {
	if !f.regions.Have(region) {
		return false
	}
	return f.kinds == nil || f.kinds[k][region] || k == computeRequests && f.kinds[k][""]
}

// columns returns the figures that the question is about. Requests of Compute have a column only if the question names them.
func (f filter) columns() []measured {
	return slices.DeleteFunc(slices.Clone(allMeasured), func(m measured) bool {
		if f.kinds != nil {
			return f.kinds[m.kind] == nil || !f.nouns.Have(m.Measure.Noun)
		}
		return m.kind == computeRequests || !f.nouns.Have(m.Measure.Noun)
	})
}

// billedIn sums what was billed in a month of the first column's figures, and returns up to when; zero if that is not known.
func (f filter) billedIn(month billing.Month, rows []billing.Usage) (sum decimal.Decimal, to time.Time) {
	first := bandwidth
	if columns := f.columns(); len(columns) > 0 {
		first = columns[0].kind
	}
	isWanted := func(u billing.Usage) bool {
		k, measured := kindOf(u)
		return measured && k == first && f.wants(u.Region, k)
	}
	factors := billing.FactorsOf(rows)
	for _, u := range rows {
		if u.Month == month && isWanted(u) {
			single, measure := factors.Single(u)
			if measure.Billed {
				return decimal.Decimal{}, time.Time{}
			}
			sum = sum.Add(single)
		}
	}
	return sum, billing.CountedTo(rows, month, isWanted)
}
