package usageview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/phrase"
)

// costFinding says what the months cost, how much of it was usage and how much fixed, and how the cost changed or is likely to end.
func costFinding(t report.Table, likely *forecast.CostForecast) string {
	if missing := notBilled(t); missing != "" {
		return blocks.Joined(" ", missing, unbilled(t))
	}
	sentences := []string{sums(t.Groups) + ofLater(t) + madeOf(t) + "."}
	if by := t.Question.By; t.Versus == nil && by != report.ByUsageType && by != report.ByRegion { // most fees have no region
		sentences = append(sentences, largest(t.Groups))
	}
	return blocks.Joined(" ", append(sentences, likelyEnd(t, likely), phrase.MainChange(t), uncompared(t), feesToCome(t), unbilled(t))...)
}

// notBilled says that the running month's estimate has none of these fees yet, and what they were in the month before.
func notBilled(t report.Table) string {
	newest := t.NewestBill()
	if t.Question.IsWhole() || len(t.Months) != 1 || !newest.Unbilled.IsPositive() || !newest.Usage.IsZero() || !newest.Fixed.IsZero() || !newest.Credit.IsZero() {
		return ""
	}
	month := t.Months[0]
	return fmt.Sprintf("%s's bill has no %s yet. %s's had *%s*.", blocks.LongMonth(month), wanted(t.Question),
		blocks.LongMonth(month.Add(-1)), blocks.Escape(billing.Cost(newest.Currency).Format(newest.Unbilled)))
}

// feesToCome says which of the fees the estimate does not have yet.
func feesToCome(t report.Table) string {
	newest := t.NewestBill()
	if !t.Question.Charges.Have(string(billing.ChargeFixed)) || t.Question.Charges == "" || !newest.Unbilled.IsPositive() {
		return ""
	}
	return blocks.Escape(billing.Cost(newest.Currency).Format(newest.Unbilled)) + ", as in " + blocks.LongMonth(t.Question.Months.Last.Add(-1)) + ", isn't billed yet."
}

