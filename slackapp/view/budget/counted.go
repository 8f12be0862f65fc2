package budgetview

import (
	"cmp"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// newest returns the budget that counts to the latest instant, among those of usage or those of money; empty if none has an instant.
func newest(states []alerts.BudgetStatus, ofMoney bool) alerts.BudgetLine {
	var line alerts.BudgetLine
	for _, s := range states {
		if s.Known && alerts.IsMoney(s.Line) == ofMoney && s.Line.CountedTo.After(line.CountedTo) {
			line = s.Line
		}
	}
	return line
}

// newestInstant is the latest instant to which usage counts, or else the bill; zero if no budget has one.
func newestInstant(states []alerts.BudgetStatus) time.Time {
	return cmp.Or(newest(states, false).CountedTo, newest(states, true).CountedTo)
}

// freshFact says up to when the figures count, and when they were checked.
func freshFact(data string, checks alerts.CheckStatus, now time.Time) string {
	return blocks.Joined("; ", data, phrase.CheckFact(checks, now))
}

// dataFact says up to when usage counts, and the bill: "Data to the end of Nov 21; bill as of Nov 22, 06:00 UTC".
func dataFact(states []alerts.BudgetStatus, now time.Time) string {
	var facts []string
	for _, ofMoney := range []bool{false, true} {
		if line := newest(states, ofMoney); !line.CountedTo.IsZero() {
			facts = append(facts, phrase.DataTo(line, now))
		}
	}
	if len(facts) > 1 {
		facts[1] = strings.ToLower(facts[1][:1]) + facts[1][1:]
	}
	return strings.Join(facts, "; ")
}
