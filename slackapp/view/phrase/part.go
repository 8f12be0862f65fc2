package phrase

import (
	"github.com/slack-go/slack"
)

// Part is what one surface says in the message of another: Text is the point of it, and Facts stand in small type.
type Part struct {
	Text   string
	Blocks []slack.Block
	Facts  []string
}
