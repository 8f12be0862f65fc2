package phrase

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// AlertContext is what an alert needs beside what it says.
type AlertContext struct {
	Now time.Time
	// BudgetCommand is the slash command's name, such as "/budget".
	BudgetCommand string
	// Buttons are wanted under a budget's parent message.
	Buttons bool
}

// Stop separates a budget's name from the sentence about it. The name of an instance has a colon already.
func Stop(l alerts.BudgetLine) string {
	if l.Instance != "" {
		return ", "
	}
	return ": "
}

// UsedLine is the bar, the percentage beside it, both figures and the pace.
func UsedLine(l alerts.BudgetLine) string {
	line := "`" + bar(l) + "` " + blocks.Escape(PercentText(l)) + ", *" + blocks.Escape(OfLimit(l)) + "*"
	e, ok := blocks.ElapsedIn(l.Month, l.CountedTo)
	switch {
	case !ok:
		return line + "."
	case e.Share == 1:
		return line + " in the whole month."
	case alerts.IsMoney(l):
		return line + fmt.Sprintf(" after %s of %d days.", e.Passed, e.Of)
	}
	return line + fmt.Sprintf(" after %s of %d days (an even pace is %.0f%%).", e.Passed, e.Of, 100*e.Share)
}

// IsCalm reports whether a threshold was reached that asks nobody to do anything: below the limit, in a month that is on course.
func IsCalm(l alerts.BudgetLine) bool { return l.Threshold > 0 && alerts.IsOnCourse(l) }

// CalmLine is the whole message about a calm budget: "*North America Bandwidth*: 80% used, on course. 402.6 of 500 TB after 26 of 30
// days; likely end 458–471 TB."
func CalmLine(l alerts.BudgetLine) string {
	line := blocks.Bold(NameOf(l)) + Stop(l) + blocks.Escape(PercentText(l)) + " used, on course. " + blocks.Escape(OfLimit(l))
	switch e, ok := blocks.ElapsedIn(l.Month, l.CountedTo); {
	case !ok:
	case e.Share == 1:
		return line + " in the whole month."
	default:
		line += fmt.Sprintf(" after %s of %d days", e.Passed, e.Of)
	}
	return line + "; likely end " + blocks.Escape(EndRange(l)) + "."
}

// FreshFact says up to when the figures count, or at least when they were read.
func FreshFact(l alerts.BudgetLine, now time.Time) string {
	switch {
	case !l.CountedTo.IsZero():
		return DataTo(l, now)
	case !l.ReadAt.IsZero():
		return "Read from Fastly " + blocks.Clock(l.ReadAt, now) + "; Fastly didn't say what period this covers"
	}
	return "Fastly didn't say what period this covers"
}

// DataTo says up to when a figure counts that is known to.
func DataTo(l alerts.BudgetLine, now time.Time) string {
	if alerts.IsMoney(l) {
		return "Bill as of " + blocks.CountedTo(l.CountedTo, now)
	}
	return "Data to " + blocks.CountedTo(l.CountedTo, now)
}

// EstimateLine explains what an estimate is.
func EstimateLine(l alerts.BudgetLine) string {
	if l.Estimate {
		return "This is an estimate: its usage at the account's rates, without flat fees."
	}
	return ""
}

// OwnerFact names the owners, and mentions them from their threshold on.
func OwnerFact(l alerts.BudgetLine) string {
	ping := l.PingAt > 0 && l.Threshold >= l.PingAt
	if people := Owners(l.Owners, ping); people != "" {
		return "owner: " + people
	}
	return ""
}

// OwnerAndPing names the owners without a mention, and from which threshold on they are mentioned.
func OwnerAndPing(l alerts.BudgetLine) string {
	l.Threshold = 0
	owner := OwnerFact(l)
	if owner == "" || l.PingAt == 0 {
		return owner
	}
	return owner + " (pinged from " + l.PingAt.String() + ")"
}

// RuleFact names the rule as the file does.
func RuleFact(rule string) string { return "rule " + blocks.Code(rule) }

// ActionWhy asks why a message was sent.
const ActionWhy = "why"

// Part is what one surface says in the message of another: Text is the point of it, and Facts stand in small type.
type Part struct {
	Text   string
	Blocks []slack.Block
	Facts  []string
}
