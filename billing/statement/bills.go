package statement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"

	"github.com/shopspring/decimal"
)

// Bills makes a bill of the statements of each month, in whatever order they are listed. The bills are in order of their months.
func Bills(listed []Statement) []billing.Bill {
	months := map[billing.Month][]Statement{}
	for _, v := range listed {
		months[v.Month] = append(months[v.Month], v)
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

// billOf makes one bill of the statements of a month. It reports false if all of them are void: the month waits for its invoice.
func billOf(statements []Statement) (bill billing.Bill, isIn bool) {
	bill = billing.Bill{Month: statements[0].Month}
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
			bill.Currency = p.Currency
		}
	}
	bill.Remarks = read.remarks()
	for _, p := range counted {
		bill.Charges = append(bill.Charges, p.Charges...)
		bill.Unread = append(bill.Unread, p.UnreadLines...)
		bill.Total = bill.Total.Add(p.Total)
		bill.Invoices = append(bill.Invoices, p.ID)
	}
	settleBill(&bill)
	return bill, true
}

func idsOf(statements []Statement) []string {
	var ids []string
	for _, v := range statements {
		ids = append(ids, v.name())
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Estimate makes the bill of a month that runs.
func (v Statement) Estimate() billing.Bill {
	bill := billing.Bill{Month: v.Month, Currency: v.Currency, AsOf: v.CountedTo, Total: v.Total, Charges: v.Charges, Unread: v.UnreadLines}
	settleBill(&bill)
	return bill
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
