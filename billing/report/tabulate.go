package report

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/billing"
)

// Data is the input of Tabulate.
type Data struct {
	// Rows are the account's usage in the months asked for. Where the month before them is given too, a question of a
	// single month is compared with it.
	Rows []billing.Usage
	// Unread are the rows that were set aside, of the same months.
	Unread []billing.Usage
	// Services is the service-level usage of the same months, or its cost; only a Question by service or team needs it.
	Services *ServiceTotals
	// Bills are the bills of the same months; only a Question of cost needs them.
	Bills []billing.Bill
	// Prior is the record of the month before the last one, for comparing a month that is not over.
	Prior Prior
	// Fresh is carried over into the Table.
	Fresh billing.Freshness
}

// factors are learned where a row needs one: nearly always each carries both of its quantities.
func (d Data) factors() billing.Factors {
	if !slices.ContainsFunc(d.Rows, billing.Usage.NeedsFactor) && !slices.ContainsFunc(d.Prior.Rows, billing.Usage.NeedsFactor) {
		return nil
	}
	return billing.FactorsOf(slices.Concat(d.Rows, d.Prior.Rows))
}

// Tabulate answers the question from data. It adds up what belongs together and never unlike measures; it compares the
// last month with the one before; it says what is missing.
//
// What could not be read is in Table.LeftOut: a row of the Table that it belongs to has no figure in that month, sums leave it out,
// and are not compared. A month without any row is Missing and unknown. Where a month has rows, but none of a kind, Fastly counted nothing of
// that kind: its cell is not valid, to be printed as a dash, and sums take it as nothing.
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
	seen     []billing.Month // that have rows
	groups   *ledgers
	usage    *ledgers // what of a cost is usage
	versus   *Comparison
	// servicesTo is Table.ServicesTo.
	servicesTo time.Time
	stretch    stretch
	// partial are the months with something unreadable; true where it is not known which row it belongs to.
	partial map[billing.Month]bool
	chosen  chosen
}

func newTabulation(q Question, data Data, now time.Time) *tabulation {
	b := &tabulation{
		question: q,
		months:   q.asked(),
		factors:  data.factors(),
		groups:   newLedgers(0),
		usage:    newLedgers(0),
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

// sureDigits is how many digits a quantity needs to show the size of a block: Fastly may round it to whole ones.
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
