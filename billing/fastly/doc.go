// Package fastly is the client for Fastly's billing API: usage metrics of both revisions of the contract, usage by service, daily
// statistics, invoices and the estimate of the current month, and what a token may do.
//
// It reads an answer tolerantly in shape and strictly in content: a row that cannot be read is set aside with its reason, and the others
// are used. Which of a month's statements count is the matter of package statement.
//
//	client, err := fastly.NewClient(fastly.ClientConfig{Token: token})
//	usage, err := client.Usage(ctx, billing.One(month))
package fastly
