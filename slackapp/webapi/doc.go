// Package webapi calls Slack over HTTP: it posts, edits and finds the messages of deliveries, answers through response URLs, and asks who is a
// guest, who is in a user group, and which channel has a name. It knows what each of Slack's refusals means for a delivery, and it keeps the bot
// token and response URLs out of every error.
package webapi
