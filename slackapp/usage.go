package slackapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/view"
)

// usage answers the usage command's text.
func (a *App) usage(ctx context.Context, q *request, text string) result {
	asked, done, ok := a.understand(ctx, q, text)
	if !ok {
		return done
	}
	if asked.Help {
		return told(a.help(ctx), outcomeHelped)
	}
	now := a.Now()
	table, err := a.ask(ctx, asked, now)
	if err != nil {
		return a.trouble(q, err)
	}
	names := asked.names()
	canonical := asked.text(names)
	var actions []view.Action
	if len(table.Groups) > 0 { // nothing can be broken down, nor is it worth sharing
		actions = slices.Concat(a.nextQuestions(asked, names), a.exportButton(canonical), a.shareButton(ctx, q, canonical))
	}
	return told(view.Usage(table, view.UsageContext{
		Now: now, Command: a.UsageCommand, Asked: canonical, Private: true, Actions: actions,
		Likely: a.likely(ctx, asked.Question, now),
	}), outcomeAnswered)
}

func (a *App) ask(ctx context.Context, asked Asked, now time.Time) (billing.Table, error) {
	asker := billing.Asker{Usage: a.Usage, Prior: a.Record, Bills: a.Bills}
	if rules := a.Rules(); len(rules.Teams) > 0 {
		asker.TeamOf = rules.TeamOf
	}
	return asker.Ask(ctx, asked.Question, now)
}

// errNoRows says that Fastly answered, and has no row in the months asked for.
var errNoRows = errors.New("no rows")

// understand reads the text. What comes back in place of an understood question is the result for the person.
func (a *App) understand(ctx context.Context, q *request, text string) (Asked, result, bool) {
	now := billing.MonthOf(a.Now())
	parts, wrong := takeApart(text, now)
	catalog, err := a.catalog(ctx, parts)
	if errors.Is(err, errNoRows) { // no name can be known then, and the answer says why
		return parts.nameless(), result{}, true
	}
	var asked Asked
	if wrong == nil {
		asked, wrong = parts.asked(catalog)
	}
	switch {
	case wrong == nil:
		return asked, result{}, true
	case err != nil && wrong.name != "":
		return Asked{}, a.cannotCheck(q, wrong.name, catalog, err), false
	}
	m := mistake(wrong, now, catalog)
	m.Command = a.UsageCommand
	return Asked{}, told(m.Message(), outcomeMistake), false
}

// catalog returns the names that had usage in the months asked for, where the question has a name at all. Along with an
// error it returns those that were seen last.
func (a *App) catalog(ctx context.Context, p parts) (billing.Catalog, error) {
	if len(p.names) == 0 {
		return a.names.catalog(), nil
	}
	catalog, err := namesOf(ctx, a.Usage, p)
	if err != nil {
		return a.names.catalog(), err
	}
	a.names.remember(catalog, a.Now())
	return catalog, nil
}

// namesOf reads the names that had usage in the months that the question itself will read. The error is errNoRows where there is none.
func namesOf(ctx context.Context, usage billing.Reader, p parts) (billing.Catalog, error) {
	reading, err := usage.Read(ctx, p.months.ToRead())
	switch {
	case err != nil:
		return billing.Catalog{}, fmt.Errorf("read the names of %s: %w", p.months, err)
	case len(reading.Rows) == 0:
		return billing.Catalog{}, errNoRows
	}
	catalog := billing.CatalogOf(reading.Rows)
	if first := p.months.First; catalog.First.Before(first) && !catalog.Last.Before(first) {
		catalog.First = first // the month before was read to compare with, and nobody asked for it
	}
	return catalog, nil
}

// nameless is the question without its names, for an account of which there is nothing to name: the answer says why.
func (p parts) nameless() Asked {
	return Asked{Question: billing.Question{Months: p.months, Cost: p.cost, By: billing.ByProduct}}
}

// The buttons under an answer. What follows the colon keeps ids apart within a message.
const (
	actionAsk       = view.ActionAsk
	actionShare     = "share"
	actionExport    = view.ActionExport
	actionRunBudget = "run_budget"
)

// nextQuestions are the buttons that ask for the same names in another way.
func (a *App) nextQuestions(asked Asked, names []string) []view.Action {
	var actions []view.Action
	for _, other := range []struct {
		label string
		by    billing.Breakdown
	}{{"By Service", billing.ByService}, {"By Team", billing.ByTeam}, {"By Type", billing.ByUsageType}, {"By Region", billing.ByRegion}} {
		if other.by == billing.ByTeam && len(a.Rules().Teams) == 0 {
			continue
		}
		next := asked
		next.Question.By, next.Question.Top = other.by, usualTop(other.by)
		if other.by != asked.Question.By && (other.by != billing.ByUsageType || asked.Question.UsageType == "") {
			actions = append(actions, view.Action{Label: other.label, ID: actionAsk + ":" + string(other.by), Value: next.text(names)})
		}
	}
	before := asked
	months := asked.Question.Months
	before.Question.Months = billing.Range{First: months.First.Add(-months.Len()), Last: months.First.Add(-1)}
	if !before.Question.Months.First.Before(oldest) {
		actions = append(actions, view.Action{Label: "Previous Period", ID: actionAsk + ":previous", Value: before.text(names)})
	}
	return actions
}

// shareButton is there where the person may share.
func (a *App) shareButton(ctx context.Context, q *request, text string) []view.Action {
	if !a.mayShare(ctx, q) {
		return nil
	}
	return []view.Action{{Label: "Share in Channel", ID: actionShare, Value: text}}
}

// help shows examples with the names of this account. What cannot be found out now is left out of it.
func (a *App) help(ctx context.Context) view.Message {
	now := a.Now()
	this := billing.MonthOf(now)
	c := view.HelpContext{Now: now, UsageCommand: a.UsageCommand, BudgetCommand: a.BudgetCommand}
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
	return view.Help(c)
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
