// Package usageview makes the answers to questions about usage and cost: the finding, the table, the small type under it, and the help.
package usageview
