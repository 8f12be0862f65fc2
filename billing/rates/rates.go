// Package rates answers what a unit of usage costs: on average and at the last tier of the price, by the newest invoice.
package rates

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
)

// Answer is the rates of one invoiced month.
type Answer struct {
	Question report.Question `json:"question"`
	// Month is the invoiced month that the rates are of, which may be before that of the question; zero if no invoice is known.
	Month    billing.Month     `json:"month,omitzero"`
	Currency string            `json:"currency,omitempty"`
	Rates    []Rate            `json:"rates"`
	Fresh    billing.Freshness `json:"fresh"`
	// Unread are the reasons for which rates are missing that a line of the invoice may be of.
	Unread []string `json:"unread,omitempty"`
	// Unknown is why the invoice of the month that was asked for cannot be used; mostly empty.
	Unknown string `json:"unknown,omitempty"`
}

// Rate is what one usage type costs.
type Rate struct {
	Name    string `json:"name"`
	Product string `json:"product,omitempty"`
	// Measure is what Quantity counts, in single units.
	Measure  billing.Measure `json:"measure"`
	Quantity decimal.Decimal `json:"quantity"`
	// Billed is the same in the invoice's units.
	Billed decimal.Decimal `json:"billed_quantity"`
	Charge decimal.Decimal `json:"charge"`
	// Per is the unit that the rates are for, "TB", and Singles how many single ones that is.
	Per     string          `json:"per"`
	Singles decimal.Decimal `json:"-"`
	// Effective is the charge by the quantity, and Marginal the rate of the last tier that the month reached.
	Effective decimal.Decimal `json:"effective"`
	Marginal  decimal.Decimal `json:"marginal"`
	Tiers     int             `json:"tiers"`
}

// Asker answers from what it reads.
type Asker struct {
	Usage billing.Reader
	// Bills is where costs are read; nil if there is no such place.
	Bills billing.BillReader
}

// Ask returns the rates of the month of the question, or, if that is not invoiced, of the newest invoiced month before it.
func (a Asker) Ask(ctx context.Context, q report.Question, now time.Time) (Answer, error) {
	q.By = report.ByUsageType
	answer := Answer{Question: q}
	if a.Bills == nil {
		return answer, nil
	}
	months := billing.Range{First: q.Months.Last.Add(-billing.InvoiceLag), Last: q.Months.Last}
	reading, err := a.Bills.ReadBills(ctx, months, now)
	switch {
	case errors.Is(err, billing.ErrNoEstimate): // there is no bill at all
		return answer, nil
	case err != nil:
		return answer, fmt.Errorf("read the bills of %s: %w", months, err)
	}
	answer.Fresh = reading.Fresh
	var invoice *billing.Bill
	for i, bill := range reading.Bills {
		switch {
		case bill.IsEstimate():
		case bill.Unknown == "":
			invoice, answer.Unknown = &reading.Bills[i], ""
		case bill.Month == q.Months.Last:
			answer.Unknown = bill.Unknown
		}
	}
	if invoice == nil {
		return answer, nil
	}
	usage, err := a.Usage.Read(ctx, billing.Range{First: invoice.Month, Last: q.Months.Last})
	if err != nil {
		return answer, fmt.Errorf("read usage for %s: %w", invoice.Month, err)
	}
	answer.Month, answer.Currency = invoice.Month, invoice.Currency
	answer.add(invoice.WithProducts(billing.WithNames(usage.Rows, usage.Unread)), usage.Rows)
	return answer, nil
}

