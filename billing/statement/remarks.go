package statement

import (
	"fmt"
	"slices"

	"budgetbot/billing"
)

// remarks describe which statements count and which do not, if that is not plain.
func (a statementList) remarks() []string {
	counted := a.counted()
	lines := a.voidRemark()
	lines = append(lines, a.undoneRemarks()...)
	for _, p := range counted {
		lines = append(lines, a.laterRemarks(p)...)
	}
	if most := maxRemarks - 2; len(lines) > most {
		lines = append(lines[:most:most], fmt.Sprintf("%d more remarks are left out.", len(lines)-most))
	}
	if len(counted) > 1 {
		lines = append(lines, counted.sumRemark())
	}
	return lines
}

// How much of an account the remarks describe.
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
	var lines []string
	for _, of := range a {
		if of.fate != isUndone || of.isCredit() {
			continue
		}
		credits := namesOf(a, func(p *posted) bool { return p.fate == isUndone && p.by == of })
		if len(credits) == 1 {
			lines = append(lines, fmt.Sprintf("%s cancels %s, so neither counts.", credits[0], of.ID))
		} else {
			lines = append(lines, fmt.Sprintf("%s cancel %s, so none of them counts.", listed(credits), of.ID))
		}
	}
	return lines
}

// laterRemarks name the statements in whose place one counts.
func (a statementList) laterRemarks(p *posted) []string {
	var lines []string
	before := namesOf(a, func(o *posted) bool { return o.fate != isListed && o.fate != isUndone && o.ID != p.ID && o.last() == p })
	replaced := slices.ContainsFunc(a, func(o *posted) bool { return o.fate == isReplaced && o.last() == p })
	if slices.ContainsFunc(a, func(o *posted) bool { return o.fate == isOlder && o.ID == p.ID && o.last() == p }) {
		lines = append(lines, p.ID+" was issued again; the later statement counts.")
	}
	switch {
	case len(before) == 0:
	case replaced:
		lines = append(lines, fmt.Sprintf("%s repeats the lines of %s, so only %[1]s counts.", p.ID, listed(before)))
	default:
		lines = append(lines, fmt.Sprintf("%s is the same as %s, so it counts only once.", p.ID, listed(before)))
	}
	return lines
}

// last returns the statement that counts in place of this one, which is itself if it counts; what was taken back has none.
func (p *posted) last() *posted {
	for !p.isLive() && p.by != nil && p.fate != isUndone {
		p = p.by
	}
	return p
}

// sumRemark is the sentence that several statements count, with what each comes to, and its days if they differ.
func (a statementList) sumRemark() string {
	differ := slices.ContainsFunc(a, func(p *posted) bool { return !p.hasDaysOf(a[0].Statement) })
	var parts []string
	for _, p := range a {
		part := p.amount()
		if differ {
			part = p.days() + ", " + part
		}
		parts = append(parts, p.ID+" ("+part+")")
	}
	return listed(parts) + " are all of this month, and are added up."
}

// days names the days that a statement is of: "Oct 1–15".
func (v Statement) days() string {
	last := v.To
	if last.Equal(v.Month.End()) {
		last = last.AddDate(0, 0, -1)
	}
	switch {
	case last.Year() == v.From.Year() && last.YearDay() == v.From.YearDay():
		return v.From.Format("Jan 2")
	case last.Month() == v.From.Month():
		return v.From.Format("Jan 2") + "–" + last.Format("2")
	}
	return v.From.Format("Jan 2") + "–" + last.Format("Jan 2")
}

// namesOf returns the ids of those that fulfil a condition, each once, the oldest first.
func namesOf(a statementList, of func(*posted) bool) []string {
	var names []string
	for _, p := range a {
		if of(p) && !slices.Contains(names, p.ID) {
			names = append(names, p.ID)
		}
	}
	return names
}

// listed joins names as people do, and counts those beyond a few.
func listed(names []string) string {
	if more := len(names) - maxNames; more > 1 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("%d more", more))
	}
	return billing.List(names, " and ")
}
