package slackapp

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/usage"
)

// usage answers the usage command's text.
func (a *App) usage(ctx context.Context, q *request, text string) result {
	now := a.Now()
	asked, done, ok := a.understand(ctx, q, text, now)
	if !ok {
		return done
	}
	if asked.Help {
		return told(a.help(ctx), outcomeHelped)
	}
	table, err := a.ask(ctx, asked, now)
	if err != nil {
		return a.trouble(q, err)
	}
	names := asked.Names()
	canonical := asked.TextWith(names)
	var actions []blocks.Action
	if len(table.Groups) > 0 { // nothing can be broken down, nor is it worth sharing
		actions = slices.Concat(nextQuestions(asked, names, a.hasTeams()), a.exportButton(canonical), shareButton(canonical, a.offersShare(ctx, q)))
	}
	return told(usageview.Usage(table, usageview.Context{
		Now: now, Command: a.UsageCommand, Asked: canonical, Private: true, Actions: actions,
		Likely: a.likely(ctx, asked.Question, now),
	}), outcomeAnswered)
}

func (a *App) ask(ctx context.Context, asked command.Asked, now time.Time) (report.Table, error) {
	if by := asked.Question.By; by == report.ByService || by == report.ByTeam {
		select {
		case a.wide <- struct{}{}:
			defer func() { <-a.wide }()
		case <-ctx.Done():
			return report.Table{}, ctx.Err()
		}
	}
	asker := report.Asker{Usage: a.Usage, Prior: a.Record, Bills: a.Bills}
	if rules := a.Rules(); len(rules.Teams) > 0 {
		asker.TeamOf = rules.TeamOf
	}
	return asker.Ask(ctx, asked.Question, now)
}

func (a *App) hasTeams() bool { return len(a.Rules().Teams) > 0 }

// understand reads the text. What comes back in place of an understood question is the result for the person.
func (a *App) understand(ctx context.Context, q *request, text string, now time.Time) (command.Asked, result, bool) {
	asked, mistake, err := command.Understand(text, now, command.Names{Known: a.names.catalog(), Read: func(months billing.Range, cost bool) (billing.Catalog, error) {
		return a.readNames(ctx, months, cost)
	}})
	if unchecked, ok := errors.AsType[*command.Unchecked](err); ok {
		return command.Asked{}, a.cannotCheck(q, unchecked.Name, a.names.catalog(), unchecked.Err), false
	}
	if mistake != nil {
		mistake.Command = a.UsageCommand
		return command.Asked{}, told(mistake.Message(), outcomeMistake), false
	}
	return asked, result{}, true
}

// readNames returns the names that had usage in the months. Along with an error it returns those that were seen last.
func (a *App) readNames(ctx context.Context, months billing.Range, cost bool) (billing.Catalog, error) {
	now := a.Now()
	catalog, err := report.ReadNames(ctx, a.Usage, a.Bills, months, cost, now)
	if err != nil {
		return a.names.catalog(), err
	}
	if !cost { // fees are no usage
		a.names.remember(catalog, now)
	}
	return catalog, nil
}

// The buttons under an answer. What follows the colon keeps ids apart within a message.
const (
	actionAsk       = blocks.ActionAsk
	actionShare     = "share"
	actionExport    = blocks.ActionExport
	actionRunBudget = "run_budget"
)

// nextQuestions are the buttons that ask for the same names in another way.
func nextQuestions(asked command.Asked, names []string, teams bool) []blocks.Action {
	var actions []blocks.Action
	for _, other := range []struct {
		label string
		by    report.Breakdown
	}{{"By Service", report.ByService}, {"By Team", report.ByTeam}, {"By Type", report.ByUsageType}, {"By Region", report.ByRegion}} {
		if other.by == report.ByTeam && !teams {
			continue
		}
		next := asked
		next.Question.By, next.Question.Top = other.by, command.UsualTop(other.by)
		if other.by != asked.Question.By && (other.by != report.ByUsageType || asked.Question.UsageType == "") {
			actions = append(actions, blocks.Action{Label: other.label, ID: actionAsk + ":" + string(other.by), Value: next.TextWith(names)})
		}
	}
	before := asked
	months := asked.Question.Months
	before.Question.Months = billing.Range{First: months.First.Add(-months.Len()), Last: months.First.Add(-1)}
	if !before.Question.Months.First.Before(command.Oldest) {
		actions = append(actions, blocks.Action{Label: "Previous Period", ID: actionAsk + ":previous", Value: before.TextWith(names)})
	}
	return actions
}

// shareButton is there where the person may share.
func shareButton(text string, may bool) []blocks.Action {
	if !may {
		return nil
	}
	return []blocks.Action{{Label: "Share in Channel", ID: actionShare, Value: text}}
}

// help shows examples with the names of this account. What cannot be found out now is left out of it.
func (a *App) help(ctx context.Context) blocks.Message {
	now := a.Now()
	this := billing.MonthOf(now)
	c := usageview.HelpContext{Now: now, UsageCommand: a.UsageCommand, BudgetCommand: a.BudgetCommand, Teams: a.hasTeams()}
	catalog := a.names.catalog()
	if reading, err := a.Usage.Read(ctx, billing.Range{First: this.Add(-1), Last: this}); err == nil && len(reading.Rows) > 0 {
		catalog = billing.CatalogOf(reading.Rows)
		a.names.remember(catalog, now)
		for _, row := range reading.Rows {
			if row.Month == this && row.CountedTo.After(c.CountedTo) {
				c.CountedTo = row.CountedTo
			}
		}
	}
	c.Products = catalog.ProductIDs()
	if len(catalog.Products) > 0 && len(catalog.Products[0].UsageTypes) > 0 {
		c.UsageType = catalog.Products[0].UsageTypes[0].Name
	}
	if rules := a.Rules(); len(rules.Rules) > 0 {
		c.Rule = rules.Rules[0].Name
	}
	return usageview.Help(c)
}

// lastNames remembers the names that were seen last, for when Fastly cannot be asked.
type lastNames struct {
	mu   sync.Mutex
	seen billing.Catalog
	at   time.Time
}

func (l *lastNames) catalog() billing.Catalog {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

func (l *lastNames) seenAt() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at
}

// remember keeps the catalog unless a later month's is held.
func (l *lastNames) remember(catalog billing.Catalog, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !catalog.Last.Before(l.seen.Last) || l.seen.Last.IsZero() {
		l.seen, l.at = catalog, now
	}
}
