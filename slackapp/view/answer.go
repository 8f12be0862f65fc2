package view

import (
	"fmt"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// The buttons under the root message of a budget, and under the private answers to them. Each carries which budget it is
// about and what its message showed.
const (
	ActionAcknowledge   = "acknowledge"
	ActionUnacknowledge = "unacknowledge"
	ActionMute          = "mute"
	ActionUnmute        = "unmute"
	ActionServices      = "budget_services"
	ActionReason        = "add_reason"
)

// maxReason is how much of somebody's reason is shown.
const maxReason = 300

// answerBlocks is the end of a root message: who has answered, and what can still be. What was decided takes the place of the
// buttons that decide it.
func answerBlocks(l alerts.BudgetLine, c AlertContext) []slack.Block {
	var blocks []slack.Block
	if lines := answerLines(l, c.BudgetCommand); len(lines) > 0 {
		blocks = append(blocks, section("answers", lines...))
	}
	if c.Value == "" {
		return blocks
	}
	return append(blocks, buttons("answer", answerActions(l, c))...)
}

func answerActions(l alerts.BudgetLine, c AlertContext) []Action {
	var actions []Action
	switch {
	case l.Muted():
		actions = append(actions, Action{Label: "Undo", ID: ActionUnmute, Value: c.Value})
	case isAcknowledged(l):
		actions = append(actions, Action{Label: "Undo", ID: ActionUnacknowledge, Value: c.Value})
	case l.Level > 0 || l.Prospect != nil && l.Prospect.Likely:
		actions = append(actions, Action{Label: "Acknowledge", ID: ActionAcknowledge, Value: c.Value, Primary: true})
	}
	if l.Scope == "" {
		actions = append(actions, Action{Label: "By Service", ID: ActionServices, Value: c.Value})
	}
	if !l.Muted() && !isAcknowledged(l) && !l.Month.IsOver(c.Now) {
		actions = append(actions, muteAction(l, c))
	}
	return append(actions, Action{Label: "Why This Message", ID: ActionWhy, Value: c.Value})
}

// isAcknowledged reports whether what the message says is in somebody's hands.
func isAcknowledged(l alerts.BudgetLine) bool { return l.Acknowledged(l.Level) }

func muteAction(l alerts.BudgetLine, c AlertContext) Action {
	return Action{
		Label: "Mute Until " + monthEnd(l), ID: ActionMute, Value: c.Value,
		Confirm: &Confirm{
			Title: "Mute this budget?",
			Text: fmt.Sprintf("Say nothing more about this budget until %s, even above 100%%? It stays in %s and in the digest.",
				monthEnd(l), c.BudgetCommand),
			Yes: "Mute", No: "Keep",
		},
	}
}

// monthEnd returns the first day after the budget's month: "Dec 1".
func monthEnd(l alerts.BudgetLine) string { return day(l.Month.End()) }

// answerLines say who decided what, and what follows from it.
func answerLines(l alerts.BudgetLine, command string) []string {
	var lines []string
	if isAcknowledged(l) {
		line := "Acknowledged by " + mention(l.Ack.By) + ", " + stamp(l.Ack.At) + because(l.Ack.Reason) + "."
		if !l.Muted() {
			line += " " + stillSaid(l)
		}
		lines = append(lines, line)
	}
	if l.Muted() {
		lines = append(lines, fmt.Sprintf("Muted until %s by %s, %s. %s", monthEnd(l), mention(l.Mute.By), stamp(l.Mute.At), staysIn(command)))
	}
	return lines
}

// because returns a reason in the person's own words.
func because(reason string) string { return inBrief(reason, maxReason) }

func inBrief(reason string, n int) string {
	if Clean(reason) == "" {
		return ""
	}
	return ": “" + Escape(Clip(Clean(reason), n)) + "”"
}

func stillSaid(l alerts.BudgetLine) string {
	if l.Next == 0 {
		return "There is no higher level left to say."
	}
	return l.Next.String() + " will still be said."
}

func staysIn(command string) string { return "It stays in " + code(command) + " and in the digest." }

// answerMessage tells the thread of a root what somebody did about it.
func answerMessage(act alerts.Acted, l alerts.BudgetLine, c AlertContext) Message {
	who := mention(act.By)
	var said string
	switch act.Act {
	case alerts.ActAcknowledge:
		said = "Acknowledged by " + who + ", " + stamp(act.At) + because(act.Reason) + ". " + stillSaid(l)
	case alerts.ActExplain:
		said = "The reason of " + who + because(act.Reason) + "."
	case alerts.ActUnacknowledge:
		said = who + " took the acknowledgement back."
	case alerts.ActMute:
		said = fmt.Sprintf("Muted until %s by %s, %s: nothing more is said about it, even above 100%%. %s",
			monthEnd(l), who, stamp(act.At), staysIn(c.BudgetCommand))
	case alerts.ActUnmute:
		said = who + " took the mute back. " + spokenOfAgain(l)
	}
	return Message{Text: Escape(nameOf(l)) + ": " + said, Blocks: []slack.Block{section("answer", said)}}
}

func spokenOfAgain(l alerts.BudgetLine) string {
	if l.Next == 0 {
		return "There is no higher level left to say."
	}
	return "The next message comes at " + l.Next.String() + "; what was passed meanwhile is not said again."
}
