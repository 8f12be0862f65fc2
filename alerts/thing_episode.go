package alerts

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// kindOf is the kind of the episodes of a rule.
var kindOf = map[rules.RuleKind]EpisodeKind{rules.RuleChange: EpisodeChange, rules.RuleNew: EpisodeNew, rules.RuleVanished: EpisodeVanished}

// things looks at the rules with new or vanished. past are the rows of the months before this one; why says, where they could not be
// read, for what reason.
func (o *lookout) things(reading Reading, past []billing.Usage, why string) {
	rows := slices.Concat(reading.Rows, past)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		switch {
		case rule.Kind != rules.RuleNew && rule.Kind != rules.RuleVanished:
		case why != "":
			o.searched(rule, why)
		case rule.Kind == rules.RuleNew:
			f := findNew(rule, o.month, rows).and(o.services.findNew(rule, o.month))
			o.say(rule, f.without(reading.unreadProducts(rule.Match)))
		default:
			f := findVanished(rule, o.month, rows)
			if f.unknown == "" {
				o.back(rule, reading.Rows)
				f = f.and(o.services.findVanished(rule, o.month))
			}
			o.say(rule, f.without(reading.unreadProducts(rule.Match)))
		}
	}
}

// unreadProducts are the products with a row that was set aside and that the match may cover, in any month, and why it was. The empty
// product stands for rows without a known product.
func (r *Reading) unreadProducts(m rules.Match) map[string]string {
	products := map[string]string{}
	for _, u := range r.Unread {
		if m.MayCover(u) {
			products[u.Product] = cmp.Or(products[u.Product], u.Unread)
		}
	}
	return products
}

// without leaves out the findings of products with an unreadable row: it may have been used all the time, or still be.
func (f found) without(unread map[string]string) found {
	anything := unread[""]
	f.things = slices.DeleteFunc(f.things, func(t Thing) bool { return anything != "" || unread[t.Product] != "" })
	for _, product := range slices.Sorted(maps.Keys(unread)) {
		f.unknown = cmp.Or(f.unknown, unread[product])
	}
	return f
}

// searched remembers whether the rule could be told, for those who ask how it stands.
func (o *lookout) searched(rule *rules.Rule, unknown string) {
	e := o.episode(BudgetID{Rule: rule.Name, Month: o.month}, kindOf[rule.Kind])
	t := turn{Episode: e, Reason: ReasonNothingNew, Changed: e.Revision == 0 || e.Report.Search == nil || e.Report.Search.Unknown != unknown}
	if unknown != "" {
		t.Reason = ReasonUnknown
	}
	t.State, t.Report.Search = EpisodeQuiet, &Search{Unknown: unknown}
	o.take(rule, t)
}

// say tells in one message of everything that was found and never said before.
func (o *lookout) say(rule *rules.Rule, f found) {
	o.searched(rule, f.unknown)
	var fresh []Thing
	for _, thing := range f.things {
		if !o.isSaid(rule, thing) {
			fresh = append(fresh, thing)
		}
	}
	if len(fresh) == 0 {
		return
	}
	why, kind := ReasonNew, kindOf[rule.Kind]
	if rule.Kind == rules.RuleVanished {
		why = ReasonVanished
	}
	id := o.newID()
	o.Deliveries = append(o.Deliveries, o.aboutThings(rule, DeliverRoot, why, id, "", fresh))
	for _, thing := range fresh {
		o.take(rule, turn{Reason: why, Changed: true, Episode: Episode{
			BudgetID: BudgetID{Rule: rule.Name, Scope: thing.key(), Month: o.month}, Kind: kind, State: EpisodeOpen, Since: o.now, SaidAt: o.now,
			RootID: id, Report: Report{Channel: rule.Channel, Things: []Thing{thing}},
		}})
	}
}

// isSaid reports whether the thing was said: what is new in any month that is kept, what has vanished in this one.
func (o *lookout) isSaid(rule *rules.Rule, thing Thing) bool {
	if rule.Kind == rules.RuleNew {
		return o.said[BudgetName{rule.Name, thing.key()}]
	}
	return o.episode(BudgetID{Rule: rule.Name, Scope: thing.key(), Month: o.month}, EpisodeVanished).Revision > 0
}

// back edits what was said of things that are used again after all.
func (o *lookout) back(rule *rules.Rule, rows []billing.Usage) {
	now := ledgersOf(rules.Match{}, rows)[o.month]
	products := now.products()
	edited := map[string]bool{}
	for key, e := range o.episodes {
		if e.Rule != rule.Name || e.Month != o.month || e.Kind != EpisodeVanished || e.State != EpisodeOpen || len(e.Report.Things) != 1 {
			continue
		}
		thing := e.Report.Things[0]
		_, used := now.used[billing.Metric{Product: thing.Product, UsageType: thing.Name}]
		switch thing.Subject {
		case rules.SubjectProduct:
			used = products[thing.Product]
		case rules.SubjectService:
			used = o.services.isUsed(thing, o.month)
		case rules.SubjectUsageType:
		}
		if !used {
			continue
		}
		thing.Back = true
		e.State, e.EndedAt, e.SaidAt, e.Report.Things = EpisodeOver, o.now, o.now, []Thing{thing}
		o.episodes[key] = e
		edited[e.RootID] = true
		o.take(rule, turn{Episode: e, Reason: ReasonBack, Changed: true})
	}
	for root := range edited {
		o.Deliveries = append(o.Deliveries, o.aboutThings(rule, DeliverRefresh, ReasonBack, o.newID(), root, o.ofRoot(root)))
	}
}

// ofRoot returns what the message tells of, the largest first.
func (o *lookout) ofRoot(root string) []Thing {
	var things []Thing
	for _, e := range o.episodes {
		if e.RootID == root {
			things = append(things, e.Report.Things...)
		}
	}
	slices.SortFunc(things, LargerThing)
	return things
}

// aboutThings makes the message. Of two edits of one root the later one is the one that was made later: they have no revision.
func (o *lookout) aboutThings(rule *rules.Rule, kind DeliveryKind, why Reason, id, root string, things []Thing) Delivery {
	hold := time.Time{}
	if kind == DeliverRoot {
		hold = o.holdUntil()
	}
	return Delivery{
		ID: id, Kind: kind, Channel: rule.Channel, BudgetID: BudgetID{Rule: rule.Name, Month: o.month}, RootID: root, State: DeliveryPending,
		CreatedAt: o.now, NotBefore: hold, Message: Message{Reason: why, Report: Report{Things: things, Sight: &Sight{
			Title: rule.Title, AtLeast: rule.AtLeast, Owners: rule.Owners, CountedTo: o.countedTo, ReadAt: o.now,
		}}},
	}
}
