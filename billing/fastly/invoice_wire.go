package fastly

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/statement"
)

const (
	maxInvoices = 1_000  // in one answer
	maxLines    = 20_000 // of one invoice
)

// maxMoney bounds an amount and a rate: above it is a mistake.
var maxMoney = decimal.New(1, 15)

// wireInvoice is an invoice, or an estimate of one, as it is sent. What may be a number or a string is kept raw.
type wireInvoice struct {
	ID        label           `json:"invoice_id"`
	Statement label           `json:"statement_number"`
	PostedOn  json.RawMessage `json:"invoice_posted_on"`
	Start     string          `json:"billing_start_date"`
	End       json.RawMessage `json:"billing_end_date"`
	Currency  json.RawMessage `json:"currency_code"`
	Total     json.RawMessage `json:"monthly_transaction_amount"`
	Lines     json.RawMessage `json:"transaction_line_items"`
	Status    json.RawMessage `json:"payment_status"`
	Meta      json.RawMessage `json:"meta"`
}

type wireLine struct {
	Description  string          `json:"description"`
	Amount       json.RawMessage `json:"amount"`
	Coupon       string          `json:"credit_coupon_code"`
	Rate         json.RawMessage `json:"rate"`
	Units        json.RawMessage `json:"units"`
	ProductName  string          `json:"product_name"`
	ProductGroup string          `json:"product_group"`
	Region       string          `json:"region"`
	UsageType    string          `json:"usage_type"`
}

// label is an id, which the API's description takes for a number and its answers write as a string.
type label string

// UnmarshalJSON reads a string or a number, and anything else as no id.
func (l *label) UnmarshalJSON(data []byte) error {
	*l = label(billing.Clean(textOf(data)))
	if kindOf(data) == "a number" {
		*l = label(data)
	}
	return nil
}

// decodeInvoices reads a page of invoices and its reference to the next one. An error is a *BodyError that names the
// invoice and the line.
func decodeInvoices(body []byte) ([]statement.Statement, nextPage, error) {
	wires, metas, err := openInvoices(body)
	if err != nil {
		return nil, nextPage{}, err
	}
	next, err := oneNext(metas)
	if err != nil {
		return nil, nextPage{}, err
	}
	invoices := make([]statement.Statement, 0, len(wires))
	for i, wire := range wires {
		name := "invoice " + cmp.Or(string(wire.ID), string(wire.Statement), fmt.Sprint(i+1))
		read, err := wire.invoice(cmp.Or(string(wire.ID), string(wire.Statement)))
		if err != nil {
			return nil, nextPage{}, inInvoice(name, err)
		}
		invoices = append(invoices, read)
	}
	return invoices, next, nil
}

// decodeEstimate reads the month-to-date answer, which is an invoice with other fields left out. An error is a *BodyError.
func decodeEstimate(body []byte) (statement.Statement, error) {
	wires, _, err := openInvoices(body)
	if err != nil {
		return statement.Statement{}, err
	}
	if len(wires) != 1 {
		return statement.Statement{}, notUnderstood("it has %d invoices instead of one", len(wires))
	}
	read, err := wires[0].invoice("")
	if err == nil && read.Unread != "" {
		err = errors.New(read.Unread)
	}
	if err != nil {
		return statement.Statement{}, inInvoice("month to date", err)
	}
	if len(read.Charges) == 0 && len(read.UnreadLines) == 0 && !read.Total.IsZero() {
		return statement.Statement{}, inInvoice("month to date", errors.New("there are no lines, so that what was counted is not known"))
	}
	return read, nil
}

func inInvoice(name string, err error) error {
	return notUnderstood("%s: %v", billing.Clean(name), err)
}

