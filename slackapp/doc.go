// Package slackapp is what a person can ask and press in Slack: it reads the text of a command, decides whether this
// person may ask here, fetches the answer, says it through Slack, and carries alerts to their channels.
//
// The grammar of the commands (args.go, budgetargs.go) is pure: text in, a question or a mistake with its correction out.
// App answers what the socket hands it, Notifier delivers what the alerts package recorded. The words of a message live in
// slackapp/view, the line to Slack in slackapp/socket. The package never knows HTTP towards Fastly, SQL or the rules file:
// it declares what it needs from them and is handed something that keeps to it.
//
//	app := slackapp.New(slackapp.Config{Team: team, Slack: api, Channels: channels, Usage: cache, Budgets: store, Rules: rules})
//	err := socket.New(socket.Config{AppToken: token}, app).Run(ctx)
package slackapp
