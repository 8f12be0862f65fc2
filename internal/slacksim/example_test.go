package slacksim_test

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

// An app posts into a channel, and the test reads the channel.
func ExampleStart() {
	ws, err := slacksim.Start(slacksim.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ws.Close() }()
	app := slack.New(ws.BotToken(), slack.OptionAPIURL(ws.APIURL()))
	_, _, err = app.PostMessageContext(context.Background(), "C0CDN0001", slack.MsgOptionText("80% used", false))
	fmt.Println(err)
	for _, m := range ws.Messages("C0CDN0001") {
		fmt.Println(m.Text, m.FromBot)
	}
	fmt.Println(ws.Violations())
	// Output:
	// <nil>
	// 80% used true
	// []
}
