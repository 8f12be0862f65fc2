package alertview

import (
	"budgetbot/slackapp/blocks"
)

func mrkdwnTexts(m blocks.Message) []string {
	var texts []string
	for _, b := range m.Blocks {
		texts = append(texts, blocks.MrkdwnOf(b)...)
	}
	return texts
}
