package view

import (
	"fmt"

	"github.com/slack-go/slack"
)

// ActionRunIt begins the action ids of the buttons under a Mistake; a colon and a number follow, since ids are unique within
// a message. The button's value is the corrected text.
const ActionRunIt = "run_it"

// Action is a button: what it says, which handler it calls and what it hands to it. A Value is at most 2,000 characters, and
// whoever receives it must not trust it.
type Action struct {
	Label string
	ID    string
	Value string
}

// buttons returns the actions as one block, or none where there are none. A button that Slack would refuse for the length
// of its value is left out, since a cut value would ask something else.
func buttons(blockID string, actions []Action) []slack.Block {
	var elements []slack.BlockElement
	for _, a := range actions {
		if len(elements) == maxActions || len([]rune(a.Value)) > maxButtonValue {
			continue
		}
		label := slack.NewTextBlockObject(slack.PlainTextType, Clip(Clean(a.Label), maxButtonText), false, false)
		elements = append(elements, slack.NewButtonBlockElement(a.ID, a.Value, label))
	}
	if len(elements) == 0 {
		return nil
	}
	return []slack.Block{slack.NewActionBlock(blockID, elements...)}
}

// runButtons returns one button for each corrected text.
func runButtons(prefix string, corrected []string) []Action {
	actions := make([]Action, len(corrected))
	for i, text := range corrected {
		label := "Run It"
		if len(corrected) > 1 {
			label = "Run " + text
		}
		actions[i] = Action{Label: label, ID: fmt.Sprintf("%s:%d", prefix, i), Value: text}
	}
	return actions
}
