// Package status tells how budgets stand now, for Slack, digests, metrics and the terminal: one state, one order, one set of figures. It also tells how they
// ended in a month that is over.
package status
