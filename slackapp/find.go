package slackapp

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
)

const (
	findPage  = 200
	findPages = 5 // the newest thousand messages: an attempt is settled soon after it was made
)

// Find looks through the newest messages of the channel, or of the root's thread, for the one that carries the delivery's
// id.
//
// Without the optional scopes channels:history and groups:history, or without the channel's id, it can never tell, and to
// try again later would keep the alert back for good. It then reports that there is none, so that the alert is posted as a possible
// repeat.
func (n *Notifier) Find(ctx context.Context, d alerts.Delivery, root alerts.Receipt) (alerts.Receipt, bool, error) {
	channel := n.address(ctx, d, root)
	if !channelID.MatchString(channel) {
		return alerts.Receipt{}, false, nil
	}
	page := n.history(channel)
	if root.TS != "" {
		page = n.thread(channel, root.TS)
	}
	cursor := ""
	for range findPages {
		messages, next, err := page(ctx, cursor)
		if err != nil {
			return n.cannotTell(d, err)
		}
		for _, m := range messages {
			if carries(m, d) {
				return alerts.Receipt{ChannelID: channel, TS: m.Timestamp, SentAt: instant(m.Timestamp)}, true, nil
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
	switch codeOf(err) {
	case "missing_scope", "no_permission", "channel_type_not_supported":
		n.log.Warn("cannot settle an interrupted delivery", zap.String("delivery_id", d.ID), zap.String("error_code", codeOf(err)))
		return alerts.Receipt{}, false, nil
	}
	return alerts.Receipt{}, false, fmt.Errorf("read the channel's messages: %w", deliveryError(d.Channel, err))
}

// pageOf reads the messages at a cursor and says where the next ones are.
type pageOf func(ctx context.Context, cursor string) ([]slack.Message, string, error)

func (n *Notifier) history(channel string) pageOf {
	return func(ctx context.Context, cursor string) ([]slack.Message, string, error) {
		got, err := n.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", err
		}
		return got.Messages, got.ResponseMetaData.NextCursor, nil
	}
}

func (n *Notifier) thread(channel, ts string) pageOf {
	return func(ctx context.Context, cursor string) ([]slack.Message, string, error) {
		messages, _, next, err := n.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: ts, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true,
		})
		return messages, next, err
	}
}

// carries reports whether the message says the delivery. A file has no metadata, and is known by its name in the thread.
func carries(m slack.Message, d alerts.Delivery) bool {
	if file := d.Message.File; file != nil && slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == file.Name }) {
		return true
	}
	return m.Metadata.EventType == deliveryEvent && m.Metadata.EventPayload[deliveryKey] == d.ID
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
