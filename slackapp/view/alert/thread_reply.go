package alertview

import (
	"fmt"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// The buttons under the parent message of a budget, and under the private answers to them. Each carries which budget it
// is about and what its message showed.
const (
	ActionAcknowledge   = "acknowledge"
	ActionUnacknowledge = "unacknowledge"
	ActionMute          = "mute"
	ActionUnmute        = "unmute"
	ActionServices      = "budget_services"
	ActionReason        = "add_reason"
)

// answerBlocks end a parent message: who has answered, and the buttons for the answers still possible. A given answer
// replaces its buttons.
func answerBlocks(l alerts.BudgetLine, c phrase.AlertContext) []slack.Block {
	body := blocks.Section("answers", phrase.AnswerLines(l, c.BudgetCommand, c.Now)...)
	if !c.Buttons {
		return body
	}
	return append(body, blocks.Buttons("answer", answerActions(l, c))...)
}

func answerActions(l alerts.BudgetLine, c phrase.AlertContext) []blocks.Action {
	var actions []blocks.Action
	value := phrase.PressValue(l)
	switch {
	case l.Muted():
		actions = append(actions, blocks.Action{Label: "Undo", ID: ActionUnmute, Value: value})
	case phrase.IsAcknowledged(l):
		actions = append(actions, blocks.Action{Label: "Undo", ID: ActionUnacknowledge, Value: value})
	case l.Threshold > 0 || l.Forecast != nil && l.Forecast.Likely:
		actions = append(actions, blocks.Action{Label: "Acknowledge", ID: ActionAcknowledge, Value: value, Primary: true})
	}
	if l.Instance == "" {
		actions = append(actions, blocks.Action{Label: "By Service", ID: ActionServices, Value: value})
	}
	if !l.Muted() && !phrase.IsAcknowledged(l) && !l.Month.IsOver(c.Now) {
		actions = append(actions, muteAction(l, c.BudgetCommand))
	}
	return append(actions, blocks.Action{Label: "Why This Message", ID: phrase.ActionWhy, Value: value})
}

func muteAction(l alerts.BudgetLine, command string) blocks.Action {
	text := fmt.Sprintf("No more alerts about this budget until %s, even above 100%%? It stays in %s and in the digest.", phrase.MonthEnd(l), command)
	return blocks.Action{
		Label: "Mute Until " + phrase.MonthEnd(l), ID: ActionMute, Value: phrase.PressValue(l),
		Confirm: slack.NewConfirmationBlockObject(plain("Mute this budget?"), plain(text), plain("Mute"), plain("Keep")),
	}
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// answerMessage is the thread reply that reports a person's answer.
func answerMessage(act alerts.Acted, l alerts.BudgetLine, c phrase.AlertContext) blocks.Message {
	who := phrase.Mention(act.By)
	var sentence string
	switch act.Act {
	case alerts.ActAcknowledge:
		sentence = "Acknowledged by " + who + ", " + blocks.Stamp(act.At, c.Now) + phrase.Because(act.Reason) + ". " + phrase.StillAlerted(l)
	case alerts.ActExplain:
		sentence = who + "'s reason" + phrase.Because(act.Reason) + "."
	case alerts.ActUnacknowledge:
		sentence = who + " withdrew the acknowledgement."
	case alerts.ActMute:
		sentence = fmt.Sprintf("Muted until %s by %s, %s: no more alerts about it, even above 100%%. %s",
			phrase.MuteEnd(l), who, blocks.Stamp(act.At, c.Now), phrase.StaysIn(c.BudgetCommand))
	case alerts.ActUnmute:
		sentence = who + " unmuted this. " + phrase.AlertedAgain(l)
	}
	return blocks.Message{Text: blocks.Escape(phrase.NameOf(l)) + ": " + sentence, Blocks: blocks.Section("answer", sentence)}
}
