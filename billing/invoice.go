package billing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// NotItemized is the name of the charge that stands for what a bill's lines leave out of its total.
const NotItemized = "Not Itemized"

// invoice is one statement of Fastly's, or its estimate of a month that is not invoiced yet.
type invoice struct {
	id, statement string
	month         Month
	posted        time.Time // zero where it is not said; of no use to tell the month, but to tell which of two is later
	countedTo     time.Time // the end of the month, or up to when an estimate counts; zero where it is not said
	currency      string
	total         decimal.Decimal
	charges       []Charge
}

// billsOf makes a bill of the invoices of each month. They are listed as Fastly does, the newest first. The bills are in order
// of their months. An error is a *BodyError.
func billsOf(listed []invoice) ([]Bill, error) {
	months := map[Month][]invoice{}
	for _, v := range slices.Backward(listed) {
		months[v.month] = append(months[v.month], v)
	}
	var bills []Bill
	for _, invoices := range months {
		if err := oneCurrency(invoices); err != nil {
			return nil, err
		}
		slices.SortStableFunc(invoices, invoice.compareAge)
		bills = append(bills, billOf(invoices))
	}
	sortBills(bills)
	return bills, nil
}

func sortBills(bills []Bill) {
	slices.SortFunc(bills, func(a, b Bill) int { return a.Month.Compare(b.Month) })
}

// oneCurrency refuses to add up what cannot be.
func oneCurrency(invoices []invoice) error {
	for _, v := range invoices[1:] {
		if first := invoices[0]; v.currency != first.currency {
			return notUnderstood("invoice %s: it is in %s, and %s of the same month in %s", v.id, named(v.currency), first.id, named(first.currency))
		}
	}
	return nil
}

func named(currency string) string { return cmp.Or(currency, "no currency") }

// compareAge orders statements of one month, the older first: by when they were posted, or else by their numbers.
func (v invoice) compareAge(other invoice) int {
	return cmp.Or(v.posted.Compare(other.posted), cmp.Compare(numberIn(v.statement), numberIn(other.statement)))
}

