package service

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/slackapp/access"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/webapi"
)

// slackFailure is a refusal of Slack, in the words of the operator.
func slackFailure(err error) error {
	fatal, isFatal := errors.AsType[*socket.FatalError](err)
	switch code := webapi.CodeOf(err); {
	case isNotSlack(err), isFatal && fatal.Reason == socket.ReasonNotFound:
		return &Failure{"Slack's Web API is not at SLACK_API_URL", "see whether SLACK_API_URL is right", err}
	case isFatal:
		what := fatal.Reason
		if fatal.Needed != "" {
			what += ", needs " + fatal.Needed
		}
		return &Failure{fmt.Sprintf("Slack refuses SLACK_APP_TOKEN (%s)", what), phrase.StartHint(fatal.Reason), err}
	case code != "":
		return &Failure{fmt.Sprintf("Slack refuses SLACK_BOT_TOKEN (%s)", code), phrase.StartHint(code), err}
	}
	return err
}

// isNotSlack reports whether the server that answered lacks the method, so that waiting does not help.
func isNotSlack(err error) bool {
	answer, ok := errors.AsType[slack.StatusCodeError](err)
	return ok && answer.Code == http.StatusNotFound
}

// Identity is who the bot token belongs to, and what it may do.
type Identity struct {
	team   access.Team
	Name   string // of the workspace
	Bot    string // the bot's own name
	botID  string
	Scopes []string
}

// Scope is a permission of the bot, and what does not work without it.
type Scope struct {
	Name, Without string
	Required      bool
}

// Scopes are those that the bot uses.
var Scopes = []Scope{
	{"commands", "no slash command reaches the bot", true},
	{"chat:write", "no alert can be posted", true},
	{"channels:read", "public channels of the rules file are not checked by name", false},
	{"groups:read", "private channels have to stand in the rules file by their id", false},
	{"channels:history", "after a crash an alert in a public channel may be repeated", false},
	{"groups:history", "after a crash an alert in a private channel may be repeated", false},
	{"files:write", "no answer can be had as CSV", false},
	{"users:read", "cannot tell guests from full members", false},
	{"usergroups:read", "members of groups are unknown: under access: they may not ask, and where a group owns a budget everybody who may ask may answer for it", false},
}

// AddScope is what to do about a required scope that is missing.
const AddScope = "add it under OAuth & Permissions, and install the app again"

// May reports whether the bot has a scope; if Slack did not list the scopes, it is assumed to.
func (i Identity) May(scope string) bool {
	return len(i.Scopes) == 0 || slices.Contains(i.Scopes, scope)
}

// Missing are the scopes that the bot lacks. In an organisation, users:read identifies the people of that organisation.
func (i Identity) Missing() []Scope {
	var missing []Scope
	for _, scope := range Scopes {
		if scope.Name == "users:read" && i.team.Enterprise != "" {
			scope.Without = "nobody can tell who belongs to the organisation: commands are answered for nobody, and presses only where Slack says it"
		}
		if !i.May(scope.Name) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// How long to wait between attempts to reach Slack at start.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// retry takes a step of the start until it succeeds, or fails in a way that waiting does not help: what it needs may well come up after
// the service does. note is called before each wait.
func retry(ctx context.Context, step func() error, mayHelp func(error) bool, note func(err error, wait time.Duration)) error {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := step()
		if err == nil || !mayHelp(err) || ctx.Err() != nil {
			return err
		}
		pause := pauseAfter(err, wait)
		note(err, pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pauseAfter is how long to wait after an attempt that failed: no less than Slack asks for.
func pauseAfter(err error, wait time.Duration) time.Duration {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return max(wait, limited.RetryAfter)
	}
	return wait
}

// identify asks Slack who the token belongs to, until it answers.
func identify(ctx context.Context, api *slack.Client, log *zap.Logger) (me Identity, err error) {
	ask := func() (err error) {
		me, err = WhoAmI(ctx, api)
		return err
	}
	mayHelp := func(err error) bool { return phrase.StartHint(webapi.CodeOf(err)) == "" && !isNotSlack(err) } // a token that is refused stays so
	err = retry(ctx, ask, mayHelp, func(err error, wait time.Duration) {
		log.Warn("Slack not reached, trying again", zap.String("cause", socket.Redact(err.Error())), zap.Duration("after", wait))
	})
	return me, err
}

// WhoAmI asks Slack once who the token belongs to, and what it may do.
func WhoAmI(ctx context.Context, api *slack.Client) (Identity, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	answer, err := api.AuthTestContext(ctx)
	if err != nil {
		return Identity{}, fmt.Errorf("ask Slack who the bot is: %w", err)
	}
	me := Identity{team: access.Team{ID: answer.TeamID, Enterprise: answer.EnterpriseID}, Name: answer.Team, Bot: answer.User, botID: answer.BotID}
	for scope := range strings.SplitSeq(answer.Header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			me.Scopes = append(me.Scopes, scope)
		}
	}
	return me, nil
}

// checkScopes logs what the token may not do. It returns an error if a required scope is missing.
func (i Identity) checkScopes(log *zap.Logger) error {
	for _, scope := range i.Missing() {
		if scope.Required {
			return &Failure{fmt.Sprintf("the bot token lacks the scope %s: %s", scope.Name, scope.Without), AddScope, nil}
		}
		log.Info("optional Slack scope missing", zap.String("scope", scope.Name), zap.String("consequence", scope.Without))
	}
	return nil
}

// EmptyGroup explains that a group has no members, and why.
func EmptyGroup(group webapi.EmptyGroup) string {
	if group.Reason == access.NoMembers {
		return fmt.Sprintf("nobody is in the user group %s (%s)", group.Name, group.ID)
	}
	return fmt.Sprintf("Slack does not have the user group %s (%s) any more, it says %s: nobody counts as a member", group.Name, group.ID, group.Reason)
}
