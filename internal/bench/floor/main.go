// Command floor is the least that a Slack app can do about a slash command: over two Socket Mode connections it acknowledges
// and posts fixed bodies to the response_url, one after another. It is what bench compares the service with.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func main() {
	var bodies []json.RawMessage
	text, err := os.ReadFile(os.Getenv("FLOOR_BODIES"))
	if err == nil {
		err = json.Unmarshal(text, &bodies)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor: error:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	f := &floor{bodies: bodies, http: &http.Client{Transport: transport}}
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
	bodies []json.RawMessage
	posted atomic.Uint64
	http   *http.Client
}

func (f *floor) serve(ctx context.Context, client *socketmode.Client) {
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

func (f *floor) post(ctx context.Context, address string) {
	body := f.bodies[f.posted.Add(1)%uint64(len(f.bodies))]
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
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
