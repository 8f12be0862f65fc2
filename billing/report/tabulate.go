package report

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/billing"
)

// Data is the input of Tabulate.
type Data struct {
	// Rows are the account's usage in the months asked for, and in the month before, which a single month is compared with.
	Rows []billing.Usage
	// Unread are the rows of the same months that could not be read.
	Unread []billing.Usage
	// Services has the service-level usage of the same months, or its cost; only a Question that reads services needs it.
	Services *ServiceTotals
	// Bills are the bills of the same months; only a Question about cost needs them.
	Bills []billing.Bill
	// Prior is the record of the month before the last one, for comparing the last one while it runs.
	Prior Prior
	// Fresh goes into the Table as it is.
	Fresh billing.Freshness
}

// factors learns factors only if a row needs one: nearly always each row has both of its quantities.
func (d Data) factors() billing.Factors {
	if !slices.ContainsFunc(d.Rows, billing.Usage.NeedsFactor) && !slices.ContainsFunc(d.Prior.Rows, billing.Usage.NeedsFactor) {
		return nil
	}
	return billing.FactorsOf(slices.Concat(d.Rows, d.Prior.Rows))
}

// Tabulate answers the question from data. It adds up the rows of each measure, compares the last month with the one before, and lists what is missing.
//
// Usage that could not be read is in Table.LeftOut: its row has no figure in that month, and sums leave it out and are not compared. A month without
// any row is Missing and unknown. If a month has rows, but none of one kind, Fastly counted nothing of that kind: the figure is not valid, views show
// a dash, and sums take it as zero.
func Tabulate(q Question, data Data, now time.Time) Table {
	q.By = cmp.Or(q.By, ByUsageType)
	b := newTabulation(q, data, now)
	table := Table{Question: q, Months: b.months, Fresh: data.Fresh, Versus: b.versus}
	if q.Cost {
		table.Makeup, table.Unread = b.makeup(data.Bills), unreadMonths(data.Bills)
		if q.By.IsOfServices() {
			table.ServicesTo = b.servicesTo
		}
	}
	for _, m := range b.months {
		if !slices.Contains(b.seen, m) {
			table.Missing = append(table.Missing, m)
		}
	}
	b.chosen = b.chooseRows()
	for _, m := range b.groups.of {
		if group := b.group(m); len(group.All()) > 0 {
			table.Groups = append(table.Groups, group)
		}
	}
	table.Apart = b.apart(data.Rows)
	table.clearRests()
	table.LeftOut = b.omitted(data)
	slices.SortFunc(table.Groups, func(a, b Group) int { return CompareMeasures(a.Measure, b.Measure) })
	return table.shown()
}

// tabulation holds the ledgers of one Question.
type tabulation struct {
	question Question
	months   []billing.Month
	factors  billing.Factors
	seen     []billing.Month // the months that have rows
	groups   *ledgers
	usage    *ledgers // the usage charges of a cost
	versus   *Comparison
	// servicesTo is Table.ServicesTo.
	servicesTo time.Time
	stretch    stretch
	// partial has the months with something unreadable; true if it may belong to any row.
	partial map[billing.Month]bool
	chosen  chosen
}

func newTabulation(q Question, data Data, now time.Time) *tabulation {
	months := q.asked()
	b := &tabulation{
		question: q,
		months:   months,
		factors:  data.factors(),
		groups:   newLedgers(0, len(months)+1), // and the month before
		usage:    newLedgers(0, len(months)+1),
		partial:  map[billing.Month]bool{},
	}
	if q.ReadsServices() {
		b.groups = data.Services.groups
	}
	if q.Cost {
		b.setAside(data)
		b.addBills(data)
		return b
	}
	for _, u := range data.Rows {
		b.see(u.Month)
	}
	if !q.ReadsServices() {
		b.addUsage(data.Rows)
	}
	b.setAside(data)
	if q.IsComparison() {
		b.versus, b.stretch = b.comparePeriods(data, now)
	} else {
		b.versus, b.stretch = b.compare(data, now)
	}
	b.doubt()
	if b.stretch.recorded && !q.ReadsServices() { // services have theirs already
		b.addRecord(data.Prior.Rows)
	}
	return b
}

func (b *tabulation) addUsage(rows []billing.Usage) {
	inView := b.question.inView()
	for _, u := range rows {
		if inView.Contains(u.Month) && b.question.Wants(u) {
			single, measure := b.factors.Single(u)
			l := b.groups.row(measure, b.question.keyOf(u.Metric(), u.Region))
			l.Add(u.Month, single, u.Quantity, u.Unit)
			if u.Quantity.NumDigits() >= sureDigits {
				l.AddBlocks(single, u.Quantity)
			}
		}
	}
}

// sureDigits is how many digits a quantity needs before it shows the size of a block: Fastly may round it to a whole number.
const sureDigits = 3

// addRecord adds what was recorded of the month before.
func (b *tabulation) addRecord(rows []billing.Usage) {
	for _, u := range rows {
		if u.Month == b.versus.Against && b.question.Wants(u) {
			single, measure := b.factors.Single(u)
			b.groups.row(measure, b.question.keyOf(u.Metric(), u.Region)).AddRecorded(single)
		}
	}
}
