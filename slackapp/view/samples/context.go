package samples

import (
	"fmt"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

func sampleContext(asked string, labels ...string) usageview.Context {
	c := usageview.Context{Now: sampledata.Now, Command: "/usage", Asked: asked, Offers: []string{"2026-10"}}
	for i, label := range labels {
		c.Actions = append(c.Actions, blocks.Action{Label: label, ID: fmt.Sprintf("ask:%d", i), Value: asked})
	}
	return c
}
