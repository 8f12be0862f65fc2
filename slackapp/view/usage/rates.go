package usageview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/rates"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// maxRates is how many rates an answer has if the person asked for no number.
const maxRates = 40

// Rates shows what a unit of each usage type costs, and the quantity and the charge behind each rate.
func Rates(a rates.Answer, c Context) blocks.Message {
	if len(a.Rates) == 0 {
		return noRates(a, c)
	}
	return withTable(ratesSubject(a), ratesFinding(a), ratesGrid(a), ratesFacts(a, c), c)
}

// ratesSubject names the month of the rates.
func ratesSubject(a rates.Answer) string {
	q := a.Question
	q.Months = billing.One(a.Month)
	if q.IsWhole() {
		return "Fastly Rates, " + blocks.Period(q.Months)
	}
	return "Rates: " + subjectOf(report.Table{Question: q}, a.Month.End())
}

// ratesFinding states the rate with the largest charge. If the rates are those of an earlier month, it says so first.
func ratesFinding(a rates.Answer) string {
	var sentences []string
	if asked := a.Question.Months.Last; asked != a.Month {
		why := "isn't invoiced yet"
		if a.Unknown != "" {
			why = "has no clear invoice (" + blocks.Prose(a.Unknown) + ")"
		}
		sentences = append(sentences, fmt.Sprintf("%s %s, so these are the rates of %s.", blocks.LongMonth(asked), why, blocks.LongMonth(a.Month)))
	}
	top := slices.MaxFunc(a.Rates, func(x, y rates.Rate) int { return x.Charge.Cmp(y.Charge) })
	money := billing.Cost(a.Currency)
	sentence := fmt.Sprintf("%s cost *%s per %s*", blocks.Escape(top.Name), blocks.Escape(rateText(money, top.Effective)), blocks.Escape(top.Per))
	if top.Tiers > 1 {
		sentence += ", all tiers together, and " + blocks.Escape(rateText(money, top.Marginal)) + " at the last tier"
	}
	return blocks.Joined(" ", append(sentences, sentence+".", notIn("rates", a.Unread))...)
}

// leastCents is the least rate for which cents are exact enough.
var leastCents = decimal.New(1, 0)

// rateText prints a rate to the cent, and a small one with three figures.
func rateText(money billing.Measure, rate decimal.Decimal) string {
	if rate.GreaterThanOrEqual(leastCents) || rate.IsZero() || rate.Equal(rate.Round(2)) {
		return money.Format(rate)
	}
	whole := money.Format(leastCents) // "$1", or "1 XAU"
	return strings.Replace(whole, "1", decimalText(rate), 1)
}

func decimalText(rate decimal.Decimal) string {
	cut := rate.Round(rateDigits(rate))
	if text := cut.String(); len(text) > len(cut.StringFixed(2)) {
		return text
	}
	return cut.StringFixed(2)
}

// rateDigits is how many decimals a rate has at most.
func rateDigits(rate decimal.Decimal) int32 {
	if rate.GreaterThanOrEqual(leastCents) {
		return 2
	}
	return billing.Figures - int32(rate.NumDigits()) - rate.Exponent()
}

func ratesGrid(a rates.Answer) *blocks.Grid {
	money := billing.Cost(a.Currency)
	g := &blocks.Grid{}
	g.Add(true, "Usage Type", "Effective", "Marginal", "Per", "Quantity", "Charge")
	for _, r := range shownRates(a) {
		name := phrase.NameCell(r.Name)
		if isTwice(a.Rates, r) {
			name += " (" + phrase.NameCell(r.Product) + ")"
		}
		g.Add(false, name, rateText(money, r.Effective), rateText(money, r.Marginal), strings.TrimSuffix(r.Per, " "+billing.NounRequests), quantityCell(r), money.Format(r.Charge))
	}
	return g
}

// shownRates returns the rates with the largest charges, in their order.
func shownRates(a rates.Answer) []rates.Rate {
	if len(a.Rates) <= maxRates || a.Question.Top > 0 {
		return a.Rates
	}
	bySize := slices.SortedStableFunc(slices.Values(a.Rates), func(x, y rates.Rate) int { return y.Charge.Cmp(x.Charge) })
	least := bySize[maxRates-1].Charge
	return slices.DeleteFunc(slices.Clone(a.Rates), func(r rates.Rate) bool { return r.Charge.LessThan(least) })
}

func isTwice(all []rates.Rate, r rates.Rate) bool {
	return slices.ContainsFunc(all, func(other rates.Rate) bool { return other.Name == r.Name && other.Product != r.Product })
}

// mostFigures is how many figures a quantity may have.
const mostFigures = 8

// quantityCell prints a quantity with enough digits to compute the effective rate from it and the charge.
func quantityCell(r rates.Rate) string {
	figures := int32(billing.Figures) + 1
	for ; figures < mostFigures; figures++ {
		rate := r.Charge.Mul(r.Measure.InUnit(r.Singles)).Div(billing.Shown(figures, r.Measure.InUnit(r.Quantity)))
		if rate.Sub(r.Effective).Abs().LessThan(decimal.New(1, -rateDigits(r.Effective))) {
			break
		}
	}
	text := r.Measure.FormatTo(figures, r.Quantity)
	if r.Measure.IsCount() { // the column before names the unit
		text = strings.TrimSuffix(text, " "+r.Measure.Noun)
	}
	return text
}

// ratesFacts returns the small type of an answer about rates: the invoice, what the columns mean, and what is left out.
func ratesFacts(a rates.Answer, c Context) []string {
	currency, hidden := "", ""
	if a.Currency == "" {
		currency = "Fastly didn't say which currency"
	}
	if shown := len(shownRates(a)); shown < len(a.Rates) {
		hidden = fmt.Sprintf("%d of %d rates, those that most was paid at: `budgetbot usage -o csv` shows all", shown, len(a.Rates))
	}
	return []string{
		freshFact("As invoiced for "+blocks.Period(billing.One(a.Month)), a.Fresh, c),
		currency,
		"effective: charge ÷ quantity, all tiers together; marginal: what one more unit costs, at the last tier that " + blocks.LongMonth(a.Month) + " reached",
		hidden,
		"rates are the account's, the same for every service",
	}
}

// noRates says why there are no rates, and what to ask instead.
func noRates(a rates.Answer, c Context) blocks.Message {
	q := a.Question
	when := blocks.Period(q.Months)
	before := billing.Range{First: q.Months.Last.Add(-billing.InvoiceLag), Last: q.Months.Last}
	var lines []string
	switch {
	case a.Month.IsZero():
		lines = []string{
			fmt.Sprintf("*I don't know the rates of %s:* Fastly has no invoice for %s that I can read.", when, blocks.Period(before)),
			"This account may not get any invoices.",
		}
		if a.Unknown != "" {
			lines = append(lines[:1], blocks.Prose(a.Unknown)+".")
		}
	case len(a.Unread) > 0:
		lines = []string{fmt.Sprintf("*I can't tell the rates for %s in %s.*", wanted(q), blocks.LongMonth(a.Month)), blocks.Prose(a.Unread[0]) + "."}
	default:
		lines = []string{fmt.Sprintf("*%s's invoice has no rate for %s.*", blocks.LongMonth(a.Month), wanted(q))}
	}
	return withoutTable(report.Table{Question: q, Fresh: a.Fresh}, c, lines)
}
