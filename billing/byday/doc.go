// Package byday answers questions about days and weeks: of the account, a region, a service or a team, from Fastly's daily statistics; of other usage
// types from what the bot recorded of each day. Tabulate is pure; Asker reads.
package byday
