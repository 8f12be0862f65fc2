package budgetview

import (
	"cmp"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/view/phrase"
)

// newest returns the furthest line to which any budget counts, of usage or of money; empty where none says.
func newest(states []alerts.BudgetStatus, ofMoney bool) alerts.BudgetLine {
	var line alerts.BudgetLine
	for _, s := range states {
		if s.Known && alerts.IsMoney(s.Line) == ofMoney && s.Line.CountedTo.After(line.CountedTo) {
			line = s.Line
		}
	}
	return line
}

// newestInstant is up to when any usage counts, or the bill where no budget is of usage; zero where none says.
func newestInstant(states []alerts.BudgetStatus) time.Time {
	return cmp.Or(newest(states, false).CountedTo, newest(states, true).CountedTo)
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
