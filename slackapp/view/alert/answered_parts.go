package alertview

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Answered confirms to the person what they pressed or typed, with the button that undoes it. The line has the budget's name and month, its
// threshold, the next one, and the current answers; command is the budget command's name.
func Answered(act alerts.Act, l alerts.BudgetLine, command string) blocks.Message {
	name, value := blocks.Bold(phrase.NameOf(l)), phrase.PressValue(l)
	var sentence string
	var actions []blocks.Action
	switch act {
	case alerts.ActAcknowledge, alerts.ActExplain:
		sentence = "You acknowledged " + name + phrase.Because(l.Ack.Reason) + ". " + phrase.StillAlerted(l)
		if l.Ack.Reason == "" {
			actions = append(actions, blocks.Action{Label: "Add a Reason", ID: ActionReason, Value: value})
		}
		actions = append(actions, blocks.Action{Label: "Undo", ID: ActionUnacknowledge, Value: value})
	case alerts.ActMute:
		sentence = fmt.Sprintf("%s is muted until %s, even above 100%%. %s", name, phrase.MuteEnd(l), phrase.StaysIn(command))
		actions = append(actions, blocks.Action{Label: "Undo", ID: ActionUnmute, Value: value})
	case alerts.ActUnacknowledge:
		sentence = name + " is no longer acknowledged."
	case alerts.ActUnmute:
		sentence = name + " is no longer muted. " + phrase.AlertedAgain(l)
	}
	m := blocks.Note(sentence)
	m.Blocks = append(m.Blocks, blocks.Buttons("answered", actions)...)
	return m
}

// AnswerRefused explains to the person why their press changed nothing, and the budget's current state.
func AnswerRefused(r *alerts.Refusal, l alerts.BudgetLine, command string, now time.Time) blocks.Message {
	name, month, see := blocks.Bold(phrase.NameOf(l)), blocks.LongMonth(l.Month), "See "+blocks.Code(command+" "+blocks.Clean(l.Rule))
	switch r.Obstacle {
	case alerts.ObstacleUnwatched:
		return blocks.Note(name+" hasn't been checked in "+month+" yet.", "Try again after the first check.")
	case alerts.ObstacleNoAlert:
		return blocks.Note(
			"There's been no alert about "+name+" in "+month+", so there's nothing to acknowledge.",
			blocks.Code(command+" mute "+blocks.Clean(l.Rule))+" silences it until "+phrase.MonthEnd(l)+".",
		)
	case alerts.ObstacleMonthOver:
		return blocks.Note(month+" is over.", see+" for the current figures.")
	case alerts.ObstacleAcknowledged:
		return blocks.Note(answererOf(r.Press, l.Ack) + " acknowledged this already, " + blocks.Stamp(l.Ack.At, now) + phrase.Because(l.Ack.Reason) + ".")
	case alerts.ObstacleMuted:
		return blocks.Note(fmt.Sprintf("%s muted this already, %s, until %s.", answererOf(r.Press, l.Mute), blocks.Stamp(l.Mute.At, now), phrase.MuteEnd(l)))
	case alerts.ObstacleUnacknowledged:
		return blocks.Note(name + " isn't acknowledged, so there's nothing to undo or explain.")
	case alerts.ObstacleUnmuted:
		return blocks.Note(name + " isn't muted, so there's nothing to undo.")
	case alerts.ObstacleOthers:
		return blocks.Note("Someone else acknowledged this, and only they can add the reason.")
	case alerts.ObstacleChanged:
		return blocks.Note("This has changed: "+standsNow(l, r.Press.Shown, now), see+".")
	}
	return blocks.Note("Nothing changed.")
}

// answererOf names the person who answered; the reader is addressed as "you".
func answererOf(p alerts.Press, a alerts.Answer) string {
	if p.By == a.By {
		return "You"
	}
	return phrase.Mention(a.By)
}

// standsNow gives the budget's current figures if the message showed others.
func standsNow(l alerts.BudgetLine, shown *alerts.Shown, now time.Time) string {
	switch {
	case shown != nil && l.Threshold > shown.Threshold:
		return "it has reached " + l.Threshold.String() + "."
	case shown != nil && l.Threshold < shown.Threshold:
		return "usage is back below " + shown.Threshold.String() + "."
	case l.Muted():
		return phrase.Mention(l.Mute.By) + " muted it, " + blocks.Stamp(l.Mute.At, now) + "."
	case phrase.IsAcknowledged(l):
		return phrase.Mention(l.Ack.By) + " acknowledged it, " + blocks.Stamp(l.Ack.At, now) + phrase.Because(l.Ack.Reason) + "."
	}
	return "the answer was undone."
}

// The modal that asks for the reason of an acknowledgement, and its only input.
const (
	ReasonModal = "acknowledge_reason"
	ReasonBlock = "reason"
	ReasonInput = "reason"
)

// AskReason returns the modal. The metadata comes back with what is entered.
func AskReason(l alerts.BudgetLine, metadata string) slack.ModalViewRequest {
	input := slack.NewPlainTextInputBlockElement(plain("launch of the video shop"), ReasonInput)
	input.MaxLength = phrase.MaxReason
	block := slack.NewInputBlock(ReasonBlock, plain("Why this is fine"), plain("Everyone can read it under the alert."), input)
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: ReasonModal, PrivateMetadata: metadata,
		Title: plain("Add a Reason"), Submit: plain("Save"), Close: plain("Cancel"),
		Blocks: slack.Blocks{BlockSet: append(blocks.Section("budget", "You acknowledged "+blocks.Bold(phrase.NameOf(l))+", "+blocks.LongMonth(l.Month)+"."), block)},
	}
}
