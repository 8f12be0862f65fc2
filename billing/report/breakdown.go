package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// group makes a Group of the lines of one measure: the total, the largest rows, and the rest as one row. It sorts the rows by the last month,
// so that people who ask for one month after another find each row in its place.
func (b *tabulation) group(m measured) Group {
	all := make([]entry, 0, len(m.sums.Lines()))
	entries := make([]entry, 0, len(m.sums.Lines()))
	var apart []entry // of no service
	for key, l := range m.sums.Lines() {
		size, found := l.Sum(b.question.Months)
		if !found && b.question.IsComparison() {
			_, found = l.Sum(b.question.Against)
		}
		e := entry{RowKey: key, Line: l, size: size, usage: b.usageIn(m.measure, key, l)}
		all = append(all, e)
		switch {
		case !found:
		case key.isNoService():
			apart = append(apart, e)
		default:
			entries = append(entries, e)
		}
	}
	total := b.together("Total", all)
	total.isAll = true
	slices.SortFunc(entries, largestFirst)
	shown, others, count := b.topOf(entries)
	whole := wholeOf(total.size, m.measure, all, others)
	group := Group{Measure: m.measure, Block: blockOf(entries), Total: b.row(total, whole)}
	group.Total.Share.Valid = group.Total.Share.Valid && total.size.Equal(whole)
	if b.isPartial(b.stretch.month) || b.isPartial(b.stretch.against) {
		group.Total.Change, group.Total.Usage = decimal.NullDecimal{}, nil
	}
	for _, e := range apart {
		if !e.size.IsZero() || !b.stretch.earlier(e.Line).Decimal.IsZero() || len(entries) == 0 {
			row := b.row(e, whole)
			*group.noService(e.RowKey) = &row
		}
	}
	if len(others) > 0 {
		rest := b.row(b.together(fmt.Sprintf("%d Others", len(others)), others), whole)
		group.Rest, group.RestCount = &rest, count
	}
	group.Rows = make([]Row, 0, len(shown))
	for _, e := range shown {
		group.Rows = append(group.Rows, b.row(e, whole))
	}
	distinguish(group.Rows)
	if b.question.Months.Len() > 1 { // rows of one month have this order already
		slices.SortStableFunc(group.Rows, latestFirst)
	}
	return group
}

// wholeOf returns the amount that shares divide: the sum, or the charges before credits. It returns zero, so that there are no shares, if a credit is
// folded into the others: nobody could add the charges up then.
func wholeOf(sum decimal.Decimal, measure billing.Measure, all, others []entry) decimal.Decimal {
	isCredit := func(e entry) bool { return e.size.IsNegative() }
	if slices.ContainsFunc(others, isCredit) || measure.Currency == "" && slices.ContainsFunc(all, isCredit) {
		return decimal.Decimal{}
	}
	whole := sum
	for _, e := range all {
		if isCredit(e) {
			whole = whole.Sub(e.size)
		}
	}
	return whole
}

// together sums entries as one.
func (b *tabulation) together(name string, entries []entry) entry {
	all := entry{RowKey: RowKey{name: name}, Line: ledger.NewLine(len(b.months) + 1)}
	for _, e := range entries {
		all.Merge(e.Line)
		if e.usage == nil {
			continue
		}
		if all.usage == nil {
			all.usage = &ledger.Line{}
		}
		all.usage.Merge(e.usage)
	}
	all.size, _ = all.Sum(b.question.Months)
	return all
}

// usageIn returns the usage charges in a row of cost. A service has no other charges.
func (b *tabulation) usageIn(measure billing.Measure, key RowKey, l *ledger.Line) *ledger.Line {
	switch {
	case b.versus == nil || !b.versus.Whole || b.versus.IsTiered:
		return nil
	case b.question.ReadsServices() && !key.isNoService():
		return l
	}
	return b.usage.rows(measure)[key]
}

// noService returns the group's field for what no service used, or for what services have not counted yet.
func (g *Group) noService(key RowKey) **Row {
	if key == uncounted {
		return &g.Uncounted
	}
	return &g.Unallocated
}

