package account

import (
	"cmp"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// payWithin is how long after it appears an invoice is outstanding.
const payWithin = 30 * Day

// Biller writes the invoices of an account.
type Biller struct{ Account Account }

// statement is a month's nth statement, from 0, which appears at a moment.
func (b Biller) statement(m Month, rows []Row, n int, appears time.Time) Invoice {
	rules := b.Account.Invoices
	invoice := Invoice{
		Month: m.String(), ID: statementID(m, 0), Statement: statementID(m, n),
		Appears: appears, Currency: rules.currency(m), Items: b.items(m, rows, true),
	}.Dated()
	if n > 0 {
		invoice.Posted = appears.UTC().Truncate(time.Second)
	}
	if n > 0 && rules.Reissues == Beside {
		invoice.ID = invoice.Statement
	}
	invoice.Amount = AmountOf(invoice.Items)
	return invoice
}

// statementID looks as Fastly's do. A later statement of a month has a higher one.
func statementID(m Month, n int) string { return fmt.Sprintf("INV-%d", int(m)*10+n) }

// estimate is what a month has come to at a moment.
func (b Biller) estimate(m Month, rows []Row, until time.Time) Invoice {
	invoice := Invoice{Month: m.String(), End: until, Items: b.items(m, rows, false)}.Dated()
	invoice.ID = b.EstimateID(invoice)
	invoice.Amount = AmountOf(invoice.Items)
	return invoice
}

// EstimateID is the customer and the seconds since 1970.
func (b Biller) EstimateID(invoice Invoice) string {
	return fmt.Sprintf("%s-%d", b.Account.CustomerID, invoice.End.Unix())
}

// items are the lines of a month that is over or runs: usage first, then what
// is missing from the commitment, then fees.
func (b Biller) items(m Month, rows []Row, over bool) []LineItem {
	rules := b.Account.Invoices
	items := b.usageItems(rows)
	if short := rules.Commitment.Sub(AmountOf(items)); over && short.IsPositive() {
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

func (b Biller) usageItems(rows []Row) []LineItem {
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
func (b Biller) price(row Row) Price {
	for _, t := range b.Account.Types {
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
