package doctor

import (
	"context"
	"errors"
	"os"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Options are the flags.
type Options struct {
	Post   bool
	Save   string
	Output string
}

// Examine looks at everything, as far as what is set allows it.
func Examine(ctx context.Context, o Options) (*Examination, error) {
	c, found := environment()
	if o.Save != "" {
		if err := os.MkdirAll(o.Save, 0o700); err != nil {
			return nil, &service.Misuse{Problem: "--save: the directory cannot be made: " + service.PlainCause(err), Hint: "name one that can"}
		}
	}
	rules := examineRules(c, found)
	found.now = rules.Local(time.Now())
	if c.SlackBotToken != "" {
		examineSlack(ctx, c, rules, o.Post, found)
	}
	if c.SlackAppToken != "" {
		examineLine(ctx, c, found)
	}
	if c.FastlyAPIToken != "" {
		examineFastly(ctx, c, rules, o.Save, found)
	}
	examineDatabase(ctx, c, found)
	return found, nil
}

// environment reads the variables and reports everything that is wrong with them. What is set is examined all the same.
func environment() (*service.Config, *Examination) {
	found := &Examination{}
	c := service.ReadEnvironment(service.NeedSlack | service.NeedFastly | service.NeedDatabase)
	for _, problem := range c.Problems {
		found.fail("environment", "", "%s", problem)
	}
	if len(found.Exams) == 0 {
		found.ok("environment", "every variable is set or has its default")
	}
	return c, found
}

func examineRules(c *service.Config, found *Examination) *rules.Rules {
	_, set, err := service.ReadRules(c.RulesFile)
	if problems, ok := errors.AsType[rules.Problems](err); ok {
		for _, problem := range problems {
			found.fail("rules", "", "%s", problem)
		}
		return nil
	}
	if err != nil {
		found.fail("rules", "", "%v", err)
		return nil
	}
	digests := ""
	if len(set.Digests) > 0 {
		digests = ", " + blocks.Counted(len(set.Digests), "digest")
	}
	found.ok("rules", "%s%s in %s", blocks.Counted(len(set.Rules), "rule"), digests, c.RulesFile)
	return set
}

func examineDatabase(ctx context.Context, c *service.Config, found *Examination) {
	opened, err := service.LookInto(ctx, c)
	if service.IsAbsent(err) {
		found.warn("database", "", "there is none yet; the service makes it")
		return
	}
	if failed, ok := errors.AsType[*service.Failure](err); ok {
		found.fail("database", failed.Hint, "%s", failed.Problem)
		return
	}
	defer func() { _ = opened.Close() }() //nolint:contextcheck // it was only read, and closes also when ctx has ended
	about, err := opened.About(ctx)
	status, unread := opened.CheckStatus(ctx)
	routes, unknown := opened.Routes(ctx)
	switch {
	case errors.Join(err, unread, unknown) != nil:
		found.fail("database", "", "it does not answer")
	case status.FailedAt.After(status.SucceededAt):
		found.warn("database", "", "%s; the latest check failed: %s", about, status.Failure)
	case status.SucceededAt.IsZero():
		found.ok("database", "%s; no check yet", about)
	default:
		found.ok("database", "%s; last check %s ago", about, time.Since(status.SucceededAt).Round(time.Second))
	}
	for _, route := range routes {
		waiting := blocks.Counted(route.Waiting, "message")
		if route.Late {
			found.warn("alerts", "the log of the service says why", "%s waiting for %s since %s", waiting, route.Channel, blocks.PlainStamp(route.Since, found.now))
		} else {
			found.fail("alerts", "", "%s kept for %s: %s", waiting, route.Channel, phrase.Hint(route.Reason))
		}
	}
}
