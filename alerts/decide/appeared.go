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

// kindOf is the kind of the episodes of a rule.
var kindOf = map[rules.RuleKind]alerts.EpisodeKind{rules.RuleChange: alerts.EpisodeChange, rules.RuleNew: alerts.EpisodeNew, rules.RuleVanished: alerts.EpisodeVanished}

// Things looks at the rules with new or vanished. past are the rows of the months before this one; why says, where they could not be
// read, for what reason.
func (o *Lookout) Things(reading evaluate.Reading, past []billing.Usage, why string) {
	rows := slices.Concat(reading.Rows, past)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		switch {
		case rule.Kind != rules.RuleNew && rule.Kind != rules.RuleVanished:
		case why != "":
			o.searched(rule, why)
		case rule.Kind == rules.RuleNew:
			f := evaluate.FindNew(rule, o.month, rows).And(o.Services.FindNew(rule, o.month))
			o.say(rule, withoutNames(f, unreadProducts(&reading, rule.Match)))
		default:
			f := evaluate.FindVanished(rule, o.month, rows)
			if f.Unknown == "" {
				o.back(rule, reading.Rows)
				f = f.And(o.Services.FindVanished(rule, o.month))
			}
			o.say(rule, withoutNames(f, unreadProducts(&reading, rule.Match)))
		}
	}
}

// unreadProducts are the products with a row that was set aside and that the match may cover, in any month, and why it was. The empty
// product stands for rows without a known product.
func unreadProducts(r *evaluate.Reading, m rules.Match) map[string]string {
	products := map[string]string{}
	for _, u := range r.Unread {
		if m.MayCover(u) {
			products[u.Product] = cmp.Or(products[u.Product], u.Unread)
		}
	}
	return products
}

// withoutNames leaves out the findings of products with an unreadable row: it may have been used all the time, or still be.
func withoutNames(f evaluate.Found, unread map[string]string) evaluate.Found {
	anything := unread[""]
	f.Things = slices.DeleteFunc(f.Things, func(t alerts.Thing) bool { return anything != "" || unread[t.Product] != "" })
	for _, product := range slices.Sorted(maps.Keys(unread)) {
		f.Unknown = cmp.Or(f.Unknown, unread[product])
	}
	return f
}

// searched remembers whether the rule could be told, for those who ask how it stands.
func (o *Lookout) searched(rule *rules.Rule, unknown string) {
	e := o.episode(alerts.BudgetID{Rule: rule.Name, Month: o.month}, kindOf[rule.Kind])
	t := Turn{Episode: e, Reason: alerts.ReasonNothingNew, Changed: e.Revision == 0 || e.Report.Search == nil || e.Report.Search.Unknown != unknown}
	if unknown != "" {
		t.Reason = alerts.ReasonUnknown
	}
	t.State, t.Report.Search = alerts.EpisodeQuiet, &alerts.Search{Unknown: unknown}
	o.take(rule, t)
}

// say tells in one message of everything that was found and never said before.
func (o *Lookout) say(rule *rules.Rule, f evaluate.Found) {
	o.searched(rule, f.Unknown)
	var fresh []alerts.Thing
	for _, thing := range f.Things {
		if !o.isSaid(rule, thing) {
			fresh = append(fresh, thing)
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
	o.Deliveries = append(o.Deliveries, o.aboutThings(rule, alerts.DeliverRoot, why, id, "", fresh))
	for _, thing := range fresh {
		o.take(rule, Turn{Reason: why, Changed: true, Episode: alerts.Episode{
			BudgetID: alerts.BudgetID{Rule: rule.Name, Scope: thing.Key(), Month: o.month}, Kind: kind, State: alerts.EpisodeOpen, Since: o.now, SaidAt: o.now,
			RootID: id, Report: alerts.Report{Channel: rule.Channel, Things: []alerts.Thing{thing}},
		}})
	}
}

// isSaid reports whether the item was posted: a new one in any month that is kept, a vanished one in this month.
func (o *Lookout) isSaid(rule *rules.Rule, thing alerts.Thing) bool {
	if rule.Kind == rules.RuleNew {
		return o.said[alerts.BudgetName{Rule: rule.Name, Scope: thing.Key()}]
	}
	return o.episode(alerts.BudgetID{Rule: rule.Name, Scope: thing.Key(), Month: o.month}, alerts.EpisodeVanished).Revision > 0
}

// back edits the message about items that are used again after all.
func (o *Lookout) back(rule *rules.Rule, rows []billing.Usage) {
	now := evaluate.LedgersOf(rules.Match{}, rows)[o.month]
	products := now.Products()
	edited := map[string]bool{}
	for key, e := range o.episodes {
		if e.Rule != rule.Name || e.Month != o.month || e.Kind != alerts.EpisodeVanished || e.State != alerts.EpisodeOpen || len(e.Report.Things) != 1 {
			continue
		}
		thing := e.Report.Things[0]
		_, used := now.Used[billing.Metric{Product: thing.Product, UsageType: thing.Name}]
		switch thing.Subject {
		case rules.SubjectProduct:
			used = products[thing.Product]
		case rules.SubjectService:
			used = o.Services.IsUsed(thing, o.month)
		case rules.SubjectUsageType:
		}
		if !used {
			continue
		}
		thing.Back = true
		e.State, e.EndedAt, e.SaidAt, e.Report.Things = alerts.EpisodeOver, o.now, o.now, []alerts.Thing{thing}
		o.episodes[key] = e
		edited[e.RootID] = true
		o.take(rule, Turn{Episode: e, Reason: alerts.ReasonBack, Changed: true})
	}
	for root := range edited {
		o.Deliveries = append(o.Deliveries, o.aboutThings(rule, alerts.DeliverRefresh, alerts.ReasonBack, o.newID(), root, o.ofRoot(root)))
	}
}

// ofRoot returns what the message tells of, the largest first.
func (o *Lookout) ofRoot(root string) []alerts.Thing {
	var things []alerts.Thing
	for _, e := range o.episodes {
		if e.RootID == root {
			things = append(things, e.Report.Things...)
		}
	}
	slices.SortFunc(things, alerts.LargerThing)
	return things
}

// aboutThings makes the message. Of two edits of one root the later one is the one that was made later: they have no revision.
func (o *Lookout) aboutThings(rule *rules.Rule, kind alerts.DeliveryKind, why alerts.Reason, id, root string, things []alerts.Thing) alerts.Delivery {
	hold := time.Time{}
	if kind == alerts.DeliverRoot {
		hold = o.holdUntil()
	}
	return alerts.Delivery{
		ID: id, Kind: kind, Channel: rule.Channel, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: o.month}, RootID: root, State: alerts.DeliveryPending,
		CreatedAt: o.now, NotBefore: hold, Message: alerts.Message{Reason: why, Report: alerts.Report{Things: things, Sight: &alerts.Sight{
			Title: rule.Title, AtLeast: rule.AtLeast, Owners: rule.Owners, CountedTo: o.CountedTo, ReadAt: o.now,
		}}},
	}
}
