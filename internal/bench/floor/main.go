// Command floor is the least that a Slack app can do about a slash command: over two Socket Mode connections it acknowledges
// and posts fixed bytes to the response_url. It is what bench compares the service with.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func main() {
	body, err := os.ReadFile(os.Getenv("FLOOR_BODY"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor: error:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	f := floor{body: body, http: &http.Client{Transport: transport}}
	var connections sync.WaitGroup
	for range 2 {
		api := slack.New("", slack.OptionAppLevelToken(os.Getenv("SLACK_APP_TOKEN")), slack.OptionAPIURL(os.Getenv("SLACK_API_URL")))
		client := socketmode.New(api)
		connections.Go(func() { _ = client.RunContext(ctx) }) // it ends with the process
		connections.Go(func() { f.serve(ctx, client) })
	}
	connections.Wait()
}

type floor struct {
	body []byte
	http *http.Client
}

func (f floor) serve(ctx context.Context, client *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-client.Events:
			command, ok := event.Data.(slack.SlashCommand)
			if !ok {
				continue
			}
			if err := client.Ack(*event.Request); err != nil {
				fmt.Fprintln(os.Stderr, "floor: error:", err)
			}
			go f.post(ctx, command.ResponseURL)
		}
	}
}

func (f floor) post(ctx context.Context, address string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(f.body))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := f.http.Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor: error:", err)
		return
	}
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	_ = response.Body.Close()
}
