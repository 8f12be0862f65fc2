// Package command is the grammar of questions about usage and cost, for Slack and for the terminal. It reads a text as a question, or as a mistake with the
// nearest right forms. It is pure: a function that the caller hands in reads the names of products and usage types.
//
//	asked, mistake, err := command.Understand("last 3 months cdn_usage by region", now, command.Names{Read: names})
package command