// madeOf splits the sum into usage, fees and credits, if there are several of these and one currency.
func madeOf(t report.Table) string {
	if len(t.Groups) != 1 {
		return ""
	}
	var parts []string
	for _, part := range layout.PartsOfBill {
		sum := decimal.Decimal{}
		for i, m := range t.Makeup {
			if t.Question.Months.Contains(t.Months[i]) {
				sum = sum.Add(part.Of(m))
			}
		}
		if !sum.IsZero() {
			parts = append(parts, blocks.Escape(t.Groups[0].Measure.Format(sum))+part.Words)
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return ": " + blocks.And(parts)
}

// likelyEnd says how the running month is likely to end.
func likelyEnd(t report.Table, likely *forecast.CostForecast) string {
	if likely == nil {
		return ""
	}
	cost := billing.Cost(t.NewestBill().Currency)
	text := "Month-end forecast: *" + blocks.Escape(phrase.MoneyRange(cost, likely.Low, likely.High)) + "*"
	if likely.Pending.IsPositive() {
		text += ", including " + blocks.Escape(cost.Format(likely.Pending)) + " in fees (as last month) not billed yet"
	}
	if len(likely.Planned) > 0 {
		text += ", with " + phrase.Planned(likely.Planned)
	}
	return text + "."
}

// unbilled names the months without a bill, and those whose statements do not add up to a known total.
func unbilled(t report.Table) string {
	var sentences []string
	waiting := slices.DeleteFunc(slices.Clone(t.Missing), func(m billing.Month) bool { return isUnread(t, m) })
	if len(waiting) > 0 {
		sentences = append(sentences, "There's no bill for "+monthList(waiting, t)+" yet.")
	}
	for _, u := range t.Unread {
		if slices.Contains(t.Missing, u.Month) {
			sentences = append(sentences, "I can't tell what "+blocks.LongMonth(u.Month)+" cost: "+blocks.Escape(u.Why)+".")
		}
	}
	return blocks.Joined(" ", sentences...)
}

func isUnread(t report.Table, m billing.Month) bool {
	return slices.ContainsFunc(t.Unread, func(u report.UnreadMonth) bool { return u.Month == m })
}

// uncomparedFact names the months without a comparison because their total is unknown.
func uncomparedFact(t report.Table) string {
	var months []string
	for _, u := range t.Unread {
		if !slices.Contains(t.Months, u.Month) {
			months = append(months, "can't compare with "+blocks.LongMonth(u.Month)+": "+blocks.Escape(u.Why))
		}
	}
	return blocks.Joined("; ", months...)
}

// costFacts returns the small type of an answer about cost: whether it is invoiced, how it was computed, what it is not compared with, and what is left
// out.
func costFacts(s layout.Shown, c Context) []string {
	t := s.Table
	facts := []string{freshFact(invoiceFact(t, c.Now), t.Fresh, c), currencyFact(t), endsFact(t), sharedOutFact(t, c.Now)}
	if v := t.Versus; v != nil && v.IsPerDay {
		facts = append(facts, phrase.LengthFact(*v), tierFact(t))
	}
	return append(facts, uncomparedFact(t), changesFact(t), hiddenFact(s, c), freeFact(t.Question.By, s.Free, t.NewestBill().Estimate))
}

// invoiceFact says whether the newest month is invoiced.
func invoiceFact(t report.Table, now time.Time) string {
	month := t.Question.Months.Last
	switch {
	case isUnread(t, month):
		return ""
	case slices.Contains(t.Missing, month) && !month.IsOver(now):
		return "Fastly gives no estimate for " + blocks.LongMonth(month) + " for this account"
	case slices.Contains(t.Missing, month):
		return "Fastly posts an invoice a few days after the month ends"
	case !t.NewestBill().Estimate:
		return "As invoiced"
	}
	fact := blocks.LongMonth(month) + " is Fastly's estimate"
	if counted := t.Fresh.CountedTo; !counted.IsZero() {
		fact += " as of " + blocks.CountedTo(counted, now)
	}
	return fact
}

// sharedOutFact says how the account's bill was divided among services, and what the rows are that belong to no service.
func sharedOutFact(t report.Table, now time.Time) string {
	if !t.Question.ReadsServices() {
		return ""
	}
	fact := "estimated from usage at average rates"
	has := func(row func(report.Group) *report.Row) bool {
		return slices.ContainsFunc(t.Groups, func(g report.Group) bool { return row(g) != nil })
	}
	if has(func(g report.Group) *report.Row { return g.Uncounted }) {
		fact += "; " + newerThanServices(t, now)
	}
	if has(func(g report.Group) *report.Row { return g.Unallocated }) {
		fact += "; Not Allocated: " + blocks.And(append(feesIn(t), "usage of no service"))
	}
	return fact
}

// tierFact says why the usage of a month's first days is not compared with that of a whole month.
func tierFact(t report.Table) string {
	if !t.Versus.IsTiered || t.NewestBill().Usage.IsZero() {
		return ""
	}
	return "not compared per day: a month's first days cost more, since rates fall with volume"
}

// newerThanServices says up to when services count.
func newerThanServices(t report.Table, now time.Time) string {
	if t.ServicesTo.IsZero() {
		return "the estimate is newer than usage by service"
	}
	return "usage by service runs to " + blocks.CountedTo(t.ServicesTo, now)
}

// feesIn names the charges of the bills other than usage.
func feesIn(t report.Table) []string {
	var kinds []string
	if slices.ContainsFunc(t.Makeup, func(m report.Makeup) bool { return !m.Fixed.IsZero() }) {
		kinds = append(kinds, "fees")
	}
	if slices.ContainsFunc(t.Makeup, func(m report.Makeup) bool { return !m.Credit.IsZero() }) {
		kinds = append(kinds, "credits")
	}
	return kinds
}

func currencyFact(t report.Table) string {
	for _, m := range t.Makeup {
		if m.Currency == "" && (!m.Usage.IsZero() || !m.Fixed.IsZero()) {
			return "Fastly didn't say which currency"
		}
	}
	return ""
}

// remarksOf returns the remarks of every month.
func remarksOf(t report.Table) []string {
	var all []string
	for _, m := range t.Makeup {
		all = append(all, m.Remarks...)
	}
	return all
}

// remarks says what the bills do not say, or not plainly.
func remarks(t report.Table) string {
	sentence := func(remark string) string { return blocks.Escape(strings.TrimSuffix(remark, ".")) + "." }
	rest := func(n int) string { return blocks.Counted(n, "more remark") + "." }
	return blocks.Joined(" ", mostOf(remarksOf(t), sentence, rest)...)
}

// freeFact counts the rows that withoutFree left out. An estimate may not have all of their charges yet.
func freeFact(by report.Breakdown, free int, isEstimate bool) string {
	if free == 0 {
		return ""
	}
	fact := blocks.Counted(free, string(by)) + blocks.Plural(free, " costs", " cost") + " nothing"
	if by == report.ByUsageType {
		fact = blocks.Counted(free, "charge") + blocks.Plural(free, " is", " are") + " zero"
	}
	if isEstimate {
		fact += " so far"
	}
	return fact
}
