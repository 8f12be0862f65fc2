package statement

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// fate is the result for one statement of reading its month's statements together.
type fate int

const (
	counts      fate = iota
	isVoid           // it was withdrawn
	isListed         // it is listed a second time, to the letter
	isUndone         // a credit note takes it back, or it is that credit note
	isOlder          // its own id has a later statement
	isDuplicate      // another id repeats it
	isReplaced       // another id issues its lines again
)

// posted is a statement in the account of its month, with what becomes of it, and which other one is the reason.
type posted struct {
	Statement
	content string // its lines, sorted
	written string // its lines as they came
	fate    fate
	by      *posted
}

func (p *posted) isLive() bool   { return p.fate == counts }
func (p *posted) isCredit() bool { return p.Total.IsNegative() }

// statementList is the statements of one month, the oldest first.
type statementList []*posted

// readAccount reads the statements of one month as an accountant would, in whatever order they come:
//
//  1. What is void does not count, and a statement that is listed twice counts once.
//  2. A statement below zero is a credit note. If it takes back exactly what another one comes to, both are set aside before
//     anything is compared; so are several that take one back together. Any other credit note is added. A credit note never
//     takes the place of a statement, nor does one take its place.
//  3. A later statement of the same id and the same days is that statement issued again: the latest counts.
//  4. A later statement under another id that covers the same days and has the same content is a duplicate; one that repeats half of the
//     lines and comes to half of the amount is a correction of what it covers. Both count in place of the older ones.
//  5. Everything else is added. Statements of other days are never corrections of each other.
//
// Amounts of two currencies are never compared. The error is why the month's cost is unknown.
func readAccount(statements []Statement) (statementList, error) {
	if len(statements) > maxStatements {
		return nil, fmt.Errorf("there are %d statements of one month, and more than %d are not read", len(statements), maxStatements)
	}
	a := make(statementList, 0, len(statements))
	for _, v := range statements {
		lines := v.lines()
		written := strings.Join(lines, "\n")
		slices.Sort(lines)
		p := &posted{Statement: v, content: strings.Join(lines, "\n"), written: written}
		if v.Void {
			p.fate = isVoid
		}
		a = append(a, p)
	}
	a.sort()
	if err := a.readable(); err != nil {
		return nil, err
	}
	a.setListedTwiceAside()
	if err := a.conflict(); err != nil {
		return nil, err
	}
	a.undo()
	a.undoTogether()
	a.keepLatestOfEachID()
	a.keepCorrections()
	return a, a.oneCurrency()
}

// maxStatements bounds those of a month, since each is compared with every other.
const maxStatements = 200

// sort puts the older statement first: by when they were posted, if all of them have a date, then by their numbers. What follows settles
// nothing but that any order of the list gives the same one.
func (a statementList) sort() {
	dated := !slices.ContainsFunc(a, func(p *posted) bool { return p.Posted.IsZero() })
	slices.SortFunc(a, func(x, y *posted) int {
		when := 0
		if dated {
			when = x.Posted.Compare(y.Posted)
		}
		return cmp.Or(when, cmp.Compare(numberIn(x.Number), numberIn(y.Number)), cmp.Compare(x.Number, y.Number), x.From.Compare(y.From), x.To.Compare(y.To),
			cmp.Compare(x.ID, y.ID), x.Posted.Compare(y.Posted), cmp.Compare(x.content, y.content), cmp.Compare(x.written, y.written))
	})
}

// live returns those that still count and fulfil a condition, the oldest first.
func (a statementList) live(of func(*posted) bool) statementList {
	var found statementList
	for _, p := range a {
		if p.isLive() && of(p) {
			found = append(found, p)
		}
	}
	return found
}

func (a statementList) counted() statementList { return a.live(func(*posted) bool { return true }) }

// readable fails if a statement that would count cannot be read.
func (a statementList) readable() error {
	for _, p := range a.counted() {
		if p.ID == "" {
			return errors.New("a statement has no invoice_id")
		}
		if p.Unread != "" {
			return fmt.Errorf("%s cannot be read: %s", p.ID, p.Unread)
		}
	}
	return nil
}

func (a statementList) setListedTwiceAside() {
	all := a.counted()
	for i, p := range all {
		for _, later := range all[i+1:] {
			if p.isLive() && p.ID == later.ID && p.hasDaysOf(later.Statement) && p.content == later.content {
				p.fate, p.by = isListed, later
			}
		}
	}
}

