package slackapp

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/command/budget"
)

// budgetAnswers answers the budget command, and the buttons under alerts.
type budgetAnswers struct {
	*Config
	usage *usageAnswers
}

// serve answers the budget command's text. The bot's own records are enough for most of it.
func (a *budgetAnswers) serve(ctx context.Context, c *conversation, text string) {
	work := func(ctx context.Context) result { return a.answer(ctx, c, text) }
	if budget.AsksFile(text) {
		c.reply.Replaceable = false // the list that is exported stays
	}
	if budget.AsksFastly(text) {
		c.question(ctx, c.mayAsk, work)
		return
	}
	c.serve(ctx, c.mayAsk, work)
}

func (a *budgetAnswers) answer(ctx context.Context, c *conversation, text string) result {
	set := a.Rules()
	books, err := a.readBooks(ctx)
	names := budgetNames(set)
	names.Now = a.Now().In(set.Zone)
	if err == nil {
		names.Instances = books.InstancesByRule()
	}
	asked, wrong := budget.Parse(text, names)
	switch {
	case asked.Help:
		return reply(a.usage.help(ctx), outcomeHelped)
	case err != nil:
		return c.unread(err)
	case wrong != nil:
		return a.mistaken(wrong)
	case asked.Digests:
		return reply(a.digests(set), outcomeAnswered)
	case asked.Digest != "":
		return a.preview(ctx, c, set, asked.Digest)
	case asked.Set:
		return reply(a.setting(set, asked, books), outcomeAnswered)
	case asked.Rule == "":
		return a.listed(ctx, c, set, books, asked.List)
	}
	rule, _ := a.ruleNamed(asked.Rule)
	if asked.Verb != "" {
		return a.doVerb(ctx, c, asked, rule, books)
	}
	return a.shown(ctx, c, &rule, asked, books)
}

// listed answers with a list of the month that runs, or of one that is over, or sends it as a file.
func (a *budgetAnswers) listed(ctx context.Context, c *conversation, set *rules.Rules, b books, list budget.List) result {
	if !list.Month.IsZero() {
		snapshot, no := a.readEnded(ctx, c, set, list.Month)
		if no != nil {
			return *no
		}
		b = books{Snapshot: snapshot}
	}
	chosen, no := a.choose(ctx, c, set, b, list)
	switch {
	case no != nil:
		return *no
	case list.CSV && len(chosen.budgets) > 0:
		return a.export(ctx, c, b, list, chosen.budgets)
	case !list.Month.IsZero():
		return a.ended(ctx, c, set, b, list, chosen)
	}
	return a.overview(ctx, c, set, b, list, chosen)
}

func namesOf[T any](all []T, name func(T) string) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return names
}

// budgetNames are the names that a rules file has for its budgets.
func budgetNames(set *rules.Rules) budget.Names {
	names := budget.Names{
		Rules:   namesOf(set.Rules, func(r rules.Rule) string { return r.Name }),
		Called:  map[string][]string{},
		Teams:   set.TeamNames(),
		Digests: namesOf(set.Digests, func(d rules.Digest) string { return d.Name }),
	}
	for _, r := range set.Rules {
		service := ""
		if r.Per == "" {
			service = rules.PlainName(r.Match.Service)
		}
		for _, name := range []string{r.Title, r.Was, r.PlainTitle(), service} {
			if name != "" {
				names.Called[r.Name] = append(names.Called[r.Name], name)
			}
		}
	}
	return names
}

// books is what is recorded of this month: how budgets stand, incidents, and channels that cannot be posted to.
type books struct {
	*status.Snapshot
	incidents []alerts.Incident // of the month
	routes    []alerts.RouteTrouble
}

func (a *budgetAnswers) readBooks(ctx context.Context) (b books, err error) {
	if b.Snapshot, err = status.Read(ctx, a.Budgets, a.Rules(), a.Now()); err != nil {
		return books{}, err
	}
	if b.incidents, err = a.Budgets.Incidents(ctx, b.Month); err != nil {
		return books{}, fmt.Errorf("read the incidents of %s: %w", b.Month, err)
	}
	if b.routes, err = a.Budgets.Routes(ctx); err != nil {
		return books{}, fmt.Errorf("read the broken routes: %w", err)
	}
	return b, nil
}
