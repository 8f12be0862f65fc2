// Package status tells how budgets stand now, and how they ended in a month that is over. Slack, digests, metrics and the terminal use it, so that all
// show the same states, figures and order.
package status
