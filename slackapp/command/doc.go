// Package command is the grammar of questions about usage and cost, for Slack and for the terminal: text in, a question or a mistake with its nearest
// right forms out. It is pure; the names of products and usage types are read by a function that is handed in.
//
//	asked, mistake, err := command.Understand("last 3 months cdn_usage by region", now, command.Names{Read: names})
package command
