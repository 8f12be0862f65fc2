package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// bill is a month's bill made ready for being asked many times.
type bill struct {
	*billing.Bill
	products  []string // of each charge, by the product_id that usage has for its name
	rates     map[string]decimal.Decimal
	countedTo time.Time
	version   string
}

func newBill(b *billing.Bill, rows []billing.Usage) *bill {
	if b == nil {
		return nil
	}
	ready := &bill{Bill: b, rates: b.Rates(), countedTo: b.AsOf, version: billVersion(b)}
	if !b.IsEstimate() {
		ready.countedTo = b.Month.End()
	}
	for _, charge := range b.WithProducts(rows).Charges {
		ready.products = append(ready.products, charge.Product)
	}
	return ready
}

// billVersion tells two states of a bill apart: up to when it counts, and what it is of.
func billVersion(b *billing.Bill) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %q\n", b.Currency, b.Invoices)
	for _, c := range b.Charges {
		fmt.Fprintf(hash, "%s %q %q %q %s %s\n", c.Kind, c.Name, c.Product, c.Region, c.Amount, c.Units.Decimal)
	}
	return b.AsOf.UTC().Format("2006-01-02T15:04Z") + "-" + hex.EncodeToString(hash.Sum(nil)[:6])
}

// money is what a question of cost asks for beside usage.
type money struct {
	currency string
	charges  Charges
}

// billObstacle is why the bill cannot be held against a budget in the currency; empty where it can.
func (e *evaluation) billObstacle(currency string) string {
	switch {
	case e.bill == nil:
		return cmp.Or(e.BillUnknown, "Fastly's bill is not read here")
	case e.bill.Currency == "":
		return "Fastly does not say in which currency it bills until there is an invoice"
	case e.bill.Currency != currency:
		return fmt.Sprintf("the bill is in %s, and the budget in %s", e.bill.Currency, currency)
	}
	return ""
}

// cost returns what the charges come to that the question covers, to the cent.
func (e *evaluation) cost(q question) total {
	if why := e.billObstacle(q.currency); why != "" {
		return total{unknown: why}
	}
	t, parts := total{countedTo: e.bill.countedTo}, map[string]decimal.Decimal{}
	for i, charge := range e.bill.Charges {
		if q.coversCharge(charge, e.bill.products[i]) {
			t.used = t.used.Add(charge.Amount)
			parts[charge.Name] = parts[charge.Name].Add(charge.Amount)
		}
	}
	if len(parts) == 0 {
		return total{unknown: fmt.Sprintf("Fastly's bill of %s has no charge for %s yet", e.Month, q.chargesWanted())}
	}
	t.largest = largest(parts)
	return t
}

// partOf returns the bill with the charges alone that the question covers.
func (q question) partOf(b *bill) billing.Bill {
	part := billing.Bill{Month: b.Month, Currency: b.Currency, Invoices: b.Invoices, AsOf: b.AsOf}
	for i, charge := range b.Charges {
		if q.coversCharge(charge, b.products[i]) {
			part.Charges = append(part.Charges, charge)
			part.Total = part.Total.Add(charge.Amount)
		}
	}
	return part
}

// coversCharge reports whether the charge counts. productID is its product as usage has it; a rule may name that, or the group that
// the invoice has.
func (q question) coversCharge(c billing.Charge, productID string) bool {
	return (q.charges == ChargesAll || c.Kind == billing.ChargeUsage) && Glob(q.UsageType, c.Name) && Glob(q.Region, c.Region) &&
		(Glob(q.Product, c.Product) || Glob(q.Product, productID))
}

func (q question) chargesWanted() string {
	switch {
	case q.Match != Match{}:
		return q.Match.String()
	case q.charges == ChargesUsage:
		return "usage"
	}
	return "anything"
}

// priced keeps the rows of usage types that the bill has a rate for. What a service used of them is a part of the bill that can be
// estimated; of flat fees no service has any.
func (e *evaluation) priced(q question, rows []billing.Usage) (kept []billing.Usage, unknown string) {
	for _, row := range rows {
		if _, known := e.bill.rates[row.UsageType]; known {
			kept = append(kept, row)
		}
	}
	if len(rows) > 0 && len(kept) == 0 {
		q.Service = ""
		return nil, fmt.Sprintf("Fastly's bill of %s has no rate for %s yet", e.Month, q.Match.describe())
	}
	return kept, ""
}

// addCost adds what the quantities come to at the rates of the bill. It is an estimate: Fastly bills the account and not its
// services.
func (t *total) addCost(rows []billing.Usage, b *bill) {
	parts := map[string]decimal.Decimal{}
	for _, row := range rows {
		amount := row.Quantity.Mul(b.rates[row.UsageType])
		parts[row.UsageType] = parts[row.UsageType].Add(amount)
		t.used = t.used.Add(amount)
	}
	t.used = billing.RoundMoney(t.used, b.Currency)
	t.largest = largest(parts)
}
