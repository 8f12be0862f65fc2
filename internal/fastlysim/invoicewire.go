package fastlysim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"budgetbot/internal/fastlysim/account"
)

// field is a field of a JSON object.
type field struct {
	name  string
	value any
}

// fields are a JSON object in which any field can be written as it should not be.
type fields []field

func (f fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, field := range f {
		name, err := json.Marshal(field.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(field.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// written replaces fields by JSON texts, leaves out those of an empty text, and
// appends those that were not there.
func (f fields) written(texts map[string]string) fields {
	if len(texts) == 0 {
		return f
	}
	var out fields
	put := func(name, text string) {
		if text != "" {
			out = append(out, field{name, json.RawMessage(text)})
		}
	}
	added := maps.Clone(texts)
	for _, known := range f {
		if text, changed := texts[known.name]; changed {
			put(known.name, text)
			delete(added, known.name)
		} else {
			out = append(out, known)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		put(name, added[name])
	}
	return out
}

// extraFields are extraJSON for objects that are fields.
func (c Config) extraFields() fields {
	extra := c.extra()
	if extra == nil {
		return nil
	}
	return fields{{"edition", extra.Edition}, {"labels", extra.Labels}, {"estimate", extra.Estimate}, {"reviewed", extra.Reviewed}}
}

// invoiceJSON is a statement as it is listed.
func (c Config) invoiceJSON(i account.Invoice) fields {
	return slices.Concat(fields{
		{"customer_id", c.Account.CustomerID},
		{"invoice_id", i.ID},
		{"invoice_posted_on", instant(i.Posted)},
		{"billing_start_date", instant(i.Start)},
		{"billing_end_date", instant(i.End)},
		{"statement_number", cmp.Or(i.Statement, i.ID)},
		{"currency_code", cmp.Or(i.Currency, "USD")},
		{"monthly_transaction_amount", c.Numbers.write(i.Amount)},
		{"payment_status", cmp.Or(i.Status, "outstanding")},
		{"transaction_line_items", c.itemsJSON(i.Items, true)},
	}, c.extraFields()).written(i.Written)
}

// estimateJSON is a month-to-date estimate, whose amount is a string.
func (c Config) estimateJSON(i account.Invoice) fields {
	return slices.Concat(fields{
		{"customer_id", c.Account.CustomerID},
		{"invoice_id", i.ID},
		{"billing_start_date", instant(i.Start)},
		{"billing_end_date", instant(i.End)},
		{"monthly_transaction_amount", i.Amount.String()},
		{"transaction_line_items", c.itemsJSON(i.Items, false)},
	}, c.extraFields()).written(i.Written)
}

// itemsJSON are lines, those of an estimate without a field for coupons.
func (c Config) itemsJSON(items []account.LineItem, coupons bool) []fields {
	list := make([]fields, 0, len(items))
	for _, item := range items {
		wire := fields{{"description", item.Description}, {"amount", c.Numbers.write(item.Amount)}}
		if coupons {
			wire = append(wire, field{"credit_coupon_code", item.Coupon})
		}
		wire = append(wire,
			field{"rate", c.Numbers.write(item.Rate)},
			field{"units", c.Numbers.write(item.Units)},
			field{"product_name", item.ProductName},
			field{"product_group", item.Group},
			field{"product_line", item.ProductLine},
			field{"region", item.Region},
			field{"usage_type", item.UsageType},
		)
		list = append(list, slices.Concat(wire, c.extraFields()).written(item.Written))
	}
	return list
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
