package report

import (
	"cmp"
	"slices"

	"budgetbot/billing"
)

// setAside takes the figures away that something unread belongs to, and notes the months whose sums are not whole.
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

// concerns reports whether an unread row may belong to the question. A question by service asks for the services of
// a usage type that it knows by name, whether or not the account's figure can be read.
func (b *tabulation) concerns(u billing.Usage) bool {
	q := b.question
	isKnown := u.Product != "" && u.UsageType != ""
	return q.inView().Contains(u.Month) && q.MayConcern(u) && !(q.ReadsServices() && isKnown)
}

// unreadKey returns the row of the table that the unread row belongs to; found is false where that is not known.
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

// mayHave reports whether what the unread row counts may be of the measure: anything where its unit is not known, else what its unit and its
// name make it.
func mayHave(m billing.Measure, u billing.Usage) bool {
	of := u.Measure()
	return u.Unit == "" || m.Bytes == of.Bytes && (u.UsageType == "" || m.Noun == of.Noun)
}

// note remembers that a month is not whole, and whether any row of the table may lack something.
func (b *tabulation) note(m billing.Month, anyRow bool) { b.partial[m] = b.partial[m] || anyRow }

// isPartial reports whether any of the months is not whole.
func (b *tabulation) isPartial(months billing.Range) bool {
	for m := range b.partial {
		if months.Contains(m) {
			return true
		}
	}
	return false
}

// doubt drops all comparisons where any row of either stretch may be incomplete.
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

// omitted lists what the figures of the months asked for leave out, each once, in order.
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
