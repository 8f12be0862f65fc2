package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// bill is a month's bill, prepared for many questions.
type bill struct {
	*billing.Bill
	named   billing.Bill // the same with products as usage names them, if that is known
	rates   map[billing.Metric]decimal.Decimal
	version string
}

func newBill(b *billing.Bill, rows []billing.Usage) *bill {
	if b == nil {
		return nil
	}
	named := b.WithProducts(rows)
	return &bill{Bill: b, named: named, rates: named.Rates(), version: BillVersion(b)}
}

// BillVersion distinguishes two states of a bill: up to when it counts, and its content.
func BillVersion(b *billing.Bill) string {
	var content strings.Builder
	fmt.Fprintf(&content, "%s %q\n", b.Currency, b.Invoices)
	for _, c := range b.Charges {
		fmt.Fprintf(&content, "%s %q %q %q %s %s\n", c.Kind, c.Name, c.Product, c.Region, c.Amount, c.Units.Decimal)
	}
	return versionOf(b.AsOf, content.String())
}

// billObstacle is why the bill cannot be compared with a budget in the currency; else empty.
func (e *evaluation) billObstacle(currency string) string {
	switch {
	case e.bill == nil:
		return cmp.Or(e.BillUnknown, "Fastly's bill has not been read")
	case e.bill.Currency == "":
		return "Fastly does not say which currency it bills in until there is an invoice"
	case e.bill.Currency != currency:
		return fmt.Sprintf("the bill is in %s, but the budget is in %s", e.bill.Currency, currency)
	}
	return ""
}

// cost returns the sum of the charges that the question covers, to the cent.
func (e *evaluation) cost(q question) Finding {
	why := e.billObstacle(q.currency)
	if why == "" {
		why = cmp.Or(q.whyUnclear(e.bill), e.unreadProduct(q))
	}
	if why != "" {
		return Finding{Unknown: why}
	}
	part, parts := q.partOf(e.bill), Amounts{}
	for _, charge := range part.Charges {
		parts.Add(charge.Name, charge.Amount)
	}
	if len(parts) == 0 && (!q.isWholeBill() || e.bill.IsEstimate()) {
		return Finding{Unknown: fmt.Sprintf("Fastly's bill of %s has no charge for %s yet", e.Month, q.chargesWanted()), NotBilled: true}
	}
	return Finding{CountedTo: e.bill.CountedTo(), Used: part.Total, Largest: largest(parts)}
}

// unreadProduct is why it is unknown which charges are of the question's product: a skipped row might have named it. It is
// empty if there is no such row.
func (e *evaluation) unreadProduct(q question) string {
	for _, u := range e.Unread {
		nameless := u.Product == "" || u.UsageType == ""
		if q.Product != "" && nameless && u.Month == e.Month && (rules.Match{Product: q.Product, UsageType: q.UsageType}).MayCover(u) {
			return u.Unread
		}
	}
	return ""
}

// partOf returns the bill with only the charges that the question covers.
func (q question) partOf(b *bill) billing.Bill {
	part := billing.Bill{Month: b.Month, Currency: b.Currency, Invoices: b.Invoices, AsOf: b.AsOf}
	for i, charge := range b.Charges {
		if q.coversCharge(charge, b.named.Charges[i]) {
			part.Charges = append(part.Charges, b.named.Charges[i])
			part.Total = part.Total.Add(charge.Amount)
		}
	}
	for i, line := range b.Unread {
		if q.mayCoverLine(line, b.named.Unread[i]) {
			part.Unread = append(part.Unread, line)
		}
	}
	return part
}

// isWholeBill reports whether everything counts, so that the bill's own total is the answer.
func (q question) isWholeBill() bool {
	return q.Match == rules.Match{} && q.charges == rules.ChargesAll
}

// coversCharge reports whether the charge counts. named is the same charge with its product as usage names it; a rule may use that name, or
// the group on the invoice.
func (q question) coversCharge(c, named billing.Charge) bool {
	coversAll := len(named.MayBe) > 0 && !slices.ContainsFunc(named.MayBe, func(p string) bool { return !billing.Glob(q.Product, p) })
	return (q.charges == rules.ChargesAll || c.Kind == billing.ChargeUsage) && billing.Glob(q.UsageType, c.Name) && billing.Glob(q.Region, c.Region) &&
		(billing.Glob(q.Product, c.Product) || billing.Glob(q.Product, named.Product) || coversAll)
}

// mayCoverLine reports whether an unreadable line may count: it may not even be usage.
func (q question) mayCoverLine(line, named billing.UnreadCharge) bool {
	if line.Name == "" {
		return true
	}
	return billing.Glob(q.UsageType, line.Name) && billing.Glob(q.Region, line.Region) &&
		(billing.Glob(q.Product, line.Product) || billing.Glob(q.Product, named.Product) || q.coversAny(named.MayBe))
}

func (q question) coversAny(products []string) bool {
	return slices.ContainsFunc(products, func(p string) bool { return billing.Glob(q.Product, p) })
}

// whyUnclear is why the bill does not show the figure of the question: a line that may count is unreadable, or the product of a charge is
// unknown. It is empty if that makes no difference, as for the whole bill, whose total is Fastly's own.
func (q question) whyUnclear(b *bill) string {
	if q.isWholeBill() {
		return ""
	}
	for i, line := range b.Unread {
		if q.mayCoverLine(line, b.named.Unread[i]) {
			return line.Describe()
		}
	}
	ofAnyProduct := q
	ofAnyProduct.Product = ""
	for i, c := range b.Charges {
		named := b.named.Charges[i]
		if q.coversAny(named.MayBe) && !q.coversCharge(c, named) && ofAnyProduct.coversCharge(c, named) {
			return unclearProduct(named)
		}
	}
	return ""
}

func unclearProduct(c billing.Charge) string {
	return fmt.Sprintf("Fastly's bill does not say whether its %s are %s", c.Name, strings.Join(c.MayBe, " or "))
}

func (q question) chargesWanted() string {
	switch {
	case q.Match != rules.Match{}:
		return q.Match.String()
	case q.charges == rules.ChargesUsage:
		return "usage"
	}
	return "anything"
}

// priced keeps the rows of usage types that the bill has a rate for. Only their cost can be estimated for a service;
// flat fees belong to no service.
func (e *evaluation) priced(q question, rows []billing.Usage) (kept []billing.Usage, unknown string) {
	for _, row := range rows {
		if why := e.bill.whyNoRate(row.Metric()); why != "" {
			return nil, why
		}
		if _, known := e.bill.rates[row.Metric()]; known {
			kept = append(kept, row)
		}
	}
	if len(rows) > 0 && len(kept) == 0 {
		q.Service = ""
		return nil, fmt.Sprintf("Fastly's bill of %s has no rate for %s yet", e.Month, q.Match.Describe())
	}
	return kept, ""
}

// whyNoRate is why the bill has no rate for a usage type although it has a line that may be of it; empty if there is no such line.
func (b *bill) whyNoRate(of billing.Metric) string {
	for _, line := range b.named.Unread {
		if line.Name == "" || line.Name == of.UsageType {
			return line.Describe()
		}
	}
	for _, c := range b.named.Charges {
		if c.Name == of.UsageType && slices.Contains(c.MayBe, of.Product) {
			return unclearProduct(c)
		}
	}
	return ""
}