func openInvoices(body []byte) (wires []wireInvoice, metas []json.RawMessage, err error) {
	e, err := open(body, maxInvoices, "monthly_transaction_amount", "transaction_line_items")
	if err != nil {
		return nil, nil, err
	}
	metas = append(metas, e.meta)
	for i, element := range e.elements {
		var wire wireInvoice
		if err := readObject(element, &wire); err != nil {
			return nil, nil, notUnderstood("invoice %d: %v", i+1, err)
		}
		wires, metas = append(wires, wire), append(metas, wire.Meta)
	}
	return wires, metas, nil
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// invoice reads a statement of that id; an estimate has none. It fails only if the month is unreadable. Any other fault of the
// statement makes that month unknown, and a fault of a line makes unknown what the line is for.
func (w wireInvoice) invoice(id string) (statement.Statement, error) {
	start, err := startOf(w.Start)
	if err != nil {
		return statement.Statement{}, err
	}
	read := statement.Statement{ID: id, Number: cmp.Or(string(w.Statement), id), From: start.UTC()}
	read.Month = billing.MonthOf(start)
	read.CountedTo = countedTo(w.End, read.Month)
	read.To = lastDay(w.End, read.From)
	read.Posted = instantOf(textOf(w.PostedOn))
	read.Void = slices.Contains([]string{"void", "voided", "canceled", "cancelled"}, strings.ToLower(textOf(w.Status)))
	if read.Currency, err = w.currency(); err == nil {
		read.Total, err = moneyFigure("monthly_transaction_amount", w.Total, maxMoney)
	}
	if err != nil {
		read.Unread = err.Error()
		return read, nil //nolint:nilerr // only this month is unknown
	}
	read.Charges, read.UnreadLines = readLines(w.Lines, id)
	return read, nil
}

func (w wireInvoice) currency() (string, error) {
	if kind := kindOf(w.Currency); kind != "a string" && kind != "absent" && kind != "null" {
		return "", fmt.Errorf("currency_code is %s", kind)
	}
	text := textOf(w.Currency)
	code := strings.ToUpper(text)
	if code != "" && !currencyCode.MatchString(code) {
		return "", fmt.Errorf("currency_code is %q, not one such as USD", billing.Clean(text))
	}
	return code, nil
}

// readLines reads the lines of an invoice, and returns the reason for each that cannot be read.
func readLines(list json.RawMessage, invoice string) (charges []billing.Charge, unread []billing.UnreadCharge) {
	var lines []json.RawMessage
	switch kind := kindOf(list); kind {
	case "absent", "null":
		return nil, nil
	case "a list":
		var err error
		if lines, err = elementsOf(list, maxLines); err != nil {
			return nil, []billing.UnreadCharge{{Invoice: invoice, Why: err.Error()}}
		}
	default:
		return nil, []billing.UnreadCharge{{Invoice: invoice, Why: "transaction_line_items is " + kind}}
	}
	charges = make([]billing.Charge, 0, len(lines))
	for i, line := range lines {
		charge, err := readLine(line)
		if err != nil {
			unread = append(unread, billing.UnreadCharge{
				Name: charge.Name, Product: charge.Product, Region: charge.Region, Invoice: invoice, Line: i + 1, Why: err.Error(),
			})
			continue
		}
		charges = append(charges, charge)
	}
	return charges, unread
}

// readLine reads a line. Along with an error it returns what the line is for, as far as that can be read.
func readLine(line json.RawMessage) (charge billing.Charge, err error) {
	var wire wireLine
	if err := readObject(line, &wire); err != nil {
		return billing.Charge{}, err
	}
	charge = billing.Charge{
		Product: meant(wire.ProductGroup),
		Region:  meant(wire.Region),
		What:    meant(wire.UsageType),
		Coupon:  strings.TrimSpace(wire.Coupon),
	}
	charge.Name = cmp.Or(meant(wire.Description), meant(wire.ProductName), charge.What, charge.Product, "Without a Name")
	if charge.Amount, err = moneyFigure("amount", wire.Amount, maxMoney); err != nil {
		return charge, err
	}
	if charge.Units, err = optionalFigure("units", wire.Units, billing.MaxQuantity); err != nil {
		return charge, err
	}
	if charge.Rate, err = optionalFigure("rate", wire.Rate, maxMoney); err != nil {
		return charge, err
	}
	charge.Kind = statement.KindOf(charge)
	return charge, nil
}

// meant returns the text of a field of a line, and an empty one for the words that it does not apply.
func meant(text string) string {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "n/a") || strings.EqualFold(text, "unknown") {
		return ""
	}
	return text
}
