// Package alertview makes the messages of alerts and of the answers to them: thresholds and forecasts, changes, new and
// vanished items, the bot's own health, the buttons, and the private replies to a press.
package alertview
