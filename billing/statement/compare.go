package statement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// lines are the content of a statement, without its numbers and dates.
func (v Statement) lines() []string {
	lines := make([]string, 0, len(v.Charges)+len(v.UnreadLines)+1)
	lines = append(lines, fmt.Sprintf("%s %s %t %q", v.Currency, v.Total, v.Void, v.Unread))
	for _, c := range v.Charges {
		lines = append(lines, fmt.Sprintf("%q %s %v %v", []string{c.Name, c.Product, c.Region, c.What, c.Coupon}, c.Amount, c.Units, c.Rate))
	}
	for _, u := range v.UnreadLines {
		lines = append(lines, fmt.Sprintf("%q %q", unreadKind(u), u.Why))
	}
	return lines
}

// takesBack reports whether a credit note comes to exactly what the statement does, and is about it: by its lines, by the statement's
// name, or because it states nothing but the amount. A coupon is no credit note.
func (v Statement) takesBack(of Statement) bool {
	if !v.Total.IsNegative() || !of.Total.IsPositive() || v.Currency != of.Currency || !v.Total.Neg().Equal(of.Total) {
		return false
	}
	bare := len(v.Charges) == 0 || len(v.Charges) == 1 && v.Charges[0].Coupon == ""
	return bare || v.names(of) || v.mirrors(of)
}

// names reports whether a line names the statement by its number.
func (v Statement) names(of Statement) bool {
	return slices.ContainsFunc(v.Charges, func(c billing.Charge) bool {
		return containsWord(c.Name, of.ID) || containsWord(c.Name, of.Number)
	})
}

// containsWord does not take INV-10 for INV-1.
func containsWord(text, word string) bool {
	parts := strings.Split(text, word)
	return word != "" && slices.ContainsFunc(parts[1:], func(after string) bool { return after == "" || after[0] < '0' || after[0] > '9' })
}

// mirrors reports whether the lines are those of the statement with the opposite sign.
func (v Statement) mirrors(of Statement) bool {
	return len(v.Charges) > 0 && len(of.Charges) > 0 && sumsToZero(of, v)
}

// lineKind is what a line is for, whatever it counts and costs.
type lineKind struct{ name, product, region string }

func kindOfLine(c billing.Charge) lineKind { return lineKind{c.Name, c.Product, c.Region} }

func unreadKind(u billing.UnreadCharge) lineKind { return lineKind{u.Name, u.Product, u.Region} }

// sumsToZero reports whether nothing is left of any kind of line. A line that cannot be read counts by the total alone.
func sumsToZero(statements ...Statement) bool {
	sums, unread := map[lineKind]decimal.Decimal{}, map[lineKind]bool{}
	for _, v := range statements {
		for _, c := range v.Charges {
			sums[kindOfLine(c)] = sums[kindOfLine(c)].Add(c.Amount)
		}
		for _, u := range v.UnreadLines {
			unread[unreadKind(u)] = true
		}
	}
	for kind, sum := range sums {
		if !sum.IsZero() && !unread[kind] {
			return false
		}
	}
	return true
}

// isPartOf reports whether a credit note has lines, and no line that the statement lacks.
func (v Statement) isPartOf(of Statement) bool {
	kinds := of.lineKinds()
	return len(v.Charges) > 0 && v.Currency == of.Currency &&
		!slices.ContainsFunc(v.Charges, func(c billing.Charge) bool { return !kinds[kindOfLine(c)] })
}

func (v Statement) lineKinds() map[lineKind]bool {
	kinds := make(map[lineKind]bool, len(v.Charges))
	for _, c := range v.Charges {
		kinds[kindOfLine(c)] = true
	}
	for _, u := range v.UnreadLines {
		kinds[unreadKind(u)] = true
	}
	return kinds
}

// isRepeatedIn reports whether at least half of the lines that cost anything are of these kinds.
func (v Statement) isRepeatedIn(kinds map[lineKind]bool) bool {
	lines, repeated := 0, 0
	for _, c := range v.Charges {
		if c.Amount.IsZero() {
			continue
		}
		lines++
		if kinds[kindOfLine(c)] {
			repeated++
		}
	}
	return lines > 0 && 2*repeated >= lines
}

// endsVary is by how much the same end may differ: it is written as the last day or as the first one after it.
const endsVary = 24 * time.Hour

// covers reports whether a statement is of all the days that another one is of.
func (v Statement) covers(other Statement) bool {
	overlap := v.From.Equal(other.From) || v.From.Before(other.To) && other.From.Before(v.To)
	return overlap && !v.From.After(other.From.Add(endsVary)) && !v.To.Before(other.To.Add(-endsVary))
}

func (v Statement) hasDaysOf(other Statement) bool { return v.covers(other) && other.covers(v) }

func (v Statement) amount() string { return billing.Cost(v.Currency).Format(v.Total) }

// numberIn returns the number at the end of an id such as INV-375119, and 0 if there is none.
func numberIn(id string) uint64 {
	at := strings.LastIndexFunc(id, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseUint(id[at+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
