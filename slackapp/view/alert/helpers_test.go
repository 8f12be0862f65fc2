package alertview

import (
	"budgetbot/slackapp/blocks"
)

// mrkdwnOf returns everything that a message says, as one text of mrkdwn.
func mrkdwnOf(m blocks.Message) string {
	return m.TextOnly()
}
