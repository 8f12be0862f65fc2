package fastly

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// fate is what becomes of a statement when those of its month are read together.
type fate int

const (
	counts      fate = iota
	isVoid           // it was withdrawn
	isListed         // it is listed a second time, to the letter
	isUndone         // a credit note takes it back, or it is that credit note
	isOlder          // its own id has a later statement
	isDuplicate      // another id says the same once more
	isReplaced       // another id issues its lines again
)

// posted is a statement in the account of its month, with what becomes of it, and which other one is the reason.
type posted struct {
	invoice
	content string // its lines, sorted
	written string // its lines as they came
	fate    fate
	by      *posted
}

func (p *posted) isLive() bool   { return p.fate == counts }
func (p *posted) isCredit() bool { return p.total.IsNegative() }

// statementList is the statements of one month, the oldest first.
type statementList []*posted

// readAccount reads the statements of one month as an accountant would, in whatever order they come:
//
//  1. What is void does not count, and a statement that is listed twice counts once.
//  2. A statement below zero is a credit note. Where it takes back exactly what another one comes to, both are set aside before
//     anything is compared; so are several that take one back together. Any other credit note is added. A credit note never
//     takes the place of a statement, nor does one take its place.
//  3. A later statement of the same id and the same days is that statement issued again: the latest counts.
//  4. A later statement under another id that covers the same days and says the same is a duplicate; one that repeats half of the
//     lines and comes to half of the amount is a correction of what it covers. Both count in place of the older ones.
//  5. Everything else is added. Statements of other days are never corrections of each other.
//
// Amounts of two currencies are never compared. The error is why the month cannot be told.
func readAccount(statements []invoice) (statementList, error) {
	if len(statements) > maxStatements {
		return nil, fmt.Errorf("there are %d statements of one month, and more than %d are not read", len(statements), maxStatements)
	}
	a := make(statementList, 0, len(statements))
	for _, v := range statements {
		lines := v.lines()
		written := strings.Join(lines, "\n")
		slices.Sort(lines)
		a = append(a, &posted{invoice: v, content: strings.Join(lines, "\n"), written: written})
	}
	a.sort()
	a.setVoidAside()
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

// maxStatements bounds those of a month, each of which is compared with every other.
const maxStatements = 200

// sort puts the older statement first: by when they were posted, where all of them say it, then by their numbers. What follows settles
// nothing but that any order of the list gives the same one.
func (a statementList) sort() {
	dated := !slices.ContainsFunc(a, func(p *posted) bool { return p.posted.IsZero() })
	slices.SortFunc(a, func(x, y *posted) int {
		when := 0
		if dated {
			when = x.posted.Compare(y.posted)
		}
		return cmp.Or(when, x.compareNumber(y.invoice), x.from.Compare(y.from), x.to.Compare(y.to),
			cmp.Compare(x.id, y.id), x.posted.Compare(y.posted), cmp.Compare(x.content, y.content), cmp.Compare(x.written, y.written))
	})
}

func (v invoice) compareNumber(other invoice) int {
	return cmp.Or(cmp.Compare(numberIn(v.statement), numberIn(other.statement)), cmp.Compare(v.statement, other.statement))
}

// lines are what a statement says, whatever its numbers and dates.
func (v invoice) lines() []string {
	lines := make([]string, 0, len(v.charges)+len(v.unreadLines)+1)
	lines = append(lines, fmt.Sprintf("%s %s %t %q", v.currency, v.total, v.void, v.unread))
	for _, c := range v.charges {
		lines = append(lines, fmt.Sprintf("%q %s %s %s", identityOf(c), c.Amount, orNone(c.Units), orNone(c.Rate)))
	}
	for _, u := range v.unreadLines {
		lines = append(lines, fmt.Sprintf("%q %q", unreadKind(u), u.Why))
	}
	return lines
}

func orNone(d decimal.NullDecimal) string {
	if !d.Valid {
		return "none"
	}
	return d.Decimal.String()
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

func (a statementList) setVoidAside() {
	for _, p := range a {
		if p.void {
			p.fate = isVoid
		}
	}
}

// readable fails where a statement that would count cannot be read.
func (a statementList) readable() error {
	for _, p := range a.counted() {
		if p.id == "" {
			return errors.New("a statement has no invoice_id")
		}
		if p.unread != "" {
			return fmt.Errorf("%s cannot be read: %s", p.name(), p.unread)
		}
	}
	return nil
}

func (a statementList) setListedTwiceAside() {
	all := a.counted()
	for i, p := range all {
		for _, later := range all[i+1:] {
			if p.isLive() && p.id == later.id && p.hasDaysOf(later.invoice) && p.content == later.content {
				p.fate, p.by = isListed, later
			}
		}
	}
}

// conflict fails where one id has two contents and nothing says which of them is the later one.
func (a statementList) conflict() error {
	all := a.counted()
	for i, p := range all {
		for _, other := range all[i+1:] {
			same := p.id == other.id && p.statement == other.statement && p.posted.Equal(other.posted)
			if same && p.isCredit() == other.isCredit() && p.covers(other.invoice) {
				return fmt.Errorf("%s is listed twice, over %s and %s, and nothing says which counts", p.id, p.amount(), other.amount())
			}
		}
	}
	return nil
}

// undo sets aside each credit note that takes a whole statement back, with that statement. Where there is a choice the likeliest pair
// goes first.
func (a statementList) undo() {
	type pair struct {
		credit, of *posted
		rank       []int
	}
	var pairs []pair
	for i, credit := range a {
		for k, of := range a {
			if credit.isLive() && of.isLive() && credit.takesBack(of.invoice) {
				pairs = append(pairs, pair{credit, of, []int{
					falseFirst(!credit.names(of.invoice)), falseFirst(!credit.mirrors(of.invoice)), falseFirst(!credit.hasDaysOf(of.invoice)),
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

// takesBack reports whether a credit note comes to exactly what the statement does, and is about it: by its lines, by the statement's
// name, or because it says nothing but the amount. A coupon is no credit note.
func (v invoice) takesBack(of invoice) bool {
	if !v.total.IsNegative() || !of.total.IsPositive() || v.currency != of.currency || !v.total.Neg().Equal(of.total) {
		return false
	}
	bare := len(v.charges) == 0 || len(v.charges) == 1 && v.charges[0].Coupon == ""
	return bare || v.names(of) || v.mirrors(of)
}

// names reports whether a line speaks of the statement by its number.
func (v invoice) names(of invoice) bool {
	return slices.ContainsFunc(v.charges, func(c billing.Charge) bool {
		return containsWord(c.Name, of.id) || containsWord(c.Name, of.statement)
	})
}

// containsWord does not take INV-10 for INV-1.
func containsWord(text, word string) bool {
	for at := 0; word != ""; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		end := at + i + len(word)
		if end == len(text) || text[end] < '0' || text[end] > '9' {
			return true
		}
		at = end
	}
	return false
}

// mirrors reports whether the lines are those of the statement with the opposite sign.
func (v invoice) mirrors(of invoice) bool {
	return len(v.charges) > 0 && len(of.charges) > 0 && sumsToZero(of, v)
}

// kindOfLine is what a line is for, whatever it counts and costs.
type lineKind struct{ name, product, region string }

func kindOfLine(c billing.Charge) lineKind { return lineKind{c.Name, c.Product, c.Region} }

func unreadKind(u billing.UnreadCharge) lineKind { return lineKind{u.Name, u.Product, u.Region} }

// sumsToZero reports whether nothing is left of any kind of line. Of a line that cannot be read the total speaks alone.
func sumsToZero(statements ...invoice) bool {
	sums, unread := map[lineKind]decimal.Decimal{}, map[lineKind]bool{}
	for _, v := range statements {
		for _, c := range v.charges {
			sums[kindOfLine(c)] = sums[kindOfLine(c)].Add(c.Amount)
		}
		for _, u := range v.unreadLines {
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

// undoTogether sets a statement aside that several credit notes take back line by line, together.
func (a statementList) undoTogether() {
	for _, of := range a.live(func(p *posted) bool { return p.total.IsPositive() }) {
		credits := a.live(func(p *posted) bool { return p.isCredit() && p.isPartOf(of.invoice) })
		sum, all := of.total, []invoice{of.invoice}
		for _, c := range credits {
			sum, all = sum.Add(c.total), append(all, c.invoice)
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

// isPartOf reports whether a credit note has lines, all of which the statement has too.
func (v invoice) isPartOf(of invoice) bool {
	kinds := of.lineKinds()
	return len(v.charges) > 0 && v.currency == of.currency &&
		!slices.ContainsFunc(v.charges, func(c billing.Charge) bool { return !kinds[kindOfLine(c)] })
}

func (v invoice) lineKinds() map[lineKind]bool {
	kinds := make(map[lineKind]bool, len(v.charges))
	for _, c := range v.charges {
		kinds[kindOfLine(c)] = true
	}
	for _, u := range v.unreadLines {
		kinds[unreadKind(u)] = true
	}
	return kinds
}

// keepLatestOfEachID sets the older statements of an id aside, also where the latest was taken back since.
func (a statementList) keepLatestOfEachID() {
	for i, p := range a {
		for _, later := range a[i+1:] {
			known := later.fate == counts || later.fate == isUndone
			if p.isLive() && known && later.id == p.id && later.isCredit() == p.isCredit() && later.covers(p.invoice) {
				p.fate, p.by = isOlder, later
			}
		}
	}
}

// keepCorrections sets aside what a later statement says once more, or issues again.
func (a statementList) keepCorrections() {
	for i, later := range a {
		if !later.isLive() || later.isCredit() {
			continue
		}
		var same *posted
		var repeated statementList
		sum := decimal.Decimal{}
		kinds := later.lineKinds()
		for _, p := range a[:i].live(func(p *posted) bool { return !p.isCredit() && p.currency == later.currency && later.covers(p.invoice) }) {
			switch {
			case p.content == later.content:
				same = p
			case p.isRepeatedIn(kinds):
				repeated, sum = append(repeated, p), sum.Add(p.total)
			}
		}
		switch {
		case same != nil:
			same.fate, same.by = isDuplicate, later
		case later.total.Add(later.total).GreaterThanOrEqual(sum):
			for _, p := range repeated {
				p.fate, p.by = isReplaced, later
			}
		}
	}
}

// isRepeatedIn reports whether at least half of the lines that cost anything are of these kinds.
func (v invoice) isRepeatedIn(kinds map[lineKind]bool) bool {
	lines, repeated := 0, 0
	for _, c := range v.charges {
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
func (v invoice) covers(other invoice) bool {
	overlap := v.from.Equal(other.from) || v.from.Before(other.to) && other.from.Before(v.to)
	return overlap && !v.from.After(other.from.Add(endsVary)) && !v.to.Before(other.to.Add(-endsVary))
}

func (v invoice) hasDaysOf(other invoice) bool { return v.covers(other) && other.covers(v) }

func (v invoice) amount() string { return billing.Cost(v.currency).Format(v.total) }

// oneCurrency refuses to add up what cannot be.
func (a statementList) oneCurrency() error {
	counted := a.counted()
	for _, p := range counted {
		if first := counted[0]; p.currency != first.currency {
			return fmt.Errorf("%s is in %s, and %s of the same month in %s", p.id, named(p.currency), first.id, named(first.currency))
		}
	}
	return nil
}

func named(currency string) string { return cmp.Or(currency, "no currency") }

// remarks say which statements count and which do not, where that is not plain.
func (a statementList) remarks() []string {
	counted := a.counted()
	said := a.voidRemark()
	said = append(said, a.undoneRemarks()...)
	for _, p := range counted {
		said = append(said, a.laterRemarks(p)...)
	}
	if most := maxRemarks - 2; len(said) > most {
		said = append(said[:most:most], fmt.Sprintf("%d more remarks are left out.", len(said)-most))
	}
	if len(counted) > 1 {
		said = append(said, counted.sumRemark())
	}
	return said
}

// How much of an account is told in words.
const (
	maxRemarks = 12
	maxNames   = 8
)

func (a statementList) voidRemark() []string {
	switch names := namesOf(a, func(p *posted) bool { return p.fate == isVoid }); len(names) {
	case 0:
		return nil
	case 1:
		return []string{names[0] + " is void, and does not count."}
	default:
		return []string{listed(names) + " are void, and do not count."}
	}
}

// undoneRemarks name each statement that was taken back, with its credit notes.
func (a statementList) undoneRemarks() []string {
	var said []string
	for _, of := range a {
		if of.fate != isUndone || of.isCredit() {
			continue
		}
		credits := namesOf(a, func(p *posted) bool { return p.fate == isUndone && p.by == of })
		if len(credits) == 1 {
			said = append(said, fmt.Sprintf("%s takes back %s, and neither counts.", credits[0], of.id))
		} else {
			said = append(said, fmt.Sprintf("%s take back %s, and none of them counts.", listed(credits), of.id))
		}
	}
	return said
}

// laterRemarks say in whose place a statement counts.
func (a statementList) laterRemarks(p *posted) []string {
	var said []string
	before := namesOf(a, func(o *posted) bool { return o.fate != isListed && o.fate != isUndone && o.id != p.id && o.last() == p })
	replaced := slices.ContainsFunc(a, func(o *posted) bool { return o.fate == isReplaced && o.last() == p })
	if slices.ContainsFunc(a, func(o *posted) bool { return o.fate == isOlder && o.id == p.id && o.last() == p }) {
		said = append(said, p.id+" was issued again; the later statement counts.")
	}
	switch {
	case len(before) == 0:
	case !replaced && len(before) == 1:
		said = append(said, fmt.Sprintf("%s is %s once more, and counts once.", p.id, before[0]))
	case !replaced:
		said = append(said, fmt.Sprintf("%s is %s once more, and all of them count once.", p.id, listed(before)))
	case len(before) == 1:
		said = append(said, fmt.Sprintf("%s repeats the lines of %s, and counts in its place.", p.id, before[0]))
	default:
		said = append(said, fmt.Sprintf("%s repeats the lines of %s, and counts in their place.", p.id, listed(before)))
	}
	return said
}

// last returns the statement that counts in place of this one, which is itself where it counts; what was taken back has none.
func (p *posted) last() *posted {
	for !p.isLive() && p.by != nil && p.fate != isUndone {
		p = p.by
	}
	return p
}

// sumRemark says that several statements count, with what each comes to, and its days where they differ.
func (a statementList) sumRemark() string {
	differ := slices.ContainsFunc(a, func(p *posted) bool { return !p.hasDaysOf(a[0].invoice) })
	var parts []string
	for _, p := range a {
		part := p.amount()
		if differ {
			part = p.days() + ", " + part
		}
		parts = append(parts, p.id+" ("+part+")")
	}
	return listed(parts) + " are all of this month, and are added up."
}

// days names the days that a statement is of: "Oct 1–15".
func (v invoice) days() string {
	last := v.to
	if last.Equal(v.month.End()) {
		last = last.AddDate(0, 0, -1)
	}
	switch {
	case last.Year() == v.from.Year() && last.YearDay() == v.from.YearDay():
		return v.from.Format("Jan 2")
	case last.Month() == v.from.Month():
		return v.from.Format("Jan 2") + "–" + last.Format("2")
	}
	return v.from.Format("Jan 2") + "–" + last.Format("Jan 2")
}

// namesOf returns the ids of those that fulfil a condition, each once, the oldest first.
func namesOf(a statementList, of func(*posted) bool) []string {
	var names []string
	for _, p := range a {
		if of(p) && !slices.Contains(names, p.id) {
			names = append(names, p.id)
		}
	}
	return names
}

// listed joins names as people do, and counts those beyond a few.
func listed(names []string) string {
	if more := len(names) - maxNames; more > 1 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("%d more", more))
	}
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