// row makes a Row of an entry.
func (b *tabulation) row(e entry, whole decimal.Decimal) Row {
	earlier := b.stretch.earlier(e.Line)
	row := Row{
		Name:    billing.Called(cmp.Or(e.Line.Name, e.RowKey.name), e.id),
		Product: e.product,
		ID:      e.id,
		Sum:     e.size,
		Share:   ratio(e.size, whole),
		Earlier: earlier,
		Figures: b.figuresOf(e),
	}
	if b.question.IsComparison() {
		row.Later = b.laterOf(e)
		row.Share.Valid = row.Share.Valid && row.Later.Valid
		row.Change = b.stretch.change(row.Later, earlier)
	} else {
		row.Change = b.stretch.change(row.Last(), earlier)
	}
	if e.usage != nil {
		row.Usage = b.usagePart(e)
	}
	if !e.IsMixed() {
		row.Unit = e.Unit
	}
	if b.question.WithBilled && !e.IsMixed() {
		row.Billed = make([]decimal.NullDecimal, len(b.months))
		for i, m := range b.months {
			billed, found := e.BilledAt(m)
			row.Billed[i] = decimal.NullDecimal{Decimal: billed, Valid: found}
		}
	}
	return row
}

// blockOf returns Group.Block.
func blockOf(entries []entry) decimal.Decimal {
	var block decimal.Decimal
	for _, e := range entries {
		single, found := e.Block()
		if e.IsMixed() {
			return decimal.Decimal{}
		}
		if found && !block.IsZero() && !block.Equal(single) {
			return decimal.Decimal{}
		}
		if found {
			block = single
		}
	}
	return block
}

// distinguish adds the product, or a service's id, to names that people see more than once in a group.
func distinguish(rows []Row) {
	count := map[string]int{}
	for _, row := range rows {
		count[billing.OneLine(row.Name)]++
	}
	for i := range rows {
		if mark := cmp.Or(rows[i].ID, rows[i].Product); mark != "" && count[billing.OneLine(rows[i].Name)] > 1 && !billing.IsBlank(rows[i].Name) {
			rows[i].Name = fmt.Sprintf("%s (%s)", rows[i].Name, mark)
		}
	}
}

// latestFirst puts the row with the largest figure in the last month first, and those without one last.
func latestFirst(a, b Row) int {
	x, y := a.Last(), b.Last()
	switch {
	case x.Valid && y.Valid:
		return y.Decimal.Cmp(x.Decimal)
	case x.Valid:
		return -1
	case y.Valid:
		return 1
	}
	return 0
}

// usagePart returns the usage charges per day in both stretches.
func (b *tabulation) usagePart(e entry) *UsagePart {
	counting := b.versus.length()
	if isOfServices := !e.isAll || b.question.OfSomeServices(); isOfServices && !e.isNoService() && b.servicesTo.After(b.question.Months.Last.Start()) {
		counting -= days(max(b.versus.Until.Sub(b.servicesTo), 0)) // services are counted later than the account
	}
	perDay := func(months billing.Range, days float64) decimal.Decimal {
		amount, _ := e.usage.Sum(months)
		return amount.DivRound(decimal.NewFromFloat(days), costPlaces)
	}
	part := &UsagePart{PerDay: perDay(b.stretch.month, counting), Earlier: perDay(b.stretch.against, b.versus.againstLength())}
	if part.PerDay.IsZero() && part.Earlier.IsZero() {
		return nil
	}
	part.compare()
	return part
}

// laterOf returns the figure of the later of two periods.
func (b *tabulation) laterOf(e entry) decimal.NullDecimal {
	sum, found := e.Sum(b.question.Months)
	return decimal.NullDecimal{Decimal: sum, Valid: found}
}

// figuresOf returns the figures of every month asked for.
func (b *tabulation) figuresOf(e entry) []decimal.NullDecimal {
	switch {
	case b.question.IsComparison():
		return append(e.Figures(b.question.Against), e.Figures(b.question.Months)...)
	case b.question.Months.Len() == 1 && !e.size.IsZero():
		return []decimal.NullDecimal{decimal.NewNullDecimal(e.size)}
	}
	return e.Figures(b.question.Months)
}
