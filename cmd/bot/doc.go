// Command bot answers questions about a company's Fastly usage in Slack, and alerts the right channel when usage crosses a
// budget. With no subcommand it runs the service.
//
// It has one file for each subcommand, and holds no logic of the product: internal/service wires and runs it.
package main
