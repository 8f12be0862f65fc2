package slackapp

import (
	"context"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/usage"
)

// help shows examples with the names of this account. What cannot be found out now is left out of it.
func (a *usageAnswers) help(ctx context.Context) blocks.Message {
	now := a.Now()
	this := billing.MonthOf(now)
	c := usageview.HelpContext{Now: now, UsageCommand: a.UsageCommand, BudgetCommand: a.BudgetCommand, Teams: len(a.Rules().Teams) > 0}
	catalog, _ := a.names.last()
	if reading, err := a.Usage.Read(ctx, billing.Range{First: this.Add(-1), Last: this}); err == nil && len(reading.Rows) > 0 {
		catalog = reading.Catalog
		a.names.remember(catalog, now)
		for _, row := range reading.Rows {
			if row.Month == this && row.CountedTo.After(c.CountedTo) {
				c.CountedTo = row.CountedTo
			}
		}
	}
	c.Products = catalog.ProductIDs()
	if len(catalog.Products) > 0 && len(catalog.Products[0].UsageTypes) > 0 {
		c.UsageType = catalog.Products[0].UsageTypes[0]
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

// last returns the names, and when they were seen.
func (l *lastNames) last() (billing.Catalog, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen, l.at
}

// remember keeps the catalog unless it has one of a later month.
func (l *lastNames) remember(catalog billing.Catalog, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !catalog.Last.Before(l.seen.Last) || l.seen.Last.IsZero() {
		l.seen, l.at = catalog, now
	}
}