// numberIn returns the number at the end of an id such as INV-375119, and 0 where there is none.
func numberIn(id string) uint64 {
	at := strings.LastIndexFunc(id, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseUint(id[at+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// billOf makes one bill of the invoices of a month, the oldest first. What was issued again counts once.
func billOf(invoices []invoice) Bill {
	bill := Bill{Month: invoices[0].month, Currency: invoices[0].currency}
	var kept []invoice
	for _, v := range invoices {
		again, remark := issuedAgain(kept, v)
		if remark != "" {
			bill.Remarks = append(bill.Remarks, remark)
		}
		if again >= 0 {
			kept = slices.Delete(kept, again, again+1)
		}
		kept = append(kept, v)
	}
	for _, v := range kept {
		bill.add(v)
	}
	bill.settle()
	if len(kept) > 1 {
		bill.Remarks = append(bill.Remarks, fmt.Sprintf("%s are all of this month, and are added up.", strings.Join(bill.Invoices, ", ")))
	}
	return bill
}

// issuedAgain returns which of the older statements a later one takes the place of, and the remark that is due for it; it is
// below zero where the later one is a further invoice.
func issuedAgain(older []invoice, later invoice) (which int, remark string) {
	for i, v := range older {
		same := v.sameAs(later)
		switch {
		case same && v.id == later.id:
			return i, ""
		case same:
			return i, fmt.Sprintf("%s is %s once more, and counts once.", later.id, v.id)
		case v.id == later.id:
			return i, fmt.Sprintf("%s was issued again; the later statement counts.", v.id)
		case later.replaces(v):
			return i, fmt.Sprintf("%s repeats the lines of %s, and counts in its place.", later.id, v.id)
		}
	}
	return -1, ""
}

// sameAs reports whether two statements say the same, whatever their numbers and dates.
func (v invoice) sameAs(other invoice) bool {
	return v.total.Equal(other.total) && slices.EqualFunc(v.charges, other.charges, func(a, b Charge) bool {
		return a.identity() == b.identity() && a.Amount.Equal(b.Amount) && sameFigure(a.Units, b.Units) && sameFigure(a.Rate, b.Rate)
	})
}

func sameFigure(a, b decimal.NullDecimal) bool {
	return a.Valid == b.Valid && a.Decimal.Equal(b.Decimal)
}

// replaces reports whether v is a correction of an older statement and no further one beside it: it repeats at least half of
// its lines, of those that cost anything, and comes to at least half of its amount. An invoice of what was forgotten has
// other lines, or is small.
func (v invoice) replaces(older invoice) bool {
	mine := map[chargeIdentity]bool{}
	for _, c := range v.charges {
		mine[c.identity()] = true
	}
	lines, repeated := 0, 0
	for _, c := range older.charges {
		if c.Amount.IsZero() {
			continue
		}
		lines++
		if mine[c.identity()] {
			repeated++
		}
	}
	return lines > 0 && 2*repeated >= lines && v.total.Add(v.total).GreaterThanOrEqual(older.total)
}

// chargeIdentity is what says of a charge what it is for.
type chargeIdentity struct{ name, product, region, what, coupon string }

func (c Charge) identity() chargeIdentity {
	return chargeIdentity{c.Name, c.Product, c.Region, c.What, c.Coupon}
}

// add takes an invoice into the bill.
func (b *Bill) add(v invoice) {
	b.Charges = append(b.Charges, v.charges...)
	b.Total = b.Total.Add(v.total)
	if v.id != "" {
		b.Invoices = append(b.Invoices, v.id)
	}
}

// settle turns what the lines leave out of the total into a charge, so that every column of figures sums to what is to be paid.
func (b *Bill) settle() {
	sum := decimal.Decimal{}
	for _, c := range b.Charges {
		sum = sum.Add(c.Amount)
	}
	if RoundMoney(sum, b.Currency).Equal(RoundMoney(b.Total, b.Currency)) {
		return
	}
	b.Remarks = append(b.Remarks, b.remarkOnRest(sum))
	rest := Charge{Kind: ChargeFixed, Name: NotItemized, Amount: b.Total.Sub(sum)}
	if rest.Amount.IsNegative() {
		rest.Kind = ChargeCredit
	}
	b.Charges = append(b.Charges, rest)
}

func (b *Bill) remarkOnRest(sum decimal.Decimal) string {
	name, total := cmp.Or(strings.Join(b.Invoices, ", "), "the estimate"), Cost(b.Currency).Format(b.Total)
	if len(b.Charges) == 0 {
		return fmt.Sprintf("There are no lines in %s; its %s are shown as %s.", name, total, NotItemized)
	}
	return fmt.Sprintf("The lines of %s come to %s and not to the total of %s; the difference is shown as %s.",
		name, Cost(b.Currency).Format(sum), total, NotItemized)
}

// estimate makes the bill of a month that runs.
func (v invoice) estimate() Bill {
	bill := Bill{Month: v.month, Currency: v.currency, AsOf: v.countedTo, Total: v.total, Charges: v.charges}
	bill.settle()
	return bill
}

// WithProducts returns the bill with the product_id of every charge whose name is that of a usage type, where the rows tell it.
// A name that two products share says nothing.
func (b Bill) WithProducts(rows []Usage) Bill {
	products := map[string]string{}
	for _, u := range rows {
		if before, seen := products[u.UsageType]; seen && before != u.Product {
			products[u.UsageType] = ""
			continue
		}
		products[u.UsageType] = u.Product
	}
	b.Charges = slices.Clone(b.Charges)
	for i, c := range b.Charges {
		b.Charges[i].Product = cmp.Or(products[c.Name], c.Product)
	}
	return b
}
