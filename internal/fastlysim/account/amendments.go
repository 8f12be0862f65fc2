package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// VoidStatus is the payment_status of a statement that was withdrawn.
const VoidStatus = "void"

// Amendment is something that was done about a statement after it had appeared.
// Like everything in bills it does not change.
type Amendment struct {
	At   time.Time
	Of   string // the statement's id
	Does Deed
	Made []Invoice // what appeared by it
}

// Deed is what was done about a statement.
type Deed int

// What can be done about a statement.
const (
	Credits Deed = iota
	IssuesAgain
	Voids
	Splits
)

// With adds an amendment.
func (b *Bills) With(a Amendment) *Bills {
	next := *b
	next.Amendments = append(slices.Clip(b.Amendments), a)
	return &next
}

// ListedAs is a statement that can be amended now, as a copy.
func (o Office) ListedAs(id string, business time.Time) (Invoice, error) {
	all := o.Listed(business)
	i := slices.IndexFunc(all, func(i Invoice) bool { return i.ID == id })
	switch {
	case i < 0:
		return Invoice{}, fmt.Errorf("no invoice %s is listed", id)
	case all[i].Status == VoidStatus:
		return Invoice{}, fmt.Errorf("invoice %s is void", id)
	}
	return all[i].Clone(), nil
}

// NextID counts on from an id to one that is not listed.
func (o Office) NextID(id string, business time.Time) string {
	digits := strings.TrimLeft(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		n, digits = 0, ""
	}
	all := o.Listed(business)
	for {
		n++
		next := strings.TrimSuffix(id, digits) + strconv.Itoa(n)
		if !slices.ContainsFunc(all, func(i Invoice) bool { return i.ID == next }) {
			return next
		}
	}
}

// amended applies what was done up to a time of business.
func (b *Bills) amended(all []Invoice, business time.Time) []Invoice {
	for _, a := range b.Amendments {
		at := slices.IndexFunc(all, func(i Invoice) bool { return i.ID == a.Of })
		if a.At.After(business) || at < 0 {
			continue
		}
		switch a.Does {
		case Voids:
			all[at].Status = VoidStatus
		case Splits:
			all = slices.Delete(all, at, at+1)
			all = append(all, a.Made...)
		case Credits, IssuesAgain:
			all = append(all, a.Made...)
		}
	}
	return all
}

// meant is an amount of a month that counts, or did.
type meant struct {
	amount decimal.Decimal
	of     string // what a credit note was made for
	void   bool
	again  []string // those that were meant in its place
}

// intent is what is meant, by id.
type intent map[string]*meant

// isReplaced tells whether another one is meant in its place. One that is void
// gives the place back.
func (all intent) isReplaced(m *meant) bool {
	return slices.ContainsFunc(m.again, func(id string) bool { return !all[id].void || all.isReplaced(all[id]) })
}

// Due adds up what is meant. It looks at no line and compares no two statements.
func (o Office) Due(text string, business time.Time) decimal.Decimal {
	all := intent{}
	for _, invoice := range o.unamended(text, business) {
		all[invoice.ID] = &meant{amount: invoice.Amount, void: invoice.Status == VoidStatus}
	}
	for _, a := range o.Bills.Amendments {
		about := all[a.Of]
		if about == nil || a.At.After(business) {
			continue
		}
		switch a.Does {
		case Voids:
			about.void = true
		case Splits:
			delete(all, a.Of)
		case IssuesAgain:
			if !all.isTakenBack(a.Of) {
				about.again = append(about.again, a.Made[0].ID)
			}
		case Credits:
		}
		for _, made := range a.Made {
			all[made.ID] = &meant{amount: made.Amount}
			if a.Does == Credits {
				all[made.ID].of = a.Of
			}
		}
	}
	sum := decimal.Zero
	for _, m := range all {
		if !m.void && !all.isReplaced(m) {
			sum = sum.Add(m.amount)
		}
	}
	return sum
}

func (all intent) isTakenBack(id string) bool {
	for _, m := range all {
		if m.of == id && !m.void && m.amount.Add(all[id].amount).IsZero() {
			return true
		}
	}
	return false
}

// unamended are a month's statements that are meant, but for what was done about
// them: of those that a restatement made, the last one.
func (o Office) unamended(text string, business time.Time) []Invoice {
	if o.Bills.IsExact {
		return slices.DeleteFunc(there(o.Bills.Exact, business), func(i Invoice) bool { return i.Month != text })
	}
	m, err := ParseMonth(text)
	if err != nil {
		return nil
	}
	all := there(o.Statements(m), business)
	return all[max(len(all)-1, 0):]
}

// Scale multiplies what was counted, and fees where they are meant too. Amounts
// are rounded to cents.
func (i *Invoice) Scale(factor decimal.Decimal, fees bool) {
	for n := range i.Items {
		item := &i.Items[n]
		if fees || item.UsageType != "" {
			item.Units, item.Amount = item.Units.Mul(factor), item.Amount.Mul(factor).Round(2)
		}
	}
	i.Amount = AmountOf(i.Items)
}

// Split divides an invoice after a day of its month.
func (i Invoice) Split(lastDay int) (first, second Invoice) {
	first, second = i.Clone(), i.Clone()
	first.End = i.Start.AddDate(0, 0, lastDay-1)
	second.Start = i.Start.AddDate(0, 0, lastDay)
	second.Items = nil
	share := decimal.NewFromInt(int64(lastDay)).DivRound(decimal.NewFromInt(int64(i.End.Day())), 6)
	for n := range first.Items {
		item := &first.Items[n]
		if item.UsageType == "" {
			continue
		}
		rest := *item
		item.Units, item.Amount = item.Units.Mul(share).Truncate(4), item.Amount.Mul(share).Round(2)
		rest.Units, rest.Amount = rest.Units.Sub(item.Units), rest.Amount.Sub(item.Amount)
		second.Items = append(second.Items, rest)
	}
	first.Amount, second.Amount = AmountOf(first.Items), AmountOf(second.Items)
	return first, second
}
