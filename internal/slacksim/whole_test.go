package slacksim_test

import (
	"context"
	"errors"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"budgetbot/internal/slacksim"
)

// TestWholeRound takes one command through everything: ack, response_url, a public message, a press, a modal, a
// submission, an update; all of it with slack-go on the other side.
func TestWholeRound(t *testing.T) {
	s := start(t, slacksim.Config{})
	var api *slack.Client
	ready := make(chan struct{})
	bot := &shareBot{t: t}
	api = app(t, s, func(line *socketmode.Client, e socketmode.Event) {
		<-ready
		bot.handle(line, e)
	})
	bot.api = api
	close(ready)

	t.Cleanup(func() { clean(t, s) })
	asked := typeCommand(t, s, "last month")
	if out := outcome(t, asked); out.Result != slacksim.Acknowledged || out.Payload != nil {
		t.Fatalf("the command: %+v", out)
	}
	first := answer(t, asked, 1)
	if first.EphemeralTo != alice || first.Text != "usage of last month" || first.Via != "response_url" {
		t.Fatalf("the answer: %+v", first)
	}
	shared, err := s.Press(soon(t), slacksim.Press{User: alice, Channel: budget, TS: first.TS, ActionID: "share"})
	if err != nil {
		t.Fatal(err)
	}
	if out := outcome(t, shared); out.Result != slacksim.Acknowledged {
		t.Fatalf("the press: %+v", out)
	}
	public, err := s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.Via == "api" })
	if err != nil {
		t.Fatal(err)
	}
	pressed, err := s.Press(soon(t), slacksim.Press{User: boris, Channel: budget, TS: public.TS, ActionID: "note"})
	if err != nil {
		t.Fatal(err)
	}
	outcome(t, pressed)
	if err := s.WaitCalls(soon(t), "views.open", 1); err != nil {
		t.Fatal(err)
	}
	modal := s.Modals(boris)[0]
	sent, err := s.Submit(soon(t), slacksim.Submission{User: boris, ViewID: modal.ID, Values: map[string]map[string]map[string]any{
		"why": {"reason": {"value": "launch"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	outcome(t, sent)
	edited, err := s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.TS == public.TS && m.Edits == 1 })
	if err != nil || edited.Text != "noted: launch" {
		t.Fatalf("the update: %+v, %v", edited, err)
	}
	if left := s.Modals(boris); len(left) != 0 {
		t.Errorf("the modal stays open: %v", left)
	}
	clean(t, s)
}

// shareBot is a small app on slack-go.
type shareBot struct {
	t   *testing.T
	api *slack.Client
}

func (b *shareBot) handle(line *socketmode.Client, e socketmode.Event) {
	switch data := e.Data.(type) {
	case slack.SlashCommand:
		b.must(line.AckCtx(b.t.Context(), e.Request.EnvelopeID, nil))
		_, _, err := b.api.PostMessageContext(b.t.Context(), data.ChannelID,
			slack.MsgOptionResponseURL(data.ResponseURL, slack.ResponseTypeEphemeral),
			slack.MsgOptionText("usage of "+data.Text, false), slack.MsgOptionBlocks(
				slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "*figures*", false, false), nil, nil),
				slack.NewActionBlock("", button("share", "Share"))))
		b.must(err)
	case slack.InteractionCallback:
		b.must(line.AckCtx(b.t.Context(), e.Request.EnvelopeID, nil))
		b.interact(data)
	}
}

func (b *shareBot) interact(data slack.InteractionCallback) {
	var err error
	switch {
	case data.Type == slack.InteractionTypeViewSubmission:
		channel, ts := data.View.PrivateMetadata[:9], data.View.PrivateMetadata[10:]
		_, _, _, err = b.api.UpdateMessageContext(b.t.Context(), channel, ts,
			slack.MsgOptionText("noted: "+data.View.State.Values["why"]["reason"].Value, false))
	case data.ActionCallback.BlockActions[0].ActionID == "share":
		_, _, err = b.api.PostMessageContext(b.t.Context(), data.Channel.ID, slack.MsgOptionText("shared", false),
			slack.MsgOptionBlocks(slack.NewActionBlock("", button("note", "Add a Note"))))
	default:
		_, err = b.api.OpenViewContext(b.t.Context(), data.TriggerID, slack.ModalViewRequest{
			Type: slack.VTModal, Title: plain("Why"), Submit: plain("Save"), Close: plain("Cancel"),
			PrivateMetadata: data.Channel.ID + " " + data.Message.Timestamp,
			Blocks: slack.Blocks{BlockSet: []slack.Block{
				slack.NewInputBlock("why", plain("Reason"), nil, slack.NewPlainTextInputBlockElement(nil, "reason")),
			}},
		})
	}
	b.must(err)
}

func (b *shareBot) must(err error) {
	// The test may end before the app has read the last answer.
	if err != nil && !errors.Is(err, context.Canceled) {
		b.t.Error(err)
	}
}

func button(id, words string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(id, "1", plain(words))
}

func plain(words string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, words, false, false)
}
