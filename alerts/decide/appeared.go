package decide

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// kindOf is the kind of incident that each kind of rule has.
var kindOf = map[rules.RuleKind]alerts.IncidentKind{rules.RuleChange: alerts.IncidentChange, rules.RuleNew: alerts.IncidentNew, rules.RuleVanished: alerts.IncidentVanished}

// Items decides on the rules with new or vanished. past are the rows of the months before this one; why is the reason where they could
// not be read.
func (o *WatchPlanner) Items(reading evaluate.Reading, past []billing.Usage, why string) {
	rows := slices.Concat(reading.Rows, past)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		switch {
		case rule.Kind != rules.RuleNew && rule.Kind != rules.RuleVanished:
		case why != "":
			o.searched(rule, why)
		case rule.Kind == rules.RuleNew:
			f := evaluate.FindNew(rule, o.month, rows).And(o.Services.FindNew(rule, o.month))
			o.post(rule, withoutNames(f, unreadProducts(&reading, rule.Match)))
		default:
			f := evaluate.FindVanished(rule, o.month, rows)
			if f.Unknown == "" {
				o.back(rule, reading.Rows)
				f = f.And(o.Services.FindVanished(rule, o.month))
			}
			o.post(rule, withoutNames(f, unreadProducts(&reading, rule.Match)))
		}
	}
}

// unreadProducts maps each product that has a skipped row which the match may cover, in any month, to the reason. The empty product
// stands for rows without a known product.
func unreadProducts(r *evaluate.Reading, m rules.Match) map[string]string {
	products := map[string]string{}
	for _, u := range r.Unread {
		if m.MayCover(u) {
			products[u.Product] = cmp.Or(products[u.Product], u.Unread)
		}
	}
	return products
}

// withoutNames leaves out the findings of products with an unreadable row: they may have been used before, or may still be used.
func withoutNames(f evaluate.Found, unread map[string]string) evaluate.Found {
	anything := unread[""]
	f.Items = slices.DeleteFunc(f.Items, func(t alerts.Item) bool { return anything != "" || unread[t.Product] != "" })
	for _, product := range slices.Sorted(maps.Keys(unread)) {
		f.Unknown = cmp.Or(f.Unknown, unread[product])
	}
	return f
}

// searched remembers why the rule is unknown, if it is, for /budget.
func (o *WatchPlanner) searched(rule *rules.Rule, unknown string) {
	e := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month}, kindOf[rule.Kind])
	t := Transition{Incident: e, Reason: alerts.ReasonNothingNew, Changed: e.Revision == 0 || e.Report.Search == nil || e.Report.Search.Unknown != unknown}
	if unknown != "" {
		t.Reason = alerts.ReasonUnknown
	}
	t.State, t.Report.Search = alerts.IncidentQuiet, &alerts.Search{Unknown: unknown}
	o.take(rule, t)
}

// post posts one message about all items that were found and not posted before.
func (o *WatchPlanner) post(rule *rules.Rule, f evaluate.Found) {
	o.searched(rule, f.Unknown)
	var fresh []alerts.Item
	for _, item := range f.Items {
		if !o.isPosted(rule, item) {
			fresh = append(fresh, item)
		}
	}
	if len(fresh) == 0 {
		return
	}
	why, kind := alerts.ReasonNew, kindOf[rule.Kind]
	if rule.Kind == rules.RuleVanished {
		why = alerts.ReasonVanished
	}
	id := o.newID()
	o.Deliveries = append(o.Deliveries, o.aboutItems(rule, alerts.DeliverParent, why, id, "", fresh))
	for _, item := range fresh {
		e := alerts.Incident{
			BudgetID: alerts.BudgetID{Rule: rule.Name, Instance: item.Key(), Month: o.month}, Kind: kind,
			Report: alerts.Report{Channel: rule.Channel, Items: []alerts.Item{item}},
		}
		e.See(alerts.Seen{Present: true, Ripe: true, Since: o.now}, o.now)
		e.ParentID, e.PostedAt = id, o.now
		o.take(rule, Transition{Reason: why, Changed: true, Incident: e})
	}
}

// isPosted reports whether the item was posted: a new one in any month that is kept, a vanished one in this month.
func (o *WatchPlanner) isPosted(rule *rules.Rule, item alerts.Item) bool {
	if rule.Kind == rules.RuleNew {
		return o.posted[alerts.BudgetName{Rule: rule.Name, Instance: item.Key()}]
	}
	return o.incident(alerts.BudgetID{Rule: rule.Name, Instance: item.Key(), Month: o.month}, alerts.IncidentVanished).Revision > 0
}

// back edits the message about items that are used again after all.
func (o *WatchPlanner) back(rule *rules.Rule, rows []billing.Usage) {
	now := evaluate.LedgersOf(rules.Match{}, rows)[o.month]
	products := now.Products()
	edited := map[string]bool{}
	for key, e := range o.incidents {
		if e.Rule != rule.Name || e.Month != o.month || e.Kind != alerts.IncidentVanished || e.State != alerts.IncidentOpen || len(e.Report.Items) != 1 {
			continue
		}
		item := e.Report.Items[0]
		_, used := now.Used[billing.Metric{Product: item.Product, UsageType: item.Name}]
		switch item.Subject {
		case rules.SubjectProduct:
			used = products[item.Product]
		case rules.SubjectService:
			used = o.Services.IsUsed(item, o.month)
		case rules.SubjectUsageType:
		}
		if !used {
			continue
		}
		item.Back = true
		e.See(alerts.Seen{}, o.now)
		e.PostedAt, e.Report.Items = o.now, []alerts.Item{item}
		o.incidents[key] = e
		edited[e.ParentID] = true
		o.take(rule, Transition{Incident: e, Reason: alerts.ReasonBack, Changed: true})
	}
	for parent := range edited {
		o.Deliveries = append(o.Deliveries, o.aboutItems(rule, alerts.DeliverUpdate, alerts.ReasonBack, o.newID(), parent, o.ofParent(parent)))
	}
}

// ofParent returns the items of the parent message, the largest first.
func (o *WatchPlanner) ofParent(parent string) []alerts.Item {
	var items []alerts.Item
	for _, e := range o.incidents {
		if e.ParentID == parent {
			items = append(items, e.Report.Items...)
		}
	}
	slices.SortFunc(items, alerts.LargerItem)
	return items
}

// aboutItems makes the message. Its mark is its time, as items have no revision: of two updates of one parent message the later one wins.
func (o *WatchPlanner) aboutItems(rule *rules.Rule, kind alerts.DeliveryKind, why alerts.Reason, id, parent string, items []alerts.Item) alerts.Delivery {
	notBefore := time.Time{}
	if kind == alerts.DeliverParent {
		notBefore = o.deferUntil()
	}
	return alerts.Delivery{
		ID: id, Kind: kind, Channel: rule.Channel, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: o.month}, ParentID: parent, State: alerts.DeliveryPending,
		CreatedAt: o.now, NotBefore: notBefore, Message: alerts.Message{Reason: why, Report: alerts.Report{Items: items, ReportContext: &alerts.ReportContext{
			Title: rule.Title, AtLeast: rule.AtLeast, Owners: rule.Owners, CountedTo: o.CountedTo, ReadAt: o.now,
		}}},
	}
}
