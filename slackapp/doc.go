// Package slackapp is what a person can ask and press in Slack: it has a question answered for a person who may ask it here, and gives the answer
// through Slack.
//
// App answers what the socket hands it. Who may ask is decided in slackapp/access. The grammar of questions is in slackapp/command, that of the
// budget command in slackapp/command/budget, the words of a message in slackapp/view, the calls of Slack's Web API in slackapp/webapi, and Socket
// Mode in slackapp/socket. The package never knows HTTP towards Fastly, SQL or the rules file: it declares what it needs from them and is handed
// something that keeps to it.
//
//	app := slackapp.New(slackapp.Config{Team: team, Slack: api, Channels: channels, Usage: cache, Budgets: store, Rules: rules})
//	err := socket.New(socket.Config{AppToken: token}, app).Run(ctx)
package slackapp
