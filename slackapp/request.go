package slackapp

import (
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/slackapp/webapi"
)

// request is what one person asked, where, and the way back to them.
type request struct {
	team                     string   // the workspace that it comes from; empty where Slack does not say
	organisations            []string // that Slack names as the request's; some may be empty
	home                     string   // the person's own workspace or organisation, where Slack says it
	user                     string
	channel, channelName     string // the name is empty where Slack withholds it
	command, text            string // of a slash command
	action, value, messageTS string // of a press
	trigger                  string // opens a modal within three seconds; a press has one
	began                    time.Time
	reply                    *webapi.Reply
}

func commandRequest(a *App, c *slack.SlashCommand) *request {
	return &request{
		team: c.TeamID, organisations: []string{c.EnterpriseID}, user: c.UserID, channel: c.ChannelID, channelName: openName(c.ChannelName),
		command: c.Command, text: c.Text, began: time.Now(),
		reply: &webapi.Reply{HTTP: a.Responses, API: a.Slack, Slack: a.SlackURL, URL: c.ResponseURL, Channel: c.ChannelID, User: c.UserID},
	}
}

func pressRequest(a *App, i *slack.InteractionCallback) *request {
	q := &request{
		team: i.Team.ID, organisations: []string{i.Enterprise.ID, i.Team.EnterpriseID}, home: i.User.TeamID, user: i.User.ID,
		channel: i.Channel.ID, channelName: openName(i.Channel.Name), messageTS: i.Container.MessageTs, trigger: i.TriggerID, began: time.Now(),
		reply: &webapi.Reply{
			HTTP: a.Responses, API: a.Slack, Slack: a.SlackURL, URL: i.ResponseURL, Channel: i.Channel.ID, User: i.User.ID,
			Replaceable: i.Container.IsEphemeral,
		},
	}
	if actions := i.ActionCallback.BlockActions; len(actions) > 0 && actions[0] != nil {
		q.action, q.value = actions[0].ActionID, actions[0].Value
	}
	return q
}

// openName returns the channel's name, or nothing for the words that Slack puts in its place.
func openName(name string) string {
	if name == "directmessage" || name == "privategroup" || strings.HasPrefix(name, "mpdm-") {
		return ""
	}
	return name
}

// fields are what the log says of a request: ids, and never what somebody wrote.
func (q *request) fields(out outcome) []zap.Field {
	fields := []zap.Field{
		zap.String("team_id", q.team), zap.String("user_id", q.user), zap.String("channel_id", q.channel),
		zap.String("outcome", string(out)), zap.Duration("took", time.Since(q.began)),
	}
	if q.command != "" {
		return append(fields, zap.String("command", clip(q.command)))
	}
	return append(fields, zap.String("action_id", clip(q.action)))
}

// clip bounds what comes from outside and goes to the log.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 64)], "") }
