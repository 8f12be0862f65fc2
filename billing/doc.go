// Package billing knows what Fastly counted and what it bills, by month: months and ranges of them, usage and its units, bills and
// their charges, the small client for Fastly's billing endpoints, the caches in front of it, and the tables that answers are made
// of. Usage is read where the account has it, which a Chooser finds out: from the usage endpoints, or from invoices.
//
// It knows nothing of Slack, of budgets or of storage. Everything but Client, the caches, InvoiceUsage, Chooser and Asker is pure:
// no clock, no network, no log. What is not known is an error or a figure that is not valid, and never zero.
//
//	client, err := billing.NewClient(billing.ClientConfig{Token: token})
//	cache := billing.NewCache(client, billing.CacheConfig{})
//	defer cache.Close()
//	table, err := billing.Asker{Usage: cache}.Ask(ctx, billing.Question{Months: billing.One(month)}, time.Now())
package billing
