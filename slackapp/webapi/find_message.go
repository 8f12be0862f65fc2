package webapi

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

const (
	findPage  = 200
	findPages = 25
	// clockMargin is how far our clock may be from Slack's, by whose messages are looked for from the delivery's making on.
	clockMargin = 10 * time.Minute
)

// Find looks through the newest messages of the channel, or of the parent message's thread, for the one that carries the
// delivery's mark.
//
// Without the optional scopes channels:history and groups:history, or without the channel's id, it can never find out,
// and trying again would delay the alert forever. It then reports that there is no such message, so that the alert is
// posted as a possible repeat.
func (n *Notifier) Find(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error) {
	channel := n.address(ctx, d, parent)
	if !rules.IsChannelID(channel) {
		return alerts.Receipt{}, false, nil
	}
	oldest := ""
	if !d.LookFirst && !d.CreatedAt.IsZero() { // else it may have been posted at any time
		oldest = strconv.FormatInt(d.CreatedAt.Add(-clockMargin).Unix(), 10)
	}
	cursor := ""
	for range findPages {
		messages, next, err := n.page(ctx, channel, parent.TS, oldest, cursor)
		if err != nil {
			return n.cannotTell(d, err)
		}
		for _, m := range messages {
			if n.carries(m, d) {
				return alerts.Receipt{ChannelID: channel, TS: placeOf(m, d, parent), SentAt: instant(m.Timestamp)}, true, nil
			}
		}
		if next == "" || next == cursor {
			break
		}
		cursor = next
	}
	return alerts.Receipt{}, false, nil
}

// cannotTell sorts why the channel could not be read.
func (n *Notifier) cannotTell(d alerts.Delivery, err error) (alerts.Receipt, bool, error) {
	switch CodeOf(err) {
	case "missing_scope", "no_permission", "channel_type_not_supported":
		n.Log.Warn("cannot settle an interrupted delivery", zap.String("delivery_id", d.ID), zap.String("error_code", CodeOf(err)))
		return alerts.Receipt{}, false, nil
	}
	return alerts.Receipt{}, false, fmt.Errorf("read the channel's messages: %w", deliveryError(d.Channel, err))
}

// page reads the messages of a thread, or of the channel without one, at a cursor, and says where the next ones are.
func (n *Notifier) page(ctx context.Context, channel, thread, oldest, cursor string) ([]slack.Message, string, error) {
	if thread == "" {
		got, err := n.API.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", err
		}
		return got.Messages, got.ResponseMetaData.NextCursor, nil
	}
	messages, _, next, err := n.API.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true,
	})
	return messages, next, err
}

// carries reports whether the message is the bot's own and says the delivery. A file has no metadata, and is known by its name and size.
func (n *Notifier) carries(m slack.Message, d alerts.Delivery) bool {
	if n.Bot != "" && m.BotID != n.Bot {
		return false
	}
	if file := d.Message.File; file != nil {
		return slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == file.Name && f.Size == len(file.Content) })
	}
	return m.Metadata.EventType == deliveryEvent && m.Metadata.EventPayload[deliveryKey] == d.Carried()
}

// placeOf is where replies to the delivery go. A delivery that was found as a reply has its thread's parent as its
// parent.
func placeOf(m slack.Message, d alerts.Delivery, parent alerts.Receipt) string {
	if parent.TS == "" && m.ThreadTimestamp != "" && (d.Kind == alerts.DeliverParent || d.Kind == alerts.DeliverBroadcast) {
		return m.ThreadTimestamp
	}
	return m.Timestamp
}

// instant reads Slack's timestamp; one that is not understood is the zero time.
func instant(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
