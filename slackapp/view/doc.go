// Package view turns values of the domain into Slack messages: blocks for people who look, and a text twin for
// notifications, screen readers and the terminal.
//
// Every function is pure: values in, a Message out. The package never knows the socket, the Web API, the clock or the store;
// the instant that a message is made for is an argument. Whoever sends a Message passes it through Fit first, which keeps
// Slack's limits:
//
//	m := view.Fit(view.Usage(table, view.UsageContext{Now: now, Command: "/usage", Private: true}))
//
// Names that come from Fastly or from people are text and never markup: Escape is the only way by which they reach mrkdwn.
package view
