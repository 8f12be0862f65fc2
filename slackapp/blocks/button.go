package blocks

import (
	"fmt"

	"github.com/slack-go/slack"
)

// ActionRunIt begins the action ids of the buttons under a Mistake; a colon and a number follow, since ids are unique within
// a message. The button's value is the corrected text.
const ActionRunIt = "run_it"

// ActionAsk and ActionExport begin the action ids of buttons that ask a question, and that send its answer as a file. The value is the
// question's text.
const (
	ActionAsk    = "ask"
	ActionExport = "export"
)

// ActionBudget begins the action ids of buttons that run the budget command. The value is the text behind it.
const ActionBudget = "run_budget"

// Action is a button: what it says, which handler it calls and what it hands to it. A Value is at most 2,000 characters, and
// the handler must not trust it.
type Action struct {
	Label string
	ID    string
	Value string
	// Primary is for the one button of a message that most people will want.
	Primary bool
	// Confirm asks once before the button acts; nil does not.
	Confirm *slack.ConfirmationBlockObject
}

// Buttons returns the actions as one block, or none where there are none. A button that Slack would refuse for the length
// of its value is left out, since a cut value would ask something else.
func Buttons(blockID string, actions []Action) []slack.Block {
	var elements []slack.BlockElement
	for _, a := range actions {
		if len(elements) == maxActions || len([]rune(a.Value)) > maxButtonValue {
			continue
		}
		label := slack.NewTextBlockObject(slack.PlainTextType, Clip(Clean(a.Label), maxButtonText), false, false)
		button := slack.NewButtonBlockElement(a.ID, a.Value, label)
		if a.Primary {
			button.Style = slack.StylePrimary
		}
		button.Confirm = a.Confirm
		elements = append(elements, button)
	}
	if len(elements) == 0 {
		return nil
	}
	return []slack.Block{slack.NewActionBlock(blockID, elements...)}
}

// slackActions is slack.ActionBlock without its own encoding of the buttons, which goes over them twice.
type slackActions struct {
	*slack.ActionBlock

	Elements []slack.BlockElement `json:"elements"`
}

// RunButtons returns one button for each text that is offered. What is shown is what runs.
func RunButtons(prefix string, texts []string) []Action {
	actions := make([]Action, len(texts))
	for i, text := range texts {
		label := "Run It"
		if len(texts) > 1 {
			label = "Run " + text
		}
		actions[i] = Action{Label: label, ID: fmt.Sprintf("%s:%d", prefix, i), Value: Clean(text)}
	}
	return actions
}
