package webapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/encoding/json"

	"github.com/slack-go/slack"

	"budgetbot/internal/loopback"
	"budgetbot/slackapp/blocks"
)

const (
	maxUses      = 5 // of one response_url
	replyTimeout = 10 * time.Second
	maxPause     = 5 * time.Second // that a reply waits when Slack asks for one
	idleReplies  = 32              // connections kept for the next replies, which all go to one host; the library keeps two
	replyBuffer  = 16 << 10        // the usual answer goes out in one write; the library's 4 KiB take two or three
)

// Reply is the way back to the person who typed or pressed: the response_url, and where that is of no more use an ephemeral
// message. It is used by one goroutine at a time.
type Reply struct {
	HTTP  *http.Client
	API   *slack.Client
	Slack string // the address of the Web API, beside which the way back has to be
	// url is a secret for half an hour. It is in no error.
	URL           string
	Channel, User string
	uses          int
	// Replaceable means that the address leads to a message of ours that only this person sees, so that a new one may
	// replace it.
	Replaceable bool
}

// Tell shows the message to the person alone, in place of what stands behind the address where that is ours.
func (r *Reply) Tell(ctx context.Context, m blocks.Fitted) error {
	err := r.say(ctx, m, answerBody{ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: r.Replaceable})
	if err != nil {
		return fmt.Errorf("answer the person: %w", err)
	}
	r.Replaceable = true
	return nil
}

// Publish shows the message to the whole channel. It is the last use of the address: what would replace a message after it
// might replace what everybody sees.
func (r *Reply) Publish(ctx context.Context, m blocks.Fitted) error {
	return r.say(ctx, m, answerBody{ResponseType: slack.ResponseTypeInChannel})
}

// answerBody is the body of a post to a response_url, all but its blocks.
type answerBody struct {
	Text            string `json:"text"`
	ResponseType    string `json:"response_type"`
	ReplaceOriginal bool   `json:"replace_original"`
}

// with returns the body as JSON. The blocks are JSON already, and stand in it as they are: encoding/json would read them
// through once more.
func (a answerBody) with(blocks json.RawMessage) []byte {
	body, _ := json.Marshal(a) // texts can always be encoded
	if len(blocks) == 0 {
		return body
	}
	return slices.Concat(body[:len(body)-1], []byte(`,"blocks":`), blocks, []byte("}"))
}

// say posts the richest form of the message that Slack takes.
func (r *Reply) say(ctx context.Context, m blocks.Fitted, as answerBody) error {
	ctx, cancel := context.WithTimeout(ctx, replyTimeout)
	defer cancel()
	var err error
	for form := range m.Forms() {
		as.Text = form.Text
		err = r.post(ctx, as.with(form.JSON))
		if errors.Is(err, errAddressOver) {
			err = r.fallback(ctx, form, as.ResponseType)
		}
		if err == nil || !refusesForm(replyCode(err)) {
			return err
		}
	}
	return err
}

// errAddressOver says that the response_url takes no more: used up, expired or never valid.
var errAddressOver = errors.New("the response_url is of no more use")

// replyError is an answer to a post that is not a success.
type replyError struct {
	status int
	code   string // Slack's error code, where it sent one
	after  time.Duration
}

func (e *replyError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("response_url: status %d %s", e.status, e.code))
}

func replyCode(err error) string {
	if refused, ok := errors.AsType[*replyError](err); ok {
		return refused.code
	}
	return CodeOf(err)
}

// post uses the address once, and once more where Slack asks for a pause or failed.
func (r *Reply) post(ctx context.Context, body []byte) error {
	err := r.postOnce(ctx, body)
	refused, ok := errors.AsType[*replyError](err)
	if !ok || refused.status != http.StatusTooManyRequests && refused.status < http.StatusInternalServerError {
		return err
	}
	select {
	case <-time.After(min(max(refused.after, time.Second), maxPause)):
		return r.postOnce(ctx, body)
	case <-ctx.Done():
		return err
	}
}

func (r *Reply) postOnce(ctx context.Context, body []byte) error {
	if r.uses >= maxUses || !isSafe(r.URL, r.Slack) {
		return errAddressOver
	}
	r.uses++
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return errAddressOver
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := r.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("post to the response_url: %w", Bare(err))
	}
	defer func() { _ = response.Body.Close() }()
	return judgeReply(response)
}

// judgeReply takes every 2xx for a success, unless its body says otherwise.
func judgeReply(response *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 4096)) // what cannot be read of it is not needed
	var body struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(text, &body) != nil {
		body.Error = string(text)
	}
	success := response.StatusCode >= 200 && response.StatusCode < 300
	switch {
	case success && (body.OK == nil || *body.OK):
		return nil
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone:
		return errAddressOver
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // without one the pause has a default
	return &replyError{status: response.StatusCode, code: slackCode(body.Error), after: time.Duration(seconds) * time.Second}
}

// slackCode returns the text where it has the form of one of Slack's error codes, and nothing else of what was answered.
func slackCode(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 60 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return text
}

// fallback says it through the Web API: to the person, which needs the bot in the channel, or to the channel.
func (r *Reply) fallback(ctx context.Context, m blocks.Fitted, kind string) error {
	options := optionsOf(m)
	var err error
	if kind == slack.ResponseTypeInChannel {
		_, _, err = r.API.PostMessageContext(ctx, r.Channel, options...)
	} else {
		_, err = r.API.PostEphemeralContext(ctx, r.Channel, r.User, options...)
	}
	if err != nil {
		return fmt.Errorf("%w, and without it: %w", errAddressOver, Bare(err))
	}
	return nil
}

// isSafe reports whether an answer may be sent to the address: over TLS to Slack's own hosts or to that of the API, and in the clear only on
// this machine, where the API is there too.
func isSafe(address, api string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	of, err := url.Parse(cmp.Or(api, defaultAPI))
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	switch u.Scheme {
	case "https":
		return host == strings.ToLower(of.Hostname()) || strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-gov.com")
	case "http":
		return of.Scheme == "http" && loopback.IsHost(host) && loopback.IsHost(of.Hostname())
	}
	return false
}

// NewReplyClient returns the HTTP client for response URLs. It follows no redirect, since what is posted is for one person. A nil dial
// means the machine's network.
func NewReplyClient(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.WriteBufferSize = idleReplies, replyBuffer
	if dial != nil {
		transport.DialContext = dial
	}
	return httpClient(replyTimeout, transport)
}
