// Command bot answers questions about a company's Fastly usage in Slack, and tells the right channel when usage crosses a
// budget. With no subcommand it runs the service.
//
// This is the only package that sees every other: it reads the configuration, opens what is needed in order, and closes it
// in reverse. It holds no logic of the product.
package main
