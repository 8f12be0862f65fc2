package fault

import (
	"encoding/json"
	"fmt"
	"strings"
)

// statements are answers of the list of invoices with something wrong in an
// invoice, in a line or in how they go on. A line may lack what nothing is
// charged by; amounts and months it may not.
var statements = []Fault{
	statement("an invoice without an id", Refuses, drop(isInvoice, "invoice_id")),
	statement("an invoice without an amount", Refuses, drop(isInvoice, amountField)),
	statement("an invoice over null", Refuses, put(isInvoice, amountField, nil)),
	statement("an invoice over an amount in words", Refuses, put(isInvoice, amountField, "plenty")),
	statement("an invoice over an amount in quotes", Reads, first(isInvoice, quoted)),
	statement("an invoice over an amount with commas", ReadsOrRefuses, first(isInvoice, withCommas)),
	statement("an invoice without a start", Refuses, drop(isInvoice, "billing_start_date")),
	statement("an invoice that starts in words", Refuses, put(isInvoice, "billing_start_date", "last summer")),
	statement("an invoice without a currency", ReadsOrRefuses, drop(isInvoice, "currency_code")),
	statement("an invoice without a status", Reads, drop(isInvoice, "payment_status")),
	statement("an invoice of null", Refuses, list(isInvoice, withNull)),
	statement("an invoice twice", ReadsOrRefuses, list(isInvoice, func(all []any) []any { return again(all, "", nil) })),
	statement("an invoice twice, over different amounts", Refuses, list(isInvoice, func(all []any) []any { return again(all, amountField, json.Number("1.5")) })),
	statement("invoices oldest first", Reads, list(isInvoice, reversed)),

	statement("an invoice without lines", ReadsOrRefuses, drop(isInvoice, itemsField)),
	statement("an invoice with lines of null", ReadsOrRefuses, put(isInvoice, itemsField, nil)),
	statement("an invoice with an empty list of lines", ReadsOrRefuses, put(isInvoice, itemsField, []any{})),
	statement("an invoice with a text for lines", Refuses, put(isInvoice, itemsField, "see attachment")),
	statement("lines that do not add up", ReadsOrRefuses, put(isItem, "amount", json.Number("0.01"))),
	statement("a line of null", Refuses, list(isItem, withNull)),
	statement("a line without an amount", Refuses, drop(isItem, "amount")),
	statement("a line over null", Refuses, put(isItem, "amount", nil)),
	statement("a line over an amount in words", Refuses, put(isItem, "amount", "plenty")),
	statement("a line over an absurd amount", Refuses, put(isItem, "amount", json.Number("1e300"))),
	statement("a line without units", Reads, drop(isItem, "units")),
	statement("a line with units of null", Reads, put(isItem, "units", nil)),
	statement("a line with units in words", ReadsOrRefuses, put(isItem, "units", "plenty")),
	statement("a line without a rate", Reads, drop(isItem, "rate")),
	statement("a line with a rate of zero", Reads, put(isItem, "rate", json.Number("0"))),
	statement("a line without a name", ReadsOrRefuses, first(isItem, func(item object) {
		delete(item, "description")
		item["product_name"] = ""
	})),
	statement("a line without a region", Reads, drop(isItem, "region")),
	statement("a line without a coupon", Reads, drop(isItem, "credit_coupon_code")),

	{
		Name: "invoices by the same cursor again and again", Path: InvoicesPath, Outcome: Refuses, AnyCursor: true,
		Rewrite: metaField("next_cursor", func(int) any { return "++++////c2FtZQ==" }),
	},
	{
		Name: "invoices without end", Path: InvoicesPath, Outcome: Refuses, AnyCursor: true,
		Rewrite: metaField("next_cursor", func(turn int) any { return fmt.Sprintf("++++////%08d", turn) }),
	},
}

// estimates are answers of month-to-date with something wrong in them.
var estimates = []Fault{
	estimated("an estimate without an amount", Refuses, drop(isInvoice, amountField)),
	estimated("an estimate over null", Refuses, put(isInvoice, amountField, nil)),
	estimated("an estimate over an empty amount", Refuses, put(isInvoice, amountField, "")),
	estimated("an estimate over an amount without quotes", Reads, first(isInvoice, unquoted)),
	estimated("an estimate over an amount with commas", ReadsOrRefuses, first(isInvoice, withCommas)),
	estimated("an estimate without an end", ReadsOrRefuses, drop(isInvoice, "billing_end_date")),
	estimated("an estimate without a start", Refuses, drop(isInvoice, "billing_start_date")),
	estimated("an estimate without lines", ReadsOrRefuses, drop(isInvoice, itemsField)),
	estimated("a line of an estimate without an amount", Refuses, drop(isItem, "amount")),
	estimated("a line of an estimate without units", Reads, drop(isItem, "units")),
}

const amountField, itemsField = "monthly_transaction_amount", "transaction_line_items"

func statement(name string, outcome Outcome, change rewrite) Fault {
	return Fault{Name: name, Path: InvoicesPath, Outcome: outcome, Rewrite: change}
}

func estimated(name string, outcome Outcome, change rewrite) Fault {
	return Fault{Name: name, Path: MonthToDatePath, Outcome: outcome, Rewrite: change}
}

func quoted(invoice object) { invoice[amountField] = fmt.Sprint(invoice[amountField]) }

func unquoted(invoice object) { invoice[amountField] = json.Number(fmt.Sprint(invoice[amountField])) }

// withCommas writes the true amount as people do.
func withCommas(invoice object) {
	whole, cents, _ := strings.Cut(fmt.Sprint(invoice[amountField]), ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	invoice[amountField] = whole + "." + (cents + "00")[:2]
}
