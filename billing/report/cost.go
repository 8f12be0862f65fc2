package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// costPlaces is how many decimals a service's part of a charge has while parts are added up: far below a cent, and still short enough for a
// cell of a ledger.
const costPlaces = 6

// NewServiceCosts returns empty totals of what services cost, at the rates of the month's bill, with rows as in NewServiceTotals. It is an
// estimate: Fastly bills the account and not its services. rows are the account's usage of the same months.
func NewServiceCosts(bills []billing.Bill, rows []billing.Usage, teamOf func(name, id string) string) *ServiceTotals {
	type price struct {
		rates    map[billing.Metric]decimal.Decimal
		currency string
	}
	prices := map[billing.Month]price{}
	for _, bill := range bills {
		prices[bill.Month] = price{sharedRates(inCents(bill), rows), bill.Currency}
	}
	shared := map[billing.ServiceQuery]*sharing{}
	return &ServiceTotals{groups: newLedgers(billing.MaxServices, 0), teamOf: teamOf, count: func(u billing.ServiceUsage) (counted, bool) {
		price, query := prices[u.Month], u.Metric().In(u.Month)
		rate, known := price.rates[u.Metric()]
		if !known || u.Unread != "" {
			return counted{}, known
		}
		if shared[query] == nil {
			shared[query] = &sharing{places: billing.MinorDigits(price.currency)}
		}
		amount := shared[query].next(u.Quantity.Mul(rate))
		return counted{amount, amount, price.currency, billing.Cost(price.currency)}, true
	}}
}

// sharing divides the charge for a usage type among services to the cent, in the order in which Fastly lists them, so that a service costs the same in each
// answer, whichever services and products that is about, and all together cost the charge.
type sharing struct {
	exact, given decimal.Decimal
	places       int32
}

// next returns the part of a service: its exact amount, and what the services before it lack or have too much.
func (s *sharing) next(exact decimal.Decimal) decimal.Decimal {
	s.exact = s.exact.Add(exact.Round(sharingPlaces))
	part := s.exact.Round(s.places).Sub(s.given)
	s.given = s.given.Add(part)
	return part
}

// sharingPlaces is how many decimals a service's exact part has: so many that those of a hundred thousand services still add up to the cent.
const sharingPlaces = 12

// inCents returns the bill with its charges rounded to cents, so that they add up to its rounded sum.
func inCents(bill billing.Bill) billing.Bill {
	bill.Charges = slices.Clone(bill.Charges)
	column := make([]*decimal.Decimal, len(bill.Charges))
	for i := range bill.Charges {
		column[i] = &bill.Charges[i].Amount
	}
	settleColumn(column, billing.MinorDigits(bill.Currency))
	return bill
}

// Rows of a cost by service that are no services.
var (
	unallocated = RowKey{name: "Not Allocated"}              // belongs to no service
	uncounted   = RowKey{name: "Not Yet Counted by Service"} // an estimate's usage that is newer than that of services
)

// isNoService reports whether the row stands for costs that belong to no service.
func (k RowKey) isNoService() bool { return k == unallocated || k == uncounted }

// addBills adds the charges. If the rows are services, these have their parts already: it rounds them and adds the remainder.
func (b *tabulation) addBills(data Data) {
	if b.question.ReadsServices() {
		b.servicesTo = billing.CountedTo(data.Rows, b.question.Months.Last, b.question.Wants)
	}
	for _, bill := range data.Bills {
		if bill.Unknown != "" {
			continue
		}
		b.see(bill.Month)
		if b.question.ReadsServices() {
			b.addRemainder(bill, data.Rows)
			continue
		}
		for _, charge := range b.charges(bill) {
			key := b.question.keyOf(charge.Metric(), charge.Region)
			b.addCharge(bill, key, charge.Amount, charge.Kind == billing.ChargeUsage)
			if b.question.By == ByProduct && charge.Product != "" {
				row := b.groups.row(billing.Cost(bill.Currency), key)
				row.Name = NameOfFees(row.Name, charge)
			}
		}
	}
	b.compareBills(data.Bills)
}

// NameOfFees names the row of a product once it has this charge too; called is its name so far, empty for none. If a fee is all that the row has,
// it has the name of the fee: an invoice's group, such as CS: CSE, says less than Gold Support.
func NameOfFees(called string, charge billing.Charge) string {
	name := charge.Product
	if charge.Kind == billing.ChargeFixed && charge.Name != "" {
		name = charge.Name
	}
	if called != "" && called != name {
		return charge.Product
	}
	return name
}

