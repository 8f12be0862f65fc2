// Package fastly is the client for Fastly's billing API: usage metrics of both revisions of the contract, usage by service, daily
// statistics, invoices and the estimate of the current month, and what a token may do.
//
// It reads an answer tolerantly in shape and strictly in content: a row that cannot be read is set aside with its reason, and the others
// stand. What a month cost is read from its statements as an accountant would: a void statement does not count, a credit note of a whole
// statement sets both aside, a later statement of the same days and lines replaces the earlier one, and everything else is added.
// The order in which Fastly lists them makes no difference.
//
//	client, err := fastly.NewClient(fastly.ClientConfig{Token: token})
//	usage, err := client.Usage(ctx, billing.One(month))
package fastly
