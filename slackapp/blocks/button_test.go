package blocks

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim/blockkit"
)

func buttonsIn(t *testing.T, blocks []slack.Block) []*slack.ButtonBlockElement {
	t.Helper()
	body, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range blockkit.Problems(body, blockkit.SurfaceMessage) {
		t.Error(problem)
	}
	var buttons []*slack.ButtonBlockElement
	for _, element := range blocks[0].(*slack.ActionBlock).Elements.ElementSet {
		buttons = append(buttons, element.(*slack.ButtonBlockElement))
	}
	return buttons
}

func TestButtonsKeepSlacksLimits(t *testing.T) {
	long := strings.Repeat("x", 3000)
	var many []Action
	for i := range maxActions + 5 {
		many = append(many, Action{Label: fmt.Sprintf("B%d", i), ID: fmt.Sprint(i), Value: "v"})
	}
	if got := len(buttonsIn(t, Buttons("b", many))); got != maxActions {
		t.Errorf("%d buttons in a row", got)
	}
	got := buttonsIn(t, Buttons("b", []Action{
		{Label: long, ID: "long", Value: "v", Primary: true},
		{Label: "lost", ID: "lost", Value: long},
	}))
	if len(got) != 1 {
		t.Fatalf("%d buttons: one with a value that had to be cut would ask something else", len(got))
	}
	if got[0].Style != slack.StylePrimary || !strings.HasSuffix(got[0].Text.Text, "…") {
		t.Errorf("the button is %+v", got[0])
	}
}

func TestAButtonIsPlainText(t *testing.T) {
	got := buttonsIn(t, Buttons("b", []Action{{Label: "a\n*b* <!channel>\u202e", ID: "x", Value: "v"}}))[0]
	if got.Text.Text != "a *b* <!channel>" || got.Text.Type != slack.PlainTextType {
		t.Errorf("its label is %+v", got.Text)
	}
}
