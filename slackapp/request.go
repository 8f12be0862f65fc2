package slackapp

import (
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/slackapp/access"
	"budgetbot/slackapp/webapi"
)

// request is what one person asked, and where.
type request struct {
	access.Asker
	command           string // of a slash command
	action, messageTS string // of a press
	trigger           string // opens a modal within three seconds; a press has one
	began             time.Time
}

// ofCommand begins the conversation with a person who typed a command.
func (h *host) ofCommand(c *slack.SlashCommand) *conversation {
	return h.converse(request{Asker: access.Asker{
		Workspace: c.TeamID, Organisations: []string{c.EnterpriseID}, User: c.UserID, Channel: c.ChannelID, ChannelName: openName(c.ChannelName),
	}, command: c.Command}, c.ResponseURL)
}

// ofPress begins the conversation with a person who pressed a button or sent a modal.
func (h *host) ofPress(i *slack.InteractionCallback) *conversation {
	action, _ := pressedOn(i)
	c := h.converse(request{Asker: access.Asker{
		Workspace: i.Team.ID, Organisations: []string{i.Enterprise.ID, i.Team.EnterpriseID}, Home: i.User.TeamID, User: i.User.ID,
		Channel: i.Channel.ID, ChannelName: openName(i.Channel.Name),
	}, action: action, messageTS: i.Container.MessageTs, trigger: i.TriggerID}, i.ResponseURL)
	c.reply.Replaceable = i.Container.IsEphemeral
	return c
}

// converse begins a conversation about a request, with the replies going to a response URL.
func (h *host) converse(q request, url string) *conversation {
	q.began = time.Now()
	return &conversation{host: h, request: q, reply: &webapi.Reply{
		HTTP: h.Responses, API: h.Slack, Slack: h.SlackURL, URL: url, Channel: q.Channel, User: q.User,
	}}
}

// pressedOn is the id and the value of the button that was pressed.
func pressedOn(i *slack.InteractionCallback) (action, value string) {
	if actions := i.ActionCallback.BlockActions; len(actions) > 0 && actions[0] != nil {
		return actions[0].ActionID, actions[0].Value
	}
	return "", ""
}

// openName returns the channel's name, or nothing for the words that Slack puts in its place.
func openName(name string) string {
	if name == "directmessage" || name == "privategroup" || strings.HasPrefix(name, "mpdm-") {
		return ""
	}
	return name
}

// fields are what the log records of a request: ids, and never what a person wrote.
func (q *request) fields(out outcome) []zap.Field {
	fields := []zap.Field{
		zap.String("team_id", q.Workspace), zap.String("user_id", q.User), zap.String("channel_id", q.Channel),
		zap.String("outcome", string(out)), zap.Duration("took", time.Since(q.began)),
	}
	if q.command != "" {
		return append(fields, zap.String("command", clip(q.command)))
	}
	return append(fields, zap.String("action_id", clip(q.action)))
}

// clip bounds what comes from outside and goes to the log.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 64)], "") }
