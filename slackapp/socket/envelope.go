package socket

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/encoding/json"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// Kind is the kind of an envelope. The set is closed, so that it can label a metric.
type Kind string

// The kinds of envelope.
const (
	// KindCommand is a slash command.
	KindCommand Kind = "slash_command"
	// KindBlockActions is a press of a button or a choice in a menu.
	KindBlockActions Kind = "block_actions"
	// KindBlockSuggestion asks for the options of an external select; it is answered in the acknowledgement.
	KindBlockSuggestion Kind = "block_suggestion"
	// KindViewSubmission is a submitted modal; it is answered in the acknowledgement.
	KindViewSubmission Kind = "view_submission"
	// KindViewClosed is a modal that was closed without being submitted.
	KindViewClosed Kind = "view_closed"
	// KindShortcut is a global shortcut.
	KindShortcut Kind = "shortcut"
	// KindMessageAction is a shortcut used on a message.
	KindMessageAction Kind = "message_action"
	// KindEvent is an Events API event.
	KindEvent Kind = "event"
	// KindOther is every other interaction.
	KindOther Kind = "other"
)

// Envelope is one command, interaction or event that Slack delivered; exactly one of those fields is set.
type Envelope struct {
	// ID is Slack's envelope_id. A redelivery may carry the same id or another one.
	ID string
	// Kind says which of the pointers is set, and for an interaction what it is.
	Kind Kind
	// Command is set for KindCommand.
	Command *slack.SlashCommand
	// Interaction is set for every kind but KindCommand and KindEvent.
	Interaction *slack.InteractionCallback
	// Event is set for KindEvent.
	Event *slackevents.EventsAPIEvent
	// RetryAttempt is above zero when Slack says that it delivers the envelope again.
	RetryAttempt int
	// ReceivedAt is when the envelope was read from the connection, by the wall clock.
	ReceivedAt time.Time
}

// answered reports whether the answer to the envelope travels in its acknowledgement.
func (e Envelope) answered() bool {
	return e.Kind == KindViewSubmission || e.Kind == KindBlockSuggestion
}

var (
	errNoID        = errors.New("an envelope without an id")
	errUnknownType = errors.New("an envelope of a type that is not known")
)

// interactionKinds are the kinds that have Slack's own names of interactions.
var interactionKinds = []Kind{KindBlockActions, KindBlockSuggestion, KindViewSubmission, KindViewClosed, KindShortcut, KindMessageAction}

// commandFields are those of a command without slack-go's own decoding, which reads the text twice for the sake of a field that nothing here reads.
func commandFields(c *slack.SlashCommand) any {
	type Fields slack.SlashCommand
	return &struct {
		*Fields

		IsEnterpriseInstall any `json:"is_enterprise_install"` // true, or "true"
	}{Fields: (*Fields)(c)}
}

// read turns a frame into an envelope.
func read(frame socketmode.Request, now time.Time) (Envelope, error) {
	e := Envelope{ID: frame.EnvelopeID, RetryAttempt: frame.RetryAttempt, ReceivedAt: now}
	if e.ID == "" {
		return Envelope{}, errNoID
	}
	var err error
	switch frame.Type {
	case socketmode.RequestTypeSlashCommands:
		e.Kind, e.Command = KindCommand, &slack.SlashCommand{}
		err = json.Unmarshal(frame.Payload, commandFields(e.Command))
	case socketmode.RequestTypeInteractive:
		e.Interaction = &slack.InteractionCallback{}
		err = json.Unmarshal(frame.Payload, e.Interaction)
		e.Kind = Kind(e.Interaction.Type)
		if !slices.Contains(interactionKinds, e.Kind) {
			e.Kind = KindOther
		}
	case socketmode.RequestTypeEventsAPI:
		var event slackevents.EventsAPIEvent
		event, err = slackevents.ParseEvent(frame.Payload, slackevents.OptionNoVerifyToken())
		e.Kind, e.Event = KindEvent, &event
	default:
		err = errUnknownType
	}
	if err != nil {
		return Envelope{}, fmt.Errorf("read an envelope: %w", err)
	}
	return e, nil
}

// delivery is an envelope on its way through the line.
type delivery struct {
	Envelope
	via     *connection // the connection that it came by, and that its acknowledgement should go by
	accepts bool        // whether Slack takes a payload in the acknowledgement
}
