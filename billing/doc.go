// Package billing knows what Fastly counted, by month: months and ranges of them, usage and its units, the small client
// for Fastly's two usage endpoints, the cache in front of it, and the tables that answers are made of.
//
// It knows nothing of Slack, of budgets or of storage.
package billing
