package alertview

import (
	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// mrkdwnOf returns everything that a message says, as one text of mrkdwn.
func mrkdwnOf(m blocks.Message) string { return m.TextOnly() }

// na is the bandwidth of North America, changed as a test needs it.
func na(used float64, threshold rules.Threshold, changes ...func(*alerts.BudgetLine)) alerts.BudgetLine {
	l := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, used, 500, threshold)
	for _, change := range changes {
		change(&l)
	}
	return l
}
