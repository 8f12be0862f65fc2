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
)

// SeenKey names a service of a product.
type SeenKey struct{ Product, ID string }

// KnownServices are the services of the months that were read to the end.
type KnownServices struct {
	Months map[billing.Month]map[SeenKey]alerts.SeenService
	ids    map[billing.Month]map[string]bool
	seenAt time.Time // the month that runs
	// Unknown is why nothing is known, for a person.
	Unknown string
}

// NewKnown takes the services of the current month, and of earlier months that were read after their end. broken is why
// the others were not read, if that is known.
func NewKnown(now billing.Month, seen []alerts.SeenService, whole map[billing.Month]time.Time, broken string) KnownServices {
	k := KnownServices{
		Months: map[billing.Month]map[SeenKey]alerts.SeenService{}, ids: map[billing.Month]map[string]bool{}, seenAt: whole[now], Unknown: broken,
	}
	for month, seenAt := range whole {
		if month == now || !seenAt.Before(month.End()) {
			k.Months[month], k.ids[month] = map[SeenKey]alerts.SeenService{}, map[string]bool{}
		}
	}
	for _, s := range seen {
		if k.Months[s.Month] != nil {
			k.Months[s.Month][SeenKey{s.Product, s.ID}], k.ids[s.Month][s.ID] = s, true
		}
	}
	return k
}

// missing is why the months before do not decide which services are new or gone; else empty.
func (k KnownServices) missing(month billing.Month, before int) string {
	if k.Months[month] == nil {
		return cmp.Or(k.Unknown, "the services have not been read yet")
	}
	for n := range before {
		if m := month.Add(-n - 1); k.Months[m] == nil {
			return cmp.Or(k.Unknown, fmt.Sprintf("I have recorded services only since %s, and I need %d months of history", m.Add(1), before))
		}
	}
	return ""
}

// FindNew returns the services that are used in the month and were not used in the six months before, of any product.
func (k KnownServices) FindNew(rule *rules.Rule, month billing.Month) Found {
	if !slices.Contains(rule.Of, rules.SubjectService) {
		return Found{}
	}
	if why := k.missing(month, NewMonths); why != "" {
		return Found{Unknown: why}
	}
	var f Found
	for _, s := range k.Months[month] {
		before := false
		for n := range NewMonths {
			before = before || k.ids[month.Add(-n-1)][s.ID]
		}
		if !before && rules.Glob(rule.Match.Product, s.Product) {
			f.add(rule, item(s))
		}
	}
	return f
}

// FindVanished returns the services that used a product in each of the three months before, but not in this one.
func (k KnownServices) FindVanished(rule *rules.Rule, month billing.Month) Found {
	if !slices.Contains(rule.Of, rules.SubjectService) {
		return Found{}
	}
	if why := k.missing(month, goneMonths); why != "" {
		return Found{Unknown: why}
	}
	if k.seenAt.Sub(month.Start()) < youngDays*24*time.Hour {
		return Found{Unknown: fmt.Sprintf("too early to tell: I look for services after %d days", youngDays)}
	}
	var f Found
	steady, gone := 0, 0
	for key, s := range k.Months[month.Add(-1)] {
		was := true
		for n := range goneMonths {
			before, used := k.Months[month.Add(-n-1)][key]
			was = was && used
			s.Share = decimal.Min(s.Share, before.Share)
		}
		if !was || !rules.Glob(rule.Match.Product, s.Product) {
			continue
		}
		steady++
		if _, used := k.Months[month][key]; !used {
			gone++
			f.add(rule, item(s))
		}
	}
	if 2*gone > steady && gone > 1 {
		return Found{Unknown: fmt.Sprintf("%d of %d services are missing in %s, so Fastly's data may be incomplete", gone, steady, month)}
	}
	return f
}

// IsUsed reports whether the service was used in the month.
func (k KnownServices) IsUsed(t alerts.Item, month billing.Month) bool {
	_, used := k.Months[month][SeenKey{t.Product, t.ID}]
	return used
}

func item(s alerts.SeenService) alerts.Item {
	return alerts.Item{Subject: rules.SubjectService, Product: s.Product, Name: billing.Called(s.Name, s.ID), ID: s.ID, Share: s.Share}
}
