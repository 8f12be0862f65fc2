package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

const (
	// NewMonths is for how many earlier months an item must have been unused to be new.
	NewMonths = 6
	// goneMonths is in how many earlier months an item must have been used to have vanished.
	goneMonths = 3
)

// Inventory is what is known of the products, usage types and services that the account used.
type Inventory struct {
	Month    billing.Month
	Rows     []billing.Usage // of the month and of those before it
	Unread   []billing.Usage // the skipped rows of any of these months
	Services ServiceInventory
}

// Found is what a check finds for a rule with new or vanished.
type Found struct {
	Items   []alerts.Item // the largest first
	Unknown string        // why the items, or some of them, are unknown, for a person
}

// Find returns the items that are new or have vanished, as the rule asks.
func (v Inventory) Find(rule *rules.Rule) Found {
	usage := usageItems(rule.Match, v.Rows)
	if why := v.tooLittle(rule.Kind, usage); why != "" {
		return Found{Unknown: why}
	}
	f := usage.find(rule, v.Month, "usage types")
	if f.Unknown == "" && slices.Contains(rule.Of, rules.SubjectService) {
		services := v.Services.find(rule, v.Month)
		f.Items, f.Unknown = append(f.Items, services.Items...), services.Unknown
	}
	for _, u := range v.Unread { // what a skipped row is of may have been used before, or may still be used
		if rule.Match.MayCover(u) {
			f.Items = slices.DeleteFunc(f.Items, func(item alerts.Item) bool { return u.Product == "" || u.Product == item.Product })
			f.Unknown = cmp.Or(f.Unknown, u.Unread)
		}
	}
	slices.SortFunc(f.Items, alerts.LargerItem)
	return f
}

// IsUsed reports whether the item is used in the month.
func (v Inventory) IsUsed(item alerts.Item) bool {
	used := v.Services.used
	if item.Subject != rules.SubjectService {
		used = usageItems(rules.Match{}, v.Rows)
	}
	_, isUsed := used[v.Month][item.Key()]
	return isUsed
}

// tooLittle is why the usage does not decide what is new or has vanished; else empty.
func (v Inventory) tooLittle(kind rules.RuleKind, usage usedItems) string {
	if kind == rules.RuleNew {
		for n := range NewMonths {
			if usage[v.Month.Add(-n-1)] != nil {
				return ""
			}
		}
		return fmt.Sprintf("Fastly lists nothing before %s, so everything would be new", v.Month)
	}
	if NewestOf(v.Rows).Sub(v.Month.Start()) < youngDays*24*time.Hour {
		return tooEarly
	}
	if m, missing := usage.missing(v.Month, goneMonths); missing {
		return fmt.Sprintf("Fastly lists nothing in %s, and I need %d months of history", m, goneMonths)
	}
	return ""
}

var tooEarly = fmt.Sprintf("too early to tell: I look for it after %d complete days", youngDays)

// ServiceInventory is which services were used in the months that were read to the end.
type ServiceInventory struct {
	used   usedItems
	seenAt time.Time // when the month that runs was read
	// Unknown is why nothing is known, for a person.
	Unknown string
}

// NewServiceInventory takes the services of the current month, and of earlier months that were read after their end. broken is why the
// others were not read, if that is known.
func NewServiceInventory(now billing.Month, seen []alerts.SeenService, whole map[billing.Month]time.Time, broken string) ServiceInventory {
	s := ServiceInventory{used: usedItems{}, seenAt: whole[now], Unknown: broken}
	for month, seenAt := range whole {
		if month == now || !seenAt.Before(month.End()) {
			s.used[month] = map[string]alerts.Item{}
		}
	}
	for _, service := range seen {
		if used := s.used[service.Month]; used != nil {
			item := alerts.Item{
				Subject: rules.SubjectService, Product: service.Product, Name: billing.Called(service.Name, service.ID),
				ID: service.ID, Share: service.Share,
			}
			used[item.Key()] = item
		}
	}
	return s
}

func (s ServiceInventory) find(rule *rules.Rule, month billing.Month) Found {
	months := NewMonths
	if rule.Kind == rules.RuleVanished {
		months = goneMonths
	}
	missing, isMissing := s.used.missing(month, months)
	switch {
	case s.used[month] == nil:
		return Found{Unknown: cmp.Or(s.Unknown, "the services have not been read yet")}
	case isMissing:
		return Found{Unknown: cmp.Or(s.Unknown, fmt.Sprintf("I have recorded services only since %s, and I need %d months of history", missing.Add(1), months))}
	case rule.Kind == rules.RuleVanished && s.seenAt.Sub(month.Start()) < youngDays*24*time.Hour:
		return Found{Unknown: tooEarly}
	}
	return s.used.find(rule, month, "services")
}

