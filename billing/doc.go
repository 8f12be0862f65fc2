// Package billing knows what Fastly counted and what it bills, by month: months and ranges of them, usage and its units, bills and
// their charges, the small client for Fastly's billing endpoints, the caches in front of it, and the tables that answers are made
// of. Usage is read where the account has it, which a Chooser finds out: from the usage endpoints, or from invoices.
//
// What a month cost is read from its statements as an accountant would: what is void does not count, a credit note of a whole statement
// sets both aside before anything is compared, a later statement of the same days and lines counts in place of the older one,
// and everything else is added. In whatever order they are listed, the same statements make the same bill.
//
// It knows nothing of Slack, of budgets or of storage. Everything but Client, the caches, InvoiceUsage, Chooser and Asker is pure:
// no clock, no network, no log. What is not known is an error or a figure that is not valid, and never zero.
//
//	client, err := billing.NewClient(billing.ClientConfig{Token: token})
//	cache := billing.NewCache(client, billing.CacheConfig{})
//	defer cache.Close()
//	table, err := billing.Asker{Usage: cache}.Ask(ctx, billing.Question{Months: billing.One(month)}, time.Now())
package billing
