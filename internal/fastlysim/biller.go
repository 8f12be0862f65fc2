package fastlysim

import (
	"cmp"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// payWithin is how long after it appears an invoice is outstanding.
const payWithin = 30 * day

// biller writes the invoices of an account.
type biller struct{ account Account }

// statement is a month's nth statement, from 0, which appears at a moment.
func (b biller) statement(m month, rows []Row, n int, appears time.Time) Invoice {
	rules := b.account.Invoices
	invoice := Invoice{
		Month: m.String(), ID: statementID(m, 0), Statement: statementID(m, n),
		Appears: appears, Currency: rules.currency(m), Items: b.items(m, rows, true),
	}.dated()
	if n > 0 {
		invoice.Posted = appears.UTC().Truncate(time.Second)
	}
	if n > 0 && rules.Reissues == Beside {
		invoice.ID = invoice.Statement
	}
	invoice.Amount = amountOf(invoice.Items)
	return invoice
}

// statementID looks as Fastly's do. A later statement of a month has a higher one.
func statementID(m month, n int) string { return fmt.Sprintf("INV-%d", int(m)*10+n) }

// estimate is what a month has come to at a moment.
func (b biller) estimate(m month, rows []Row, until time.Time) Invoice {
	invoice := Invoice{Month: m.String(), End: until, Items: b.items(m, rows, false)}.dated()
	invoice.ID = b.estimateID(invoice)
	invoice.Amount = amountOf(invoice.Items)
	return invoice
}

// estimateID is the customer and the seconds since 1970.
func (b biller) estimateID(invoice Invoice) string {
	return fmt.Sprintf("%s-%d", b.account.CustomerID, invoice.End.Unix())
}

// items are the lines of a month that is over or runs: usage first, then what
// is missing from the commitment, then fees.
func (b biller) items(m month, rows []Row, over bool) []LineItem {
	rules := b.account.Invoices
	items := b.usageItems(rows)
	if short := rules.Commitment.Sub(amountOf(items)); over && short.IsPositive() {
		items = append(items, LineItem{
			Description: "commit shortfall", Amount: short, ProductName: "commit shortfall", Group: "N/A", ProductLine: "N/A",
		})
	}
	for _, fee := range rules.Fees {
		if fee.in(m) {
			items = append(items, fee.item(over))
		}
	}
	return items
}

func (b biller) usageItems(rows []Row) []LineItem {
	var items []LineItem
	for _, row := range rows {
		if row.Quantity.IsZero() {
			continue
		}
		name, price := cmp.Or(row.Name, row.UsageType), b.price(row)
		for _, item := range price.charge(row.Quantity) {
			item.Description, item.ProductName, item.Region = name, name, row.Region
			item.Group, item.ProductLine, item.UsageType = price.Group, price.Line, price.Counts
			items = append(items, item)
		}
	}
	return items
}

// price is that of the account's usage type, and none for a row of another.
func (b biller) price(row Row) Price {
	for _, t := range b.account.Types {
		if t.ProductID == row.ProductID && t.Name == row.UsageType {
			return t.Price
		}
	}
	return Price{Group: "Unknown", Line: "Unknown"}
}

// partial adds to rows of whole days the part of the day after them that is
// over, as evenly as a day can be cut.
func partial(whole, next []Row, part decimal.Decimal) []Row {
	rows := make([]Row, 0, len(next))
	for i, row := range next {
		var before decimal.Decimal
		if i < len(whole) {
			before = whole[i].Quantity
		}
		places := -min(row.Quantity.Exponent(), 0)
		row.Quantity = row.Quantity.Sub(before).Mul(part).Add(before).Truncate(places)
		rows = append(rows, row)
	}
	return rows
}
