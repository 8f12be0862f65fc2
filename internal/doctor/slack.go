package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts/rules"
	"budgetbot/internal/service"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/webapi"
)

// examTimeout bounds one question to the outside.
const examTimeout = 15 * time.Second

// examineSlack looks at the bot token, its scopes, and every channel of the rules.
func examineSlack(ctx context.Context, c *service.Config, rules *rules.Rules, post bool, found *Examination) {
	api := webapi.NewClient(c.SlackBotToken, c.SlackAPIURL, http.DefaultTransport)
	me, err := service.WhoAmI(ctx, api)
	if err != nil {
		found.fail("Slack bot token", phrase.StartHint(webapi.CodeOf(err)), "%s", slackTrouble(err))
		return
	}
	found.ok("Slack bot token", "workspace %s, bot @%s", me.Name, me.Bot)
	examineScopes(me, found)
	if rules == nil {
		return
	}
	channels := webapi.NewChannels(api, nil)
	for _, name := range channelsOf(rules) {
		examineChannel(ctx, api, channels, name, post, found)
	}
	examineAccess(ctx, channels, rules, found)
	if me.May("usergroups:read") {
		examineGroups(ctx, api, rules, found)
	}
}

// examineAccess reports which channel each name under access: means today. If a person renames a channel, its name
// becomes free, and a channel that takes the name is let in; an id cannot be taken over.
func examineAccess(ctx context.Context, channels *webapi.Channels, rules *rules.Rules, found *Examination) {
	ctx, cancel := context.WithTimeout(ctx, examTimeout)
	defer cancel()
	seen := map[string]bool{}
	for _, place := range slices.Concat(rules.Access.Ask, rules.Access.Share) {
		if place.ID != "" || seen[place.Name] {
			continue
		}
		seen[place.Name] = true
		if id, known := channels.ID(ctx, place.Name); known {
			found.ok("Slack access", "%s is %s today; written by its id it stays that channel when names change", place.Name, id)
		} else {
			found.warn("Slack access", "write the channel's id", "no channel that the bot sees is called %s", place.Name)
		}
	}
}

// examineGroups checks that every user group of the rules has members.
func examineGroups(ctx context.Context, api *slack.Client, rules *rules.Rules, found *Examination) {
	for _, group := range rules.Groups() {
		of, err := webapi.MembersOf(ctx, api, group.ID)
		switch {
		case err != nil:
			found.warn("Slack group", "", "%s (%s): %s", group.Name, group.ID, slackTrouble(err))
		case of.Empty != "":
			found.warn("Slack group", groupHint, "%s", service.EmptyGroup(webapi.EmptyGroup{Person: group, Reason: of.Empty}))
		default:
			found.ok("Slack group", "%s: it has members", group.Name)
		}
	}
}

// groupHint is the advice for a group without members.
const groupHint = "put people into the group, or name another one in the rules file"

// slackTrouble is what Slack answered, or that it did not.
func slackTrouble(err error) string {
	if code := webapi.CodeOf(err); code != "" {
		return "Slack refuses it: " + code
	}
	return "Slack was not reached: " + socket.Redact(err.Error())
}

func examineScopes(me service.Identity, found *Examination) {
	if len(me.Scopes) == 0 {
		found.warn("Slack scopes", "", "Slack did not list them")
		return
	}
	missing := me.Missing()
	for _, scope := range missing {
		if scope.Required {
			found.fail("Slack scopes", service.AddScope, "%s is missing: %s", scope.Name, scope.Without)
		} else {
			found.warn("Slack scopes", "add it under OAuth & Permissions, or leave it", "%s is missing: %s", scope.Name, scope.Without)
		}
	}
	if len(missing) == 0 {
		found.ok("Slack scopes", "all %d", len(service.Scopes))
	}
}

// channelsOf lists every channel that the rules post to, each once.
func channelsOf(rules *rules.Rules) []string {
	names := []string{}
	for _, rule := range rules.Rules {
		names = append(names, rule.Channels()...)
	}
	for _, digest := range rules.Digests {
		names = append(names, digest.Channel)
	}
	if rules.Operators.Channel != "" {
		names = append(names, rules.Operators.Channel)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func examineChannel(ctx context.Context, api *slack.Client, channels *webapi.Channels, name string, post bool, found *Examination) {
	ctx, cancel := context.WithTimeout(ctx, examTimeout)
	defer cancel()
	id, _ := channels.ID(ctx, name)
	address := cmp.Or(id, name)
	var err error
	if post {
		_, _, err = api.PostMessageContext(ctx, address, slack.MsgOptionText("Hello from budgetbot: alerts of its budgets will appear here.", false))
	} else {
		err = couldPost(ctx, api, address)
	}
	switch code := webapi.CodeOf(err); {
	case err == nil && post:
		found.ok("Slack channel", "%s: said hello", name)
	case err == nil:
		found.ok("Slack channel", "%s: the bot can post", name)
	case code == "":
		found.fail("Slack channel", "", "%s: %s", name, slackTrouble(err))
	default:
		found.fail("Slack channel", "", "%s: %s", name, phrase.Hint(code))
	}
}

// couldPost reports, without posting, whether the bot could post: from Slack's data on the channel if a scope allows
// that, else by scheduling a message far ahead and deleting it.
func couldPost(ctx context.Context, api *slack.Client, address string) error {
	info, err := api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: address})
	switch {
	case err == nil && info.IsArchived:
		return slack.SlackErrorResponse{Err: "is_archived"}
	case err == nil && !info.IsMember:
		return slack.SlackErrorResponse{Err: "not_in_channel"}
	case err == nil:
		return nil
	case webapi.CodeOf(err) != "missing_scope" && webapi.CodeOf(err) != "channel_not_found":
		return fmt.Errorf("look at the channel: %w", err)
	}
	at := strconv.FormatInt(time.Now().Add(100*24*time.Hour).Unix(), 10)
	channel, scheduled, err := api.ScheduleMessageContext(ctx, address, at, slack.MsgOptionText("budgetbot tests whether it could post here; this never appears", false))
	if err != nil {
		return fmt.Errorf("schedule a message: %w", err)
	}
	_, err = api.DeleteScheduledMessageContext(ctx, &slack.DeleteScheduledMessageParameters{
		Channel: cmp.Or(channel, address), ScheduledMessageID: scheduled,
	})
	return err
}

// examineLine asks for a WebSocket without opening it.
func examineLine(ctx context.Context, c *service.Config, found *Examination) {
	ctx, cancel := context.WithTimeout(ctx, examTimeout)
	defer cancel()
	api := slack.New("", slack.OptionAppLevelToken(c.SlackAppToken), slack.OptionAPIURL(c.SlackAPIURL),
		slack.OptionHTTPClient(&http.Client{Timeout: examTimeout, CheckRedirect: socket.NoRedirect}))
	if _, _, err := api.StartSocketModeContext(ctx); err != nil {
		found.fail("Slack app token", phrase.StartHint(webapi.CodeOf(err)), "%s", slackTrouble(err))
		return
	}
	found.ok("Slack app token", "Socket Mode is on")
}
