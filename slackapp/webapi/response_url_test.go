package webapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"budgetbot/slackapp/blocks"
)

// inbox is a response_url that answers as a test says.
type inbox struct {
	*httptest.Server
	mu      sync.Mutex
	got     []posted
	answers []func(http.ResponseWriter)
}

// posted is what was posted, as Slack reads it.
type posted struct {
	Text            string            `json:"text"`
	Blocks          []json.RawMessage `json:"blocks"`
	ResponseType    string            `json:"response_type"`
	ReplaceOriginal bool              `json:"replace_original"`
}

func newInbox(t *testing.T, answers ...func(http.ResponseWriter)) (*inbox, *Reply) {
	t.Helper()
	box := &inbox{answers: answers}
	box.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		var a posted
		if err = errors.Join(err, json.Unmarshal(raw, &a)); err != nil {
			t.Error(err)
		}
		box.mu.Lock()
		defer box.mu.Unlock()
		box.got = append(box.got, a)
		if n := len(box.got); n <= len(box.answers) {
			box.answers[n-1](w)
		}
	}))
	client := NewReplyClient(nil)
	api := NewClient("xoxb-t", "http://127.0.0.1:1/api/", &http.Transport{})
	t.Cleanup(func() {
		client.CloseIdleConnections()
		box.Close()
	})
	return box, &Reply{HTTP: client, API: api, Slack: box.URL, URL: box.URL + "/commands/T/secret", Channel: cdn, User: alice}
}

func status(code int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// rich is a message with blocks.
func rich() blocks.Message { return blocks.Refusal("No.", "Ask elsewhere.") }

func TestTheSecondAnswerReplacesTheFirst(t *testing.T) {
	box, r := newInbox(t)
	for range 2 {
		if err := r.Tell(t.Context(), blocks.Fit(rich())); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Publish(t.Context(), blocks.Fit(rich())); err != nil {
		t.Fatal(err)
	}
	for i, want := range []posted{{ResponseType: "ephemeral"}, {ResponseType: "ephemeral", ReplaceOriginal: true}, {ResponseType: "in_channel"}} {
		if got := box.got[i]; got.ResponseType != want.ResponseType || got.ReplaceOriginal != want.ReplaceOriginal || len(got.Blocks) == 0 {
			t.Errorf("post %d is %+v", i, got)
		}
	}
}

func TestWhatCountsAsAnAnswerTaken(t *testing.T) {
	for _, test := range []struct {
		name  string
		Reply func(http.ResponseWriter)
		want  string // a part of the error; empty is success
	}{
		{"200 with ok", status(200, "ok"), ""},
		{"200 with nothing", status(200, ""), ""},
		{"202", status(202, "accepted"), ""},
		{"200 that says it is none", status(200, `{"ok":false,"error":"no_permission"}`), "status 200 no_permission"},
		{"403", status(403, "no_team"), "status 403 no_team"},
		{"a redirect is not followed", func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://example.com")
			w.WriteHeader(http.StatusFound)
		}, "status 302"},
		{"words of the body are not repeated", status(400, "the secret is /commands/T/secret"), "status 400"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, r := newInbox(t, test.Reply)
			err := r.Tell(t.Context(), blocks.Fit(rich()))
			switch {
			case test.want == "" && err != nil:
				t.Errorf("the error is %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("the error is %v, want %s", err, test.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("the address is in the error: %v", err)
			}
		})
	}
}

func TestARefusedAnswerIsShownMoreSimply(t *testing.T) {
	box, r := newInbox(t, status(400, "invalid_blocks"), status(400, `{"ok":false,"error":"invalid_blocks"}`))
	if err := r.Tell(t.Context(), blocks.Fit(rich())); err != nil {
		t.Fatal(err)
	}
	if len(box.got) != 3 || len(box.got[2].Blocks) != 0 || !strings.Contains(box.got[2].Text, "Ask elsewhere.") {
		t.Errorf("posted %+v", box.got)
	}
}

func TestAPauseIsKeptOnce(t *testing.T) {
	limited := func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	box, r := newInbox(t, limited)
	if err := r.Tell(t.Context(), blocks.Fit(rich())); err != nil || len(box.got) != 2 {
		t.Errorf("%d posts, %v", len(box.got), err)
	}
}

func TestAnAddressIsUsedFiveTimes(t *testing.T) {
	box, r := newInbox(t)
	for range maxUses {
		if err := r.Tell(t.Context(), blocks.Fit(rich())); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Tell(t.Context(), blocks.Fit(rich())); !errors.Is(err, errAddressOver) || len(box.got) != maxUses {
		t.Errorf("%d posts, then %v", len(box.got), err)
	}
}

func TestAnAddressThatIsGoneIsNotAskedAgain(t *testing.T) {
	box, r := newInbox(t, status(404, "expired_url"))
	err := r.Tell(t.Context(), blocks.Fit(rich()))
	if !errors.Is(err, errAddressOver) || len(box.got) != 1 || strings.Contains(err.Error(), "secret") {
		t.Errorf("%d posts, %v", len(box.got), err)
	}
}

func TestAddressesThatAreSafe(t *testing.T) {
	const slackItself, sim, proxy = "https://slack.com/api/", "http://127.0.0.1:8080/api/", "https://slack.example.com/api/"
	for _, test := range []struct {
		name, api, address string
		want               bool
	}{
		{"Slack's own", slackItself, "https://hooks.slack.com/commands/T/x", true},
		{"Slack's own, where none is named", "", "https://hooks.slack.com/commands/T/x", true},
		{"Slack for governments", slackItself, "https://hooks.slack-gov.com/commands/T/x", true},
		{"capitals name the same host", slackItself, "https://HOOKS.SLACK.COM/x", true},
		{"the host of the API, where that is another one", proxy, "https://slack.example.com/commands/T/x", true},
		{"this machine, where the API is there too", sim, "http://127.0.0.1:9090/x", true},
		{"this machine by name", sim, "http://localhost/x", true},
		{"this machine in IPv6", sim, "http://[::1]/x", true},
		{"any other host over TLS", slackItself, "https://example.com/x", false},
		{"one that only ends like Slack's", slackItself, "https://notslack.com/x", false},
		{"one that only begins like Slack's", slackItself, "https://hooks.slack.com.example.com/x", false},
		{"one behind a user's name", slackItself, "https://hooks.slack.com@example.com/x", false},
		{"this machine, where the API is Slack's", slackItself, "http://127.0.0.1:8080/x", false},
		{"this machine over TLS, where the API is Slack's", slackItself, "https://127.0.0.1/x", false},
		{"Slack's own in the clear", slackItself, "http://hooks.slack.com/x", false},
		{"a name that looks like this machine", sim, "http://127.0.0.1.example.com/x", false},
		{"another scheme", sim, "ftp://127.0.0.1/x", false},
		{"nothing", sim, "", false},
		{"no host", sim, "https://", false},
		{"no address", sim, "\x7f", false},
	} {
		if isSafe(test.address, test.api) != test.want {
			t.Errorf("%s: %q is safe: %v", test.name, test.address, !test.want)
		}
	}
}