// usedItems are the items that were used in each month, by their keys. A month that nothing is known of is not in it.
type usedItems map[billing.Month]map[string]alerts.Item

// usageItems returns the products and usage types that the rows show, as far as the match covers them. Rows of zero are not used.
func usageItems(match rules.Match, rows []billing.Usage) usedItems {
	totals, used := ProductTotals(rows), usedItems{}
	for _, row := range rows {
		if used[row.Month] == nil {
			used[row.Month] = map[string]alerts.Item{}
		}
		if !match.Covers(row) || !row.Quantity.IsPositive() {
			continue
		}
		product := productItem(row.Product)
		used[row.Month][product.Key()] = product
		item := alerts.Item{Subject: rules.SubjectUsageType, Product: row.Product, Name: row.UsageType}
		item.Share = used[row.Month][item.Key()].Share
		if total := totals[ProductUnit{row.Month, row.Product, row.Unit}]; total.IsPositive() {
			item.Share = item.Share.Add(row.Quantity.Div(total))
		}
		used[row.Month][item.Key()] = item
	}
	return used
}

func productItem(product string) alerts.Item {
	return alerts.Item{Subject: rules.SubjectProduct, Product: product, Name: product, Share: decimal.New(1, 0)}
}

// ProductUnit is a product's usage of a month in one unit: unlike units are never added.
type ProductUnit struct {
	Month         billing.Month
	Product, Unit string
}

// ProductTotals adds up what each product used.
func ProductTotals(rows []billing.Usage) map[ProductUnit]decimal.Decimal {
	totals := map[ProductUnit]decimal.Decimal{}
	for _, row := range rows {
		unit := ProductUnit{row.Month, row.Product, row.Unit}
		totals[unit] = totals[unit].Add(row.Quantity)
	}
	return totals
}

// missing returns the newest of so many months before the month that nothing is known of.
func (u usedItems) missing(month billing.Month, months int) (billing.Month, bool) {
	for n := range months {
		if m := month.Add(-n - 1); u[m] == nil {
			return m, true
		}
	}
	return billing.Month{}, false
}

// find returns the new or vanished items that the rule asks for. called is what the items are called together.
func (u usedItems) find(rule *rules.Rule, month billing.Month, called string) Found {
	var f Found
	var candidates map[string]alerts.Item
	if rule.Kind == rules.RuleNew {
		candidates = u.fresh(month)
	} else {
		candidates, f.Unknown = u.vanished(rule.Match.Product, month, called)
	}
	for _, item := range candidates {
		_, ofCandidate := candidates[productItem(item.Product).Key()]
		isNamed := ofCandidate && item.Subject != rules.SubjectProduct && slices.Contains(rule.Of, rules.SubjectProduct) // by its product
		item.Share = Exactly(item.Share)
		isLarge := item.Share.GreaterThanOrEqual(decimal.New(int64(rule.AtLeast), -2))
		if slices.Contains(rule.Of, item.Subject) && billing.Glob(rule.Match.Product, item.Product) && isLarge && !isNamed {
			f.Items = append(f.Items, item)
		}
	}
	return f
}

// fresh returns what is used in the month and was not used in the six months before; of services, in no product.
func (u usedItems) fresh(month billing.Month) map[string]alerts.Item {
	before := map[string]bool{}
	for n := range NewMonths {
		for key, item := range u[month.Add(-n-1)] {
			before[cmp.Or(item.ID, key)] = true
		}
	}
	fresh := maps.Clone(u[month])
	maps.DeleteFunc(fresh, func(key string, item alerts.Item) bool { return before[cmp.Or(item.ID, key)] })
	return fresh
}

// vanished returns what was used in each of the three months before, with its smallest share, and is not used in this one. If that is most
// of what the products used, it returns the doubt instead.
func (u usedItems) vanished(products string, month billing.Month, called string) (gone map[string]alerts.Item, doubt string) {
	gone = map[string]alerts.Item{}
	steady, missing := 0, 0
	for key, item := range u[month.Add(-1)] {
		isSteady := billing.Glob(products, item.Product)
		for n := range goneMonths {
			before, used := u[month.Add(-n-1)][key]
			isSteady, item.Share = isSteady && used, decimal.Min(item.Share, before.Share)
		}
		if !isSteady {
			continue
		}
		_, used := u[month][key]
		if !used {
			gone[key] = item
		}
		if item.Subject == rules.SubjectProduct {
			continue
		}
		steady++
		if !used {
			missing++
		}
	}
	if 2*missing > steady && missing > 1 {
		return nil, fmt.Sprintf("%d of %d %s are missing in %s, so Fastly's data may be incomplete", missing, steady, called, month)
	}
	return gone, ""
}