// conflict fails if one id has two contents and nothing shows which of them is the later one.
func (a statementList) conflict() error {
	all := a.counted()
	for i, p := range all {
		for _, other := range all[i+1:] {
			same := p.ID == other.ID && p.Number == other.Number && p.Posted.Equal(other.Posted)
			if same && p.isCredit() == other.isCredit() && p.covers(other.Statement) {
				return fmt.Errorf("%s is listed twice, over %s and %s, and nothing says which counts", p.ID, p.amount(), other.amount())
			}
		}
	}
	return nil
}

// undo sets aside each credit note that cancels a whole statement, with that statement. If there is a choice the likeliest pair
// goes first.
func (a statementList) undo() {
	type pair struct {
		credit, of *posted
		rank       []int
	}
	var pairs []pair
	for i, credit := range a {
		for k, of := range a {
			if credit.isLive() && of.isLive() && credit.takesBack(of.Statement) {
				pairs = append(pairs, pair{credit, of, []int{
					falseFirst(!credit.names(of.Statement)), falseFirst(!credit.mirrors(of.Statement)), falseFirst(!credit.hasDaysOf(of.Statement)),
					falseFirst(k > i), max(i-k, k-i), i, k,
				}})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int { return slices.Compare(x.rank, y.rank) })
	for _, p := range pairs {
		if p.credit.isLive() && p.of.isLive() {
			p.credit.fate, p.credit.by = isUndone, p.of
			p.of.fate, p.of.by = isUndone, p.credit
		}
	}
}

func falseFirst(b bool) int {
	if b {
		return 1
	}
	return 0
}

// undoTogether sets aside a statement that several credit notes together cancel line by line.
func (a statementList) undoTogether() {
	for _, of := range a.live(func(p *posted) bool { return p.Total.IsPositive() }) {
		credits := a.live(func(p *posted) bool { return p.isCredit() && p.isPartOf(of.Statement) })
		sum, all := of.Total, []Statement{of.Statement}
		for _, c := range credits {
			sum, all = sum.Add(c.Total), append(all, c.Statement)
		}
		if len(credits) < 2 || !sum.IsZero() || !sumsToZero(all...) {
			continue
		}
		of.fate, of.by = isUndone, credits[0]
		for _, c := range credits {
			c.fate, c.by = isUndone, of
		}
	}
}

// keepLatestOfEachID sets the older statements of an id aside, also if the latest was taken back since.
func (a statementList) keepLatestOfEachID() {
	for i, p := range a {
		for _, later := range a[i+1:] {
			known := later.fate == counts || later.fate == isUndone
			if p.isLive() && known && later.ID == p.ID && later.isCredit() == p.isCredit() && later.covers(p.Statement) {
				p.fate, p.by = isOlder, later
			}
		}
	}
}

// keepCorrections sets aside the statements that a later one duplicates or corrects.
func (a statementList) keepCorrections() {
	for i, later := range a {
		if !later.isLive() || later.isCredit() {
			continue
		}
		var same *posted
		var repeated statementList
		sum := decimal.Decimal{}
		kinds := later.lineKinds()
		for _, p := range a[:i].live(func(p *posted) bool {
			return !p.isCredit() && p.Currency == later.Currency && later.covers(p.Statement)
		}) {
			switch {
			case p.content == later.content:
				same = p
			case p.isRepeatedIn(kinds):
				repeated, sum = append(repeated, p), sum.Add(p.Total)
			}
		}
		switch {
		case same != nil:
			same.fate, same.by = isDuplicate, later
		case later.Total.Add(later.Total).GreaterThanOrEqual(sum):
			for _, p := range repeated {
				p.fate, p.by = isReplaced, later
			}
		}
	}
}

// oneCurrency refuses to add up what cannot be.
func (a statementList) oneCurrency() error {
	counted := a.counted()
	for _, p := range counted {
		if first := counted[0]; p.Currency != first.Currency {
			return fmt.Errorf("%s is in %s, and %s of the same month in %s", p.ID, named(p.Currency), first.ID, named(first.Currency))
		}
	}
	return nil
}

func named(currency string) string { return cmp.Or(currency, "no currency") }
