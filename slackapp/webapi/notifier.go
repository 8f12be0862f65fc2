package webapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/phrase"
)

// The metadata that a message carries: the id, by which it is found again after a crash, and the reason why it was posted, for programs. Every
// app in the channel can read it.
const (
	deliveryEvent = "budgetbot_delivery"
	deliveryKey   = "id"
	reasonKey     = "reason"
)

// PostEvery is the time between two messages to a channel: Slack asks for about one a second, and lets a few pass at
// once. The queue keeps to it, so that this package never waits.
const PostEvery = time.Second

// Notifier posts deliveries in Slack's channels.
type Notifier struct {
	API      *slack.Client
	Channels *Channels
	Command  string           // the budget command's name
	Now      func() time.Time // business time, which the messages show
	Log      *zap.Logger
	// Bot is the bot's own id (B…), which identifies its messages among those of others; empty if it is unknown.
	Bot string
}

var _ deliver.Notifier = (*Notifier)(nil)

// Notify posts the delivery, replies to its parent message, or edits it. If Slack refuses the full form of the message,
// a simpler one is sent.
func (n *Notifier) Notify(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
	channel := n.address(ctx, d, parent)
	if d.Kind == alerts.DeliverFile && d.Message.File != nil {
		receipt, err := n.upload(ctx, channel, d, parent)
		return receipt, deliveryError(d.Channel, err)
	}
	m := view.Alert(d, phrase.AlertContext{Now: n.Now(), BudgetCommand: n.Command, Buttons: true})
	if d.MayRepeat {
		m = mayRepeat(m)
	}
	var err error
	for form := range blocks.Fit(m).Forms() {
		var receipt alerts.Receipt
		if receipt, err = n.send(ctx, channel, form, d, parent); err == nil {
			return receipt, nil
		}
		if !refusesForm(CodeOf(err)) {
			break
		}
		n.logForm(d, err)
	}
	return alerts.Receipt{}, deliveryError(d.Channel, err)
}

// address is where to post: the parent message's channel if there is one, else the channel of the rules.
func (n *Notifier) address(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) string {
	if parent.ChannelID != "" {
		return parent.ChannelID
	}
	if id, known := n.Channels.ID(ctx, d.Channel); known {
		return id
	}
	return d.Channel
}

func (n *Notifier) send(ctx context.Context, channel string, m blocks.Fitted, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
	options := optionsOf(m)
	if d.Kind == alerts.DeliverUpdate {
		id, ts, _, err := n.API.UpdateMessageContext(ctx, channel, parent.TS, options...)
		return n.receipt(id, ts, err)
	}
	options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: deliveryEvent, EventPayload: map[string]any{deliveryKey: d.Carried(), reasonKey: string(d.Message.Reason)},
	}))
	if parent.TS != "" {
		options = append(options, slack.MsgOptionTS(parent.TS))
	}
	if d.Kind == alerts.DeliverBroadcast && parent.TS != "" {
		options = append(options, slack.MsgOptionBroadcast())
	}
	id, ts, err := n.API.PostMessageContext(ctx, channel, options...)
	return n.receipt(id, ts, err)
}

// errNoReceipt is that Slack calls a message taken and does not name its place: it may not be there.
var errNoReceipt = errors.New("slack has named no message")

// receipt is what Slack says of a message that it has taken.
func (n *Notifier) receipt(channel, ts string, err error) (alerts.Receipt, error) {
	if err == nil && (channel == "" || ts == "") {
		err = errNoReceipt
	}
	return alerts.Receipt{ChannelID: channel, TS: ts, SentAt: n.Now()}, err
}

// upload puts a file into the parent message's thread.
func (n *Notifier) upload(ctx context.Context, channel string, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
	file := d.Message.File
	upload := slack.UploadFileParameters{
		Content: file.Content, FileSize: len(file.Content), Filename: file.Name, Title: file.Name, Channel: channel, ThreadTimestamp: parent.TS,
	}
	if d.MayRepeat {
		upload.InitialComment = repeatWords
	}
	_, err := n.API.UploadFileContext(ctx, upload)
	return alerts.Receipt{ChannelID: channel, TS: parent.TS, SentAt: n.Now()}, err
}

// logForm keeps what Slack said against a message, which names the block and the field.
func (n *Notifier) logForm(d alerts.Delivery, err error) {
	var messages []string
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		messages = refused.ResponseMetadata.Messages
	}
	n.Log.Error("message refused, saying it more simply", zap.String("delivery_id", d.ID), zap.String("kind", string(d.Kind)),
		zap.String("error_code", CodeOf(err)), zap.Strings("details", messages))
}

const repeatWords = "I was interrupted while posting this, so it may be a repeat."

// mayRepeat marks a message that may stand in the channel already.
func mayRepeat(m blocks.Message) blocks.Message {
	return blocks.Message{Text: fmt.Sprintf("%s (%s)", m.Text, repeatWords), Blocks: slices.Concat(m.Blocks, blocks.Context("may_repeat", repeatWords))}
}
