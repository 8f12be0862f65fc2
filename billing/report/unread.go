package report

import (
	"cmp"
	"slices"

	"budgetbot/billing"
)

// setAside removes the figures to which something unread belongs, and notes the months whose sums lack it.
func (b *tabulation) setAside(data Data) {
	for _, u := range data.Unread {
		b.see(u.Month)
		if !b.concerns(u) {
			continue
		}
		key, found := b.unreadKey(u)
		b.note(u.Month, !found)
		for _, m := range b.groups.of {
			if l := m.sums.Lines()[key]; found && l != nil && mayHave(m.measure, u) {
				l.Drop(u.Month)
			}
		}
	}
	if data.Services == nil || !b.question.ReadsServices() {
		return
	}
	for u := range data.Services.unread {
		key, _ := data.Services.keyOf(u)
		b.note(u.Month, u.ServiceID == "")
		counted, _ := data.Services.count(u)
		if l := b.groups.rows(counted.measure)[key]; u.ServiceID != "" && l != nil {
			l.Drop(u.Month)
		}
	}
}

// concerns reports whether an unread row may belong to the question. It does not if the question reads services and the row has its names: then the
// services of the usage type are read instead.
func (b *tabulation) concerns(u billing.Usage) bool {
	q := b.question
	isKnown := u.Product != "" && u.UsageType != ""
	return q.inView().Contains(u.Month) && q.MayConcern(u) && !(q.ReadsServices() && isKnown)
}

// unreadKey returns the row of the table to which the unread row belongs; found is false if nobody can tell.
func (b *tabulation) unreadKey(u billing.Usage) (key RowKey, found bool) {
	key = b.question.keyOf(u.Metric(), u.Region)
	switch b.question.By {
	case ByProduct:
		return key, u.Product != ""
	case ByRegion:
		return key, u.Region != ""
	case ByUsageType, ByService, ByTeam:
	}
	return key, u.Product != "" && u.UsageType != ""
}

// mayHave reports whether the unread row may count in the measure. Its unit and its name tell; without a unit it may count in any.
func mayHave(m billing.Measure, u billing.Usage) bool {
	of := u.Measure()
	return u.Unit == "" || m.Bytes == of.Bytes && (u.UsageType == "" || m.Noun == of.Noun)
}

// note remembers that a month lacks something, and whether any row may be the one that lacks it.
func (b *tabulation) note(m billing.Month, anyRow bool) { b.partial[m] = b.partial[m] || anyRow }

// isPartial reports whether any of the months lacks something.
func (b *tabulation) isPartial(months billing.Range) bool {
	for m := range b.partial {
		if months.Contains(m) {
			return true
		}
	}
	return false
}

// doubt drops all comparisons if any row of either stretch may lack something.
func (b *tabulation) doubt() {
	for m, anyRow := range b.partial {
		if anyRow && b.versus != nil && !b.versus.Unknown && (b.stretch.month.Contains(m) || b.stretch.against.Contains(m)) {
			b.versus.Unknown, b.versus.Why = true, GapUnread
			b.stretch.monthDays, b.stretch.recorded = 0, false
			if !b.question.IsComparison() {
				b.stretch = stretch{}
			}
		}
	}
}

// omitted lists what the figures leave out, sorted and each once.
func (b *tabulation) omitted(data Data) []LeftOut {
	var unread []LeftOut
	for _, u := range data.Unread {
		if !b.question.Cost && b.question.AsksFor(u.Month) && b.concerns(u) {
			unread = append(unread, LeftOut{Month: u.Month, Product: u.Product, UsageType: u.UsageType, Why: u.Unread})
		}
	}
	if data.Services != nil && b.question.ReadsServices() {
		for u := range data.Services.unread {
			if b.question.AsksFor(u.Month) {
				unread = append(unread, LeftOut{u.Month, u.Product, u.UsageType, billing.Called(u.ServiceName, u.ServiceID), u.Unread})
			}
		}
	}
	slices.SortFunc(unread, func(a, b LeftOut) int {
		return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.Product, b.Product), cmp.Compare(a.UsageType, b.UsageType),
			cmp.Compare(a.Service, b.Service), cmp.Compare(a.Why, b.Why))
	})
	return slices.Compact(unread)
}

func (b *tabulation) see(m billing.Month) {
	if !slices.Contains(b.seen, m) {
		b.seen = append(b.seen, m)
	}
}