// addCharge adds an amount of a bill to a row, and remembers whether it is usage.
func (b *tabulation) addCharge(bill billing.Bill, key RowKey, amount decimal.Decimal, isUsage bool) {
	cost := billing.Cost(bill.Currency)
	b.groups.row(cost, key).Add(bill.Month, amount, amount, bill.Currency)
	if isUsage {
		b.usage.row(cost, key).Add(bill.Month, amount, amount, bill.Currency)
	}
}

// charges returns the charges of a bill that the question is about.
func (b *tabulation) charges(bill billing.Bill) []billing.Charge {
	var wanted []billing.Charge
	for _, charge := range bill.Charges {
		if b.question.wantsCharge(charge) {
			wanted = append(wanted, charge)
		}
	}
	return wanted
}

// addRemainder adds what is left of a bill beside the services' parts as a row, so that the column sums to the bill.
func (b *tabulation) addRemainder(bill billing.Bill, rows []billing.Usage) {
	bill = inCents(bill)
	charges := b.charges(bill)
	if len(charges) == 0 || b.question.OfSomeServices() { // the remainder belongs to other services or to none
		return
	}
	cost, places := billing.Cost(bill.Currency), billing.MinorDigits(bill.Currency)
	var used, fees decimal.Decimal
	for _, charge := range charges {
		if charge.Kind == billing.ChargeUsage {
			used = used.Add(charge.Amount)
		} else {
			fees = fees.Add(charge.Amount)
		}
	}
	if bill.IsEstimate() {
		b.groups.shrink(cost, bill.Month, used)
	}
	left := used.Sub(b.groups.settle(cost, bill.Month, places))
	if newer := decimal.Min(b.newerThanServices(bill, rows).Round(places), left); newer.IsPositive() {
		b.addCharge(bill, uncounted, newer, true)
		left = left.Sub(newer)
	}
	b.addCharge(bill, unallocated, left, true)
	b.addCharge(bill, unallocated, fees, false)
}

// shrink lowers the figures of one month until they sum to no more than most: services may have been read later than the bill that they are parts of.
func (g *ledgers) shrink(measure billing.Measure, month billing.Month, most decimal.Decimal) {
	var sum decimal.Decimal
	rows := g.rows(measure)
	for _, l := range rows {
		single, _ := l.At(month)
		sum = sum.Add(single)
	}
	if !sum.GreaterThan(most) || most.IsNegative() {
		return
	}
	for _, l := range rows {
		if single, found := l.At(month); found {
			l.Set(month, single.Mul(most).DivRound(sum, costPlaces))
		}
	}
}

// settle rounds the figures of one month so that they add up to the rounded sum, and returns that sum.
func (g *ledgers) settle(measure billing.Measure, month billing.Month, places int32) decimal.Decimal {
	rows := g.rows(measure)
	keys := slices.SortedFunc(maps.Keys(rows), func(a, b RowKey) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.name, b.name)) })
	keys = slices.DeleteFunc(keys, func(key RowKey) bool {
		_, found := rows[key].At(month)
		return !found || key.isNoService()
	})
	column := make([]*decimal.Decimal, len(keys))
	for i, key := range keys {
		single, _ := rows[key].At(month)
		column[i] = &single
	}
	sum := settleColumn(column, places)
	for i, key := range keys {
		rows[key].Set(month, *column[i])
	}
	return sum
}

// leftOut lists the charges that may belong to the product of the question, but whose product the bill does not name.
func (b *tabulation) leftOut(bill billing.Bill) []string {
	var remarks []string
	for _, c := range bill.Charges {
		if b.question.Product == "" || !slices.ContainsFunc(c.MayBe, b.question.Product.Have) || b.question.wantsCharge(c) {
			continue
		}
		remark := fmt.Sprintf("%s of %s is left out: the bill does not show whether it is of %s.", c.Name, cmp.Or(c.Product, "no group"), strings.Join(c.MayBe, " or "))
		if !slices.Contains(remarks, remark) {
			remarks = append(remarks, remark)
		}
	}
	return remarks
}

// unreadMonths lists the months whose bills are unknown, with the reasons.
func unreadMonths(bills []billing.Bill) []UnreadMonth {
	var unread []UnreadMonth
	for _, bill := range bills {
		if bill.Unknown != "" {
			unread = append(unread, UnreadMonth{bill.Month, bill.Unknown})
		}
	}
	return unread
}

