package billing

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// Way is how the figure of a Step relates to the amount that there is.
type Way int

// The ways.
const (
	WayTo    Way = iota // it is the new amount
	WayUp               // it is added
	WayDown             // it is taken away
	WayRaise            // it is the new amount if that is higher, else it is added
)

// Step is how a person wants an amount to change: to another one, or by an amount or a percentage.
type Step struct {
	Way     Way
	Amount  Amount
	Percent decimal.NullDecimal // instead of Amount
}

// ParseStep reads the figure of a step: an amount, or a percentage such as "10%". The error is a sentence for the person who wrote it.
func ParseStep(text string, way Way) (Step, error) {
	if !percentPattern.MatchString(text) {
		amount, err := ParseAmount(text)
		return Step{Way: way, Amount: amount}, err
	}
	percent, err := decimal.NewFromString(strings.TrimSuffix(text, "%"))
	if err != nil || percent.IsZero() {
		return Step{}, fmt.Errorf("%s changes nothing", text)
	}
	return Step{Way: way, Percent: decimal.NewNullDecimal(percent)}, nil
}

// percentPattern has no exponents, which would make a figure of any size.
var percentPattern = regexp.MustCompile(`^\d{1,20}(\.\d{1,20})?%$`)

// Fits reports whether the step can be taken from an amount: a figure of another unit cannot.
func (s Step) Fits(now Amount) bool {
	return s.Percent.Valid || s.Amount.Kind == now.Kind && s.Amount.Currency == now.Currency
}

// Figure is the figure of the step, as people write it.
func (s Step) Figure() string {
	if s.Percent.Valid {
		return s.Percent.Decimal.String() + "%"
	}
	return s.Amount.String()
}

// From returns the amount after the step from now, which it fits, and says how it was worked out; how is empty for an amount that was named.
func (s Step) From(now Amount) (amount Amount, how string, err error) {
	by, way := s.Amount.Value, s.wayFrom(now)
	if s.Percent.Valid {
		by = now.Value.Mul(s.Percent.Decimal).Shift(-2)
	}
	exact := now
	switch way {
	case WayUp:
		exact.Value, how = now.Value.Add(by), s.Figure()+" more than "+now.String()
	case WayDown:
		exact.Value, how = now.Value.Sub(by), s.Figure()+" less than "+now.String()
	default:
		if exact.Value = by; s.Percent.Valid {
			how = s.Figure() + " of " + now.String()
		}
	}
	switch amount = exact; {
	case !exact.Value.IsPositive():
		return Amount{}, "", fmt.Errorf("%s is not above zero", how)
	case exact.Value.GreaterThan(maxAmount):
		return Amount{}, "", fmt.Errorf("%s is more than Fastly could count", how)
	case how != "":
		amount = exact.rounded()
		how += " is "
		if !amount.Value.Equal(exact.Value) {
			how += "about "
		}
	}
	return amount, how, nil
}

// wayFrom decides between the two ways of WayRaise.
func (s Step) wayFrom(now Amount) Way {
	switch {
	case s.Way != WayRaise:
		return s.Way
	case s.Percent.Valid || s.Amount.Value.LessThan(now.Value):
		return WayUp
	}
	return WayTo
}

// rounded returns the amount with at most two digits after the point, in the unit in which String writes it.
func (a Amount) rounded() Amount {
	unit := decimal.New(1, 0)
	switch a.Kind {
	case Time:
		unit = hour
	case Bytes:
		unit = decimal.New(1, byteSteps[stepOf(byteSteps, a.Value)].exp)
	case Requests:
		unit = decimal.New(1, countSteps[stepOf(countSteps, a.Value)].exp)
	case Money:
		a.Value = RoundMoney(a.Value, a.Currency)
		return a
	case Billed:
	}
	if rounded := a.Value.Div(unit).Round(2).Mul(unit); rounded.IsPositive() {
		a.Value = rounded
	}
	return a
}
