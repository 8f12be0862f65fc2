package main

import (
	"fmt"
	"io"

	"budgetbot/billing"
	"budgetbot/billing/rates"
	"budgetbot/internal/service"
)

// ratesAnswer is what units cost, to be written in any form.
type ratesAnswer struct{ rates.Answer }

// missing is why there is nothing to write; nil where there is something.
func (r ratesAnswer) missing() error {
	months := r.Question.Months
	switch {
	case len(r.Rates) > 0:
		return nil
	case r.Unknown != "":
		return &service.Failure{Problem: fmt.Sprintf("the rates of %s are unclear: %s", months, billing.OneLine(r.Unknown)), Hint: "ask for the month before"}
	case r.Month.IsZero():
		return &service.Failure{
			Problem: "there is no invoice for " + months.String() + " or the two months before, so the rates are not known",
			Hint:    `"budgetbot doctor" says whether the account gets invoices`,
		}
	}
	return &service.Failure{Problem: "the invoice of " + r.Month.String() + " has no rate for this", Hint: "budgetbot usage " + months.String() + " rates"}
}

// print writes exact figures in columns.
func (r ratesAnswer) print(w io.Writer) error {
	money := billing.Cost(r.Currency).Scale().Unit()
	table := [][]string{{"Usage type, " + money, "effective", "marginal", "per", "quantity", "charge"}}
	for _, rate := range r.Rates {
		quantity := rate.Quantity
		if !rate.Measure.Billed {
			quantity = quantity.DivRound(rate.Singles, exactPlaces)
		}
		table = append(table, []string{
			rate.Name, rate.Effective.Round(exactPlaces).String(), rate.Marginal.Round(exactPlaces).String(), rate.Per, quantity.String(), rate.Charge.String(),
		})
	}
	const perColumn = 3
	writeColumns(w, table, perColumn)
	if r.Month != r.Question.Months.Last {
		fmt.Fprintf(w, "\n%s has no invoice that can be used yet: these are the rates of %s.\n", r.Question.Months.Last, r.Month)
	} else {
		fmt.Fprintf(w, "\nThese are the rates of %s.\n", r.Month)
	}
	fmt.Fprint(w, "\nThe effective rate is the charge by the quantity, which is in the unit of the rate; the marginal one is what one more unit costs, at the last tier reached.\n")
	for _, why := range r.Unread {
		fmt.Fprintf(w, "\nNot in these rates: %s.\n", billing.OneLine(why))
	}
	return nil
}

// exactPlaces is after how many decimals a quotient is cut.
const exactPlaces = 8