// makeup sums the charges that the question is about, by their kind and month.
func (b *tabulation) makeup(bills []billing.Bill) []Makeup {
	made := make([]Makeup, len(b.months))
	for i, m := range b.months {
		made[i].Estimate = true
		for _, bill := range bills {
			if bill.Month != m || bill.Unknown != "" {
				continue
			}
			made[i].Currency, made[i].Estimate, made[i].Remarks = bill.Currency, bill.IsEstimate(), bill.Remarks
			if !b.question.OfSomeServices() { // no charge is of one service
				for _, charge := range b.charges(bill) {
					made[i].add(charge)
				}
			}
			made[i].Remarks = append(slices.Clip(made[i].Remarks), b.leftOut(bill)...)
			if bill.IsEstimate() && !b.question.OfSomeServices() {
				made[i].Unbilled = b.unbilled(bill, bills)
			}
		}
	}
	return made
}

// unbilled sums the fees on the invoice of the month before that the estimate does not have yet.
func (b *tabulation) unbilled(estimate billing.Bill, bills []billing.Bill) decimal.Decimal {
	billed := map[billing.Metric]bool{}
	for _, charge := range b.charges(estimate) {
		billed[charge.Metric()] = billed[charge.Metric()] || !charge.Amount.IsZero()
	}
	var missing decimal.Decimal
	for _, bill := range bills {
		if bill.Month != estimate.Month.Add(-1) || bill.Unknown != "" || bill.IsEstimate() || bill.Currency != estimate.Currency {
			continue
		}
		for _, charge := range b.charges(bill) {
			if charge.Kind == billing.ChargeFixed && !billed[charge.Metric()] {
				missing = missing.Add(charge.Amount)
			}
		}
	}
	return missing
}

func (m *Makeup) add(c billing.Charge) {
	switch c.Kind {
	case billing.ChargeUsage:
		m.Usage = m.Usage.Add(c.Amount)
	case billing.ChargeFixed:
		m.Fixed = m.Fixed.Add(c.Amount)
	case billing.ChargeCredit:
		m.Credit = m.Credit.Add(c.Amount)
	}
}

// compareBills compares whole bills if both stretches are invoiced and have as many months, and their usage charges per day. An estimate is compared
// only per day: Fastly has not charged all of its fees yet.
func (b *tabulation) compareBills(bills []billing.Bill) {
	q := b.question
	month, against := billing.One(q.Months.Last), billing.One(q.Months.Last.Add(-1))
	versus := &Comparison{Month: month.Last, Against: against.Last, Whole: true}
	if q.IsComparison() {
		month, against = q.Months, q.Against
		versus.Against, versus.Span, versus.AgainstSpan = against.Last, month, against
	}
	b.stretch = stretch{month: month, against: against}
	missing := month.Len() + against.Len()
	for _, bill := range bills {
		if bill.Unknown != "" || !month.Contains(bill.Month) && !against.Contains(bill.Month) {
			continue
		}
		if bill.IsEstimate() {
			if against.Contains(bill.Month) || bill.AsOf.Sub(bill.Month.Start()) < slack {
				return // too few days, or nobody knows how many
			}
			versus.IsPerDay, versus.Until, versus.AgainstUntil = true, billing.Earlier(bill.AsOf, bill.Month.End()), against.Last.End()
		}
		missing--
		versus.IsTiered = versus.IsTiered || isTiered(bill)
		counted := days(billing.Earlier(bill.CountedTo(), bill.Month.End()).Sub(bill.Month.Start()))
		if month.Contains(bill.Month) {
			versus.Length += counted
		} else {
			versus.AgainstLength += counted
		}
	}
	if versus.Length == 0 || versus.AgainstLength == 0 {
		return
	}
	b.versus = versus
	versus.IsPerDay = versus.IsPerDay || missing > 0 || month.Len() != against.Len()
	versus.IsTiered = versus.IsTiered && month.Len() == 1 && !versus.Until.IsZero() && versus.Until.Before(month.Last.End().Add(-slack))
	if !versus.IsPerDay && !q.IsComparison() {
		versus.Length, versus.AgainstLength = 0, 0 // those of the months themselves
	}
	if !versus.IsPerDay {
		b.stretch.monthDays, b.stretch.againstDays = 1, 1
	}
}

// isTiered reports whether a usage type of the bill has more than one rate.
func isTiered(bill billing.Bill) bool {
	rates := map[billing.Metric]decimal.Decimal{}
	for _, c := range bill.Charges {
		if c.Kind != billing.ChargeUsage || !c.Rate.Valid {
			continue
		}
		if rate, seen := rates[c.Metric()]; seen && !rate.Equal(c.Rate.Decimal) {
			return true
		}
		rates[c.Metric()] = c.Rate.Decimal
	}
	return false
}
