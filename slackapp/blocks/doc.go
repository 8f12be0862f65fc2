// Package blocks is the vocabulary of Slack messages: text that is escaped, numbers, dates, tables, buttons and notices, Slack's limits, and a
// message read back as plain text for notifications, screen readers and the terminal.
//
// Every function is pure. The sender of a Message passes it through Fit first, which keeps it within Slack's limits. Names that come from Fastly or from
// people are text and never markup: Escape is the only way by which they reach mrkdwn.
package blocks
