package decide

import (
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// Items decides on the rules with new or vanished. why is the reason if the months before could not be read.
func (o *IncidentPlanner) Items(inventory evaluate.Inventory, why string) {
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		f := evaluate.Found{Unknown: why}
		switch {
		case rule.Kind != rules.RuleNew && rule.Kind != rules.RuleVanished:
			continue
		case why == "":
			f = inventory.Find(rule)
		}
		o.noteSearch(rule, f.Unknown)
		if rule.Kind == rules.RuleVanished {
			o.updateUsed(rule, inventory)
		}
		o.postFound(rule, f.Items, inventory)
	}
}

// itemKind is the kind of incident that each kind of rule with items has, and itemReason the reason to post one.
var (
	itemKind   = map[rules.RuleKind]alerts.IncidentKind{rules.RuleNew: alerts.IncidentNew, rules.RuleVanished: alerts.IncidentVanished}
	itemReason = map[rules.RuleKind]alerts.Reason{rules.RuleNew: alerts.ReasonNew, rules.RuleVanished: alerts.ReasonVanished}
)

// noteSearch remembers why the rule is unknown, if it is, for /budget.
func (o *IncidentPlanner) noteSearch(rule *rules.Rule, unknown string) {
	e := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month}, itemKind[rule.Kind])
	isOther := e.Report.Search == nil || e.Report.Search.Unknown != unknown
	t := Transition{Incident: e, Reason: alerts.ReasonNothingNew, Changed: e.Revision == 0 || isOther}
	if unknown != "" {
		t.Reason = alerts.ReasonUnknown
	}
	t.State, t.Report.Search = alerts.IncidentQuiet, &alerts.Search{Unknown: unknown}
	o.take(rule, t)
}

// postFound posts one message about all items that were found and not posted before.
func (o *IncidentPlanner) postFound(rule *rules.Rule, found []alerts.Item, inventory evaluate.Inventory) {
	items := slices.DeleteFunc(slices.Clone(found), func(item alerts.Item) bool {
		return o.incident(alerts.BudgetID{Rule: rule.Name, Instance: item.Key(), Month: o.month}, itemKind[rule.Kind]).Revision > 0
	})
	if len(items) == 0 {
		return
	}
	why := itemReason[rule.Kind]
	id := o.postItems(rule, why, "", items, inventory)
	for _, item := range items {
		e := alerts.Incident{
			BudgetID: alerts.BudgetID{Rule: rule.Name, Instance: item.Key(), Month: o.month}, Kind: itemKind[rule.Kind],
			Report: alerts.Report{Channel: rule.Channel, Items: []alerts.Item{item}},
		}
		e.See(alerts.Seen{Present: true, Ripe: true, Since: o.now}, o.now)
		e.ParentID, e.PostedAt = id, o.now
		o.take(rule, Transition{Reason: why, Changed: true, Incident: e})
	}
}

// updateUsed updates the messages about items that are used again after all.
func (o *IncidentPlanner) updateUsed(rule *rules.Rule, inventory evaluate.Inventory) {
	parents := map[string]bool{}
	for key, e := range o.incidents {
		isOpen := e.Rule == rule.Name && e.Month == o.month && e.Kind == alerts.IncidentVanished && e.State == alerts.IncidentOpen
		if !isOpen || len(e.Report.Items) != 1 || !inventory.IsUsed(e.Report.Items[0]) {
			continue
		}
		item := e.Report.Items[0]
		item.Back = true
		e.See(alerts.Seen{}, o.now)
		e.PostedAt, e.Report.Items = o.now, []alerts.Item{item}
		o.incidents[key] = e
		parents[e.ParentID] = true
		o.take(rule, Transition{Incident: e, Reason: alerts.ReasonBack, Changed: true})
	}
	for parent := range parents {
		o.postItems(rule, alerts.ReasonBack, parent, o.itemsOf(parent), inventory)
	}
}

// itemsOf returns the items of the parent message, the largest first.
func (o *IncidentPlanner) itemsOf(parent string) []alerts.Item {
	var items []alerts.Item
	for _, e := range o.incidents {
		if e.ParentID == parent {
			items = append(items, e.Report.Items...)
		}
	}
	slices.SortFunc(items, alerts.LargerItem)
	return items
}

// postItems queues a message about items, or an update of the parent, and returns its id. It has no revision, as items have none: of two
// updates of one parent message the later one wins.
func (o *IncidentPlanner) postItems(rule *rules.Rule, why alerts.Reason, parent string, items []alerts.Item, of evaluate.Inventory) string {
	d := alerts.Delivery{
		ID: o.newID(), Kind: alerts.DeliverUpdate, Channel: rule.Channel, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: o.month},
		ParentID: parent, State: alerts.DeliveryPending, CreatedAt: o.now,
		Message: alerts.Message{Reason: why, Report: alerts.Report{Items: items, ReportContext: &alerts.ReportContext{
			AtLeast: rule.AtLeast, Owners: rule.Owners, CountedTo: evaluate.NewestOf(of.Rows), ReadAt: o.now,
		}}},
	}
	if parent == "" {
		d.Kind, d.NotBefore = alerts.DeliverParent, o.rules.Calendar().DeferUntil(o.now)
	}
	o.Deliveries = append(o.Deliveries, d)
	return d.ID
}
