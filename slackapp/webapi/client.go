package webapi

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/slackapp/blocks"
)

const (
	defaultAPI  = "https://slack.com/api/"
	callTimeout = 15 * time.Second // for one call of the Web API
)

// NewClient returns a client of Slack's Web API at the base URL; an empty one means Slack itself. Every call is given up
// after 15 seconds and none is repeated: a repeated chat.postMessage would post a message twice, so the caller decides.
// The transport carries the calls.
func NewClient(token, baseURL string, transport http.RoundTripper) *slack.Client {
	baseURL = strings.TrimRight(cmp.Or(baseURL, defaultAPI), "/") + "/"
	client := httpClient(callTimeout, bearer{token, baseURL, transport})
	return slack.New(token, slack.OptionAPIURL(baseURL), slack.OptionHTTPClient(client))
}

// optionsOf are what a message is posted with.
func optionsOf(m blocks.Fitted) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// httpClient returns a client that follows no redirect.
func httpClient(timeout time.Duration, transport http.RoundTripper) *http.Client {
	return &http.Client{Timeout: timeout, Transport: transport, CheckRedirect: noRedirect}
}

// noRedirect keeps the bot token, and what one person asked, from wherever a redirect leads.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// bearer adds the token as a header to calls of the API alone. The library sends it as a form field to some methods,
// which Slack takes, and strict doubles of Slack do not.
type bearer struct {
	token, baseURL string
	next           http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), b.baseURL) && r.Header.Get("Authorization") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	return b.next.RoundTrip(r)
}
