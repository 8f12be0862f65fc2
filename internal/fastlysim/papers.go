package fastlysim

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

// amendment is something that was done about a statement after it had appeared.
// Like everything in bills it does not change.
type amendment struct {
	at   time.Time
	of   string // the statement's id
	does deed
	made []Invoice // what appeared by it
}

type deed int

const (
	credits deed = iota
	issuesAgain
	voids
	splits
)

// CreditNote takes a part of an invoice back: 1 is the whole, and 0.1 a tenth of
// each line. It is a statement of its own for the same days, with an id of its
// own and every amount below zero, and is posted now.
func (s *Server) CreditNote(id string, part decimal.Decimal) (Invoice, error) {
	if !part.IsPositive() || part.GreaterThan(decimal.NewFromInt(1)) {
		return Invoice{}, fmt.Errorf("credit note of %s: part %s is not above 0 and at most 1", id, part)
	}
	return s.amend(id, credits, func(i *Invoice) { i.scale(part.Neg(), true) })
}

// IssueAgain corrects an invoice by another one for the same days: what was
// counted is multiplied by factor, and fees stay. The older invoice stays in the
// list. Where no credit note takes it back, the newer one is meant in its place.
func (s *Server) IssueAgain(id string, factor decimal.Decimal) (Invoice, error) {
	if factor.IsNegative() {
		return Invoice{}, fmt.Errorf("issue %s again: factor %s is negative", id, factor)
	}
	return s.amend(id, issuesAgain, func(i *Invoice) { i.scale(factor, false) })
}

// Void withdraws a statement, be it an invoice or a credit note. It stays in the
// list with the status void, and what was issued again by it counts as before.
func (s *Server) Void(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.officeHeld().listedAs(id, s.config.Clock()); err != nil {
		return fmt.Errorf("void: %w", err)
	}
	s.bills = s.bills.with(amendment{at: s.config.Clock(), of: id, does: voids})
	return nil
}

// Split makes two statements of an invoice: one of the days up to and with
// lastDay, under the old id, and one of the days after, under a new one. What was
// counted is divided by the days; fees are on the first.
func (s *Server) Split(id string, lastDay int) (first, second Invoice, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, now := s.officeHeld(), s.config.Clock()
	whole, err := o.listedAs(id, now)
	if err != nil {
		return Invoice{}, Invoice{}, fmt.Errorf("split: %w", err)
	}
	if lastDay < 1 || lastDay >= whole.End.Day() {
		return Invoice{}, Invoice{}, fmt.Errorf("split %s: day %d is not before its last one, %d", id, lastDay, whole.End.Day())
	}
	first, second = whole.split(lastDay)
	second.ID = o.nextID(id, now)
	second.Statement = second.ID
	s.bills = s.bills.with(amendment{at: now, of: id, does: splits, made: []Invoice{first, second}})
	return first.clone(), second.clone(), nil
}

// Due is what a month, written YYYY-MM, costs by what was meant: what was issued
// again counts once, a credit note lowers what it was made for, and what is void
// does not count. It is worked out from what was done and not from the list. Of
// exact invoices every one is meant.
func (s *Server) Due(text string) decimal.Decimal { return s.DueAt(text, s.config.Clock()) }

// DueAt is Due as it was at that time in business.
func (s *Server) DueAt(text string, business time.Time) decimal.Decimal {
	return s.office().due(text, business)
}

// amend adds a statement that follows from another one.
func (s *Server) amend(id string, does deed, change func(*Invoice)) (Invoice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, now := s.officeHeld(), s.config.Clock()
	made, err := o.listedAs(id, now)
	if err != nil {
		return Invoice{}, err
	}
	change(&made)
	made.ID = o.nextID(id, now)
	made.Statement, made.Appears, made.Posted, made.Status = made.ID, now, now.UTC().Truncate(time.Second), ""
	s.bills = s.bills.with(amendment{at: now, of: id, does: does, made: []Invoice{made}})
	return made.clone(), nil
}

func (b *bills) with(a amendment) *bills {
	next := *b
	next.amendments = append(slices.Clip(b.amendments), a)
	return &next
}

// listedAs is a statement that can be amended now, as a copy.
func (o office) listedAs(id string, business time.Time) (Invoice, error) {
	all := o.listed(business)
	i := slices.IndexFunc(all, func(i Invoice) bool { return i.ID == id })
	switch {
	case i < 0:
		return Invoice{}, fmt.Errorf("no invoice %s is listed", id)
	case all[i].Status == VoidStatus:
		return Invoice{}, fmt.Errorf("invoice %s is void", id)
	}
	return all[i].clone(), nil
}

// nextID counts on from an id to one that is not listed.
func (o office) nextID(id string, business time.Time) string {
	digits := strings.TrimLeft(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		n, digits = 0, ""
	}
	all := o.listed(business)
	for {
		n++
		next := strings.TrimSuffix(id, digits) + strconv.Itoa(n)
		if !slices.ContainsFunc(all, func(i Invoice) bool { return i.ID == next }) {
			return next
		}
	}
}

// amended applies what was done up to a time of business.
func (b *bills) amended(all []Invoice, business time.Time) []Invoice {
	for _, a := range b.amendments {
		at := slices.IndexFunc(all, func(i Invoice) bool { return i.ID == a.of })
		if a.at.After(business) || at < 0 {
			continue
		}
		switch a.does {
		case voids:
			all[at].Status = VoidStatus
		case splits:
			all = slices.Delete(all, at, at+1)
			all = append(all, a.made...)
		case credits, issuesAgain:
			all = append(all, a.made...)
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

// due adds up what is meant. It looks at no line and compares no two statements.
func (o office) due(text string, business time.Time) decimal.Decimal {
	all := intent{}
	for _, invoice := range o.unamended(text, business) {
		all[invoice.ID] = &meant{amount: invoice.Amount, void: invoice.Status == VoidStatus}
	}
	for _, a := range o.bills.amendments {
		about := all[a.of]
		if about == nil || a.at.After(business) {
			continue
		}
		switch a.does {
		case voids:
			about.void = true
		case splits:
			delete(all, a.of)
		case issuesAgain:
			if !all.isTakenBack(a.of) {
				about.again = append(about.again, a.made[0].ID)
			}
		case credits:
		}
		for _, made := range a.made {
			all[made.ID] = &meant{amount: made.Amount}
			if a.does == credits {
				all[made.ID].of = a.of
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
func (o office) unamended(text string, business time.Time) []Invoice {
	if o.bills.isExact {
		return slices.DeleteFunc(there(o.bills.exact, business), func(i Invoice) bool { return i.Month != text })
	}
	m, err := parseMonth(text)
	if err != nil {
		return nil
	}
	all := there(o.statements(m), business)
	return all[max(len(all)-1, 0):]
}

// scale multiplies what was counted, and fees where they are meant too. Amounts
// are rounded to cents.
func (i *Invoice) scale(factor decimal.Decimal, fees bool) {
	for n := range i.Items {
		item := &i.Items[n]
		if fees || item.UsageType != "" {
			item.Units, item.Amount = item.Units.Mul(factor), item.Amount.Mul(factor).Round(2)
		}
	}
	i.Amount = amountOf(i.Items)
}

// split divides an invoice after a day of its month.
func (i Invoice) split(lastDay int) (first, second Invoice) {
	first, second = i.clone(), i.clone()
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
	first.Amount, second.Amount = amountOf(first.Items), amountOf(second.Items)
	return first, second
}