// add adds the rates of an invoice whose products are those of the usage.
func (a *Answer) add(invoice billing.Bill, usage []billing.Usage) {
	marginal, tiers, units := invoice.MarginalRates(), invoice.Tiers(), unitsOf(usage)
	effective := invoice.Rates()
	amounts := map[billing.Metric]*Rate{}
	for _, c := range invoice.Charges {
		_, _, wanted := a.Question.RowOfCharge(c)
		if c.Kind != billing.ChargeUsage || !c.Units.Valid || !c.Units.Decimal.IsPositive() || !wanted {
			continue
		}
		of := c.Metric()
		rate := amounts[of]
		if rate == nil {
			rate = &Rate{Name: of.UsageType, Product: of.Product, Tiers: len(tiers[of])}
			amounts[of] = rate
		}
		rate.Charge, rate.Billed = rate.Charge.Add(c.Amount), rate.Billed.Add(c.Units.Decimal)
		rate.Measure, rate.Quantity = units.count(c, rate.Billed)
	}
	for of, rate := range amounts {
		rate.Per, rate.Singles = perOf(rate.Measure)
		inPer := rate.Quantity.Div(rate.Singles) // the quantity in the unit of the rate
		rate.Marginal = marginal[of].Mul(rate.Billed).Div(inPer)
		if _, known := effective[of]; !known && !rate.Charge.IsZero() && len(invoice.Unread) > 0 {
			continue // a line that cannot be read may be of it
		}
		rate.Effective = rate.Charge.Div(inPer)
		a.Rates = append(a.Rates, *rate)
	}
	for _, u := range invoice.Unread {
		a.Unread = append(a.Unread, u.Describe())
	}
	of := map[billing.Measure]decimal.Decimal{} // what each measure cost
	for _, rate := range a.Rates {
		of[rate.Measure] = of[rate.Measure].Add(rate.Charge)
	}
	slices.SortFunc(a.Rates, func(x, y Rate) int {
		return cmp.Or(of[y.Measure].Cmp(of[x.Measure]), report.CompareMeasures(x.Measure, y.Measure), y.Charge.Cmp(x.Charge), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Product, y.Product))
	})
	if top := a.Question.Top; top > 0 && len(a.Rates) > top {
		slices.SortFunc(a.Rates, func(x, y Rate) int { return cmp.Or(y.Charge.Cmp(x.Charge), cmp.Compare(x.Name, y.Name)) })
		a.Rates = a.Rates[:top]
	}
}

// units are how usage types are counted.
type units struct {
	factors billing.Factors
	units   map[billing.Metric]string
}

func unitsOf(usage []billing.Usage) units {
	known := units{billing.FactorsOf(usage), map[billing.Metric]string{}}
	for _, u := range usage {
		known.units[u.Metric()] = u.Unit
	}
	return known
}

// count returns the measure of a charge, and how many single units so many billed ones are.
func (k units) count(c billing.Charge, billed decimal.Decimal) (billing.Measure, decimal.Decimal) {
	unit := cmp.Or(k.units[c.Metric()], billing.MeasureIn(c), billing.UnitPlain)
	single, measure := k.factors.Single(billing.Usage{Product: c.Product, UsageType: c.Name, Unit: unit, Quantity: billed})
	return measure, single
}

var (
	terabyte = decimal.New(1, 12)
	million  = decimal.New(1, 6)
	hour     = decimal.New(3_600_000, 0) // in milliseconds
	one      = decimal.New(1, 0)
)

// perOf returns the unit in which people compare prices, and how many single ones it is.
func perOf(m billing.Measure) (name string, singles decimal.Decimal) {
	switch {
	case m.Billed:
		return "billed unit", one
	case m.Bytes && m.Noun == billing.NounStorage:
		return "TB-month", terabyte
	case m.Bytes:
		return "TB", terabyte
	case m.Time:
		return "hour", hour
	case m.Noun == billing.NounRequests:
		return "million requests", million
	case m.IsCount():
		return "million", million
	}
	return m.Noun, one
}

// csvHeader names the columns of WriteCSV.
var csvHeader = []string{"month", "product", "name", "currency", "per", "effective_rate", "marginal_rate", "quantity", "measure", "billed_quantity", "charge"}

// WriteCSV writes a line for each rate; the quantity is in single units, and time in hours, as the rates are.
func (a Answer) WriteCSV(w io.Writer, form csvfile.Form) error {
	lines := [][]string{csvHeader}
	for _, r := range a.Rates {
		lines = append(lines, []string{
			a.Month.String(), csvfile.PlainCell(r.Product), csvfile.PlainCell(r.Name), csvfile.PlainCell(a.Currency), csvfile.PlainCell(r.Per),
			r.Effective.String(), r.Marginal.String(), r.Measure.Exact(r.Quantity), csvfile.PlainCell(r.Measure.Noun), r.Billed.String(), r.Charge.String(),
		})
	}
	return csvfile.Write(w, form, lines)
}
