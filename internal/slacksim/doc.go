// Package slacksim is a strict Slack workspace on loopback: the Web API and Socket Mode over real HTTP and real
// WebSockets, with people who type commands and press buttons, and with the faults that Slack has on bad days.
//
// End-to-end tests, benchmarks and the demo run the product against it. It knows nothing of the product and shares no
// type with it or with the Slack library that the product uses: what it accepts and what it sends is written here from
// Slack's documentation alone, and what Slack refuses, it refuses, in Slack's words.
//
//	ws, err := slacksim.Start(slacksim.Config{})
//	defer ws.Close()
//	// Run the app with ws.APIURL(), ws.BotToken() and ws.AppToken().
//	ws.WaitConnected(ctx, 1)
//	asked, err := ws.Command(ctx, slacksim.Slash{User: "U0ALICE01", Channel: "C0CDN0001", Command: "/usage", Text: "help"})
//	outcome, err := asked.Outcome(ctx)       // acknowledged, operation_timeout or dispatch_failed
//	answer, err := asked.WaitAnswer(ctx, 1)  // the first message shown through the ack or the response_url
//	pressed, err := ws.Press(ctx, slacksim.Press{User: "U0ALICE01", Channel: answer.Channel, TS: answer.TS, ActionID: "share"})
//
// What a test asks the workspace:
//
//	ws.Messages("C0CDN0001")                 // everything in a channel, in order; WaitMessage waits for one
//	ws.Watch(0).Events()                     // everything that happens from now on
//	ws.Calls("chat.postMessage")             // calls with their times and results; CallCount, WaitCalls
//	ws.Violations()                          // what the app did that Slack does not allow
//	ws.Modals(user), ws.Home(user)           // open modals, the Home tab
//	ws.Connections(), ws.Snapshot()          // GET /sim/state serves the snapshot as JSON
//
// What people do: Command, Press, Submit, CloseView, Suggest, Shortcut, OpenHome, Say; Happen sends any event.
//
// What goes wrong: Fail and ClearFaults for single calls; SetScopes, RevokeTokens, Archive, Kick and Invite for the
// workspace; Disconnect, KillConnections, HalfOpen, Hold, SendRaw and EnableLink for the socket.
package slacksim
