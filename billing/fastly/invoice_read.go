package fastly

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// NotItemized is the name of the charge that stands for what a bill's lines leave out of its total.
const NotItemized = "Not Itemized"

// invoice is one statement of Fastly's, or its estimate of a month that is not invoiced yet.
type invoice struct {
	id, statement string
	month         billing.Month
	from, to      time.Time // the first and the last of its days, or the day after
	void          bool
	posted        time.Time // zero where it is not said; of no use to tell the month, but to tell which of two is later
	countedTo     time.Time // the end of the month, or up to when an estimate counts; zero where it is not said
	currency      string
	total         decimal.Decimal
	charges       []billing.Charge
	unreadLines   []billing.UnreadCharge
	unread        string // why it cannot be read, though its month can; empty where it can
}

// billsOf makes a bill of the statements of each month, in whatever order they are listed. The bills are in order of their months.
func billsOf(listed []invoice) []billing.Bill {
	months := map[billing.Month][]invoice{}
	for _, v := range listed {
		months[v.month] = append(months[v.month], v)
	}
	var bills []billing.Bill
	for _, statements := range months {
		if bill, isIn := billOf(statements); isIn {
			bills = append(bills, bill)
		}
	}
	billing.SortBills(bills)
	return bills
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

// billOf makes one bill of the statements of a month. It reports false where all of them are void: the month waits for its invoice.
func billOf(statements []invoice) (bill billing.Bill, isIn bool) {
	bill = billing.Bill{Month: statements[0].month}
	read, err := readAccount(statements)
	if err != nil {
		bill.Unknown, bill.NotCounted = err.Error(), idsOf(statements)
		return bill, true
	}
	bill.NotCounted = namesOf(read, func(p *posted) bool { return !p.isLive() })
	counted := read.counted()
	if len(counted) == 0 && !slices.ContainsFunc(read, func(p *posted) bool { return p.fate == isUndone }) {
		return billing.Bill{}, false
	}
	for _, p := range read {
		if p.isLive() || p.fate == isUndone && bill.Currency == "" {
			bill.Currency = p.currency
		}
	}
	bill.Remarks = read.remarks()
	for _, p := range counted {
		addCharge(&bill, p.invoice)
	}
	settleBill(&bill)
	return bill, true
}

func idsOf(statements []invoice) []string {
	var ids []string
	for _, v := range statements {
		ids = append(ids, v.name())
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// name is how people are told of a statement.
func (v invoice) name() string { return cmp.Or(v.id, "a statement without an id") }

// chargeIdentity is what says of a charge what it is for.
type chargeIdentity struct{ name, product, region, what, coupon string }

func identityOf(c billing.Charge) chargeIdentity {
	return chargeIdentity{c.Name, c.Product, c.Region, c.What, c.Coupon}
}

// addCharge takes an invoice into the bill.
func addCharge(b *billing.Bill, v invoice) {
	b.Charges = append(b.Charges, v.charges...)
	b.Unread = append(b.Unread, v.unreadLines...)
	b.Total = b.Total.Add(v.total)
	b.Invoices = append(b.Invoices, v.id)
}

// settleBill turns what the lines leave out of the total into a charge, so that every column of figures sums to what is to be paid.
func settleBill(b *billing.Bill) {
	sum := decimal.Decimal{}
	for _, c := range b.Charges {
		sum = sum.Add(c.Amount)
	}
	for i, u := range b.Unread {
		if i == maxNames {
			b.Remarks = append(b.Remarks, fmt.Sprintf("%d more lines cannot be read.", len(b.Unread)-i))
			break
		}
		b.Remarks = append(b.Remarks, u.Describe()+".")
	}
	if billing.RoundMoney(sum, b.Currency).Equal(billing.RoundMoney(b.Total, b.Currency)) {
		return
	}
	b.Remarks = append(b.Remarks, remarkOnRest(b, sum))
	rest := billing.Charge{Kind: billing.ChargeFixed, Name: NotItemized, Amount: b.Total.Sub(sum)}
	if rest.Amount.IsNegative() {
		rest.Kind = billing.ChargeCredit
	}
	b.Charges = append(b.Charges, rest)
}

func remarkOnRest(b *billing.Bill, sum decimal.Decimal) string {
	name, total := cmp.Or(strings.Join(b.Invoices, ", "), "the estimate"), billing.Cost(b.Currency).Format(b.Total)
	if len(b.Charges) == 0 {
		return fmt.Sprintf("There are no lines in %s; its %s are shown as %s.", name, total, NotItemized)
	}
	return fmt.Sprintf("The lines of %s come to %s and not to the total of %s; the difference is shown as %s.",
		name, billing.Cost(b.Currency).Format(sum), total, NotItemized)
}

// estimate makes the bill of a month that runs.
func (v invoice) estimate() billing.Bill {
	bill := billing.Bill{Month: v.month, Currency: v.currency, AsOf: v.countedTo, Total: v.total, Charges: v.charges, Unread: v.unreadLines}
	settleBill(&bill)
	return bill
}
