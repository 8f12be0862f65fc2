// Package usageview makes the answers to questions on usage and cost: the finding, the table and the facts under it, and the help.
package usageview
