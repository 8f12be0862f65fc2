package phrase

import (
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// MaxReason is how many characters of a person's reason are shown.
const MaxReason = 300

// IsAcknowledged reports whether a person has acknowledged what the message reports.
func IsAcknowledged(l alerts.BudgetLine) bool { return l.Acknowledged(l.Threshold) }

// MonthEnd returns the first day after the budget's month: "Dec 1".
func MonthEnd(l alerts.BudgetLine) string { return blocks.Day(l.Month.End()) }

// MuteEnd returns the first day on which the budget is no longer muted: "Nov 27", or the first day after its month.
func MuteEnd(l alerts.BudgetLine) string {
	if until := l.Mute.Until; !until.IsZero() {
		return blocks.Day(until)
	}
	return MonthEnd(l)
}

// AnswerLines say who decided what, and what follows from it.
func AnswerLines(l alerts.BudgetLine, command string, now time.Time) []string {
	var lines []string
	if IsAcknowledged(l) {
		line := "Acknowledged by " + Mention(l.Ack.By) + ", " + blocks.Stamp(l.Ack.At, now) + Because(l.Ack.Reason) + "."
		if !l.Muted() {
			line += " " + StillAlerted(l)
		}
		lines = append(lines, line)
	}
	if l.Muted() {
		lines = append(lines, fmt.Sprintf("Muted until %s by %s, %s. %s", MuteEnd(l), Mention(l.Mute.By), blocks.Stamp(l.Mute.At, now), StaysIn(command)))
	}
	return lines
}

// Because returns a reason in the person's own words.
func Because(reason string) string { return InBrief(reason, MaxReason) }

// InBrief returns a person's reason, cut to n characters, after a colon; empty if there is none.
func InBrief(reason string, n int) string {
	if blocks.Clean(reason) == "" {
		return ""
	}
	return ": “" + blocks.Escape(blocks.Clip(blocks.Clean(reason), n)) + "”"
}

// LastAlert says, at the highest threshold of a budget, that no further alert follows.
const LastAlert = "That was the last alert for this month."

// StillAlerted returns the threshold at which the bot posts again about a budget that was answered.
func StillAlerted(l alerts.BudgetLine) string {
	if l.Next == 0 {
		return LastAlert
	}
	return "You'll still be alerted at " + l.Next.String() + "."
}

// StaysIn says where a muted budget is still shown.
func StaysIn(command string) string {
	return "It stays in " + blocks.Code(command) + " and in the digest."
}

// AlertedAgain says that the bot posts again about a budget that is no longer muted.
func AlertedAgain(l alerts.BudgetLine) string {
	if l.Next == 0 {
		return LastAlert
	}
	return "The next message comes at " + l.Next.String() + "; thresholds crossed while it was muted won't be posted."
}
