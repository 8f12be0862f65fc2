package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"budgetbot/internal/fastlysim"
)

// secrets are what nobody may read.
type secrets struct {
	mu     sync.Mutex
	values []string
}

func (s *secrets) add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = append(s.values, values...)
}

func (s *secrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.values)
}

// ticket is the secret in the address of a Socket Mode connection.
var ticket = regexp.MustCompile(`ticket=[A-Z0-9]{8,}`)

// checkManners runs when every program of this world has ended.
func (w *world) checkManners() {
	for _, v := range w.slack.Violations() {
		if slices.Contains(w.excused, v.Rule) {
			continue
		}
		w.t.Errorf("Slack's rules were broken: %s: %s", v.Rule, v.Detail)
	}
	for _, request := range w.fastly.Requests() {
		// How an account says that it has no estimate.
		told := request.Path == fastlysim.MonthToDatePath && (request.Status == 404 || request.Status == 422)
		if request.Status >= 400 && request.Status < 500 && !told && !w.unfair {
			w.t.Errorf("Fastly refused %s?%s with %d", request.Path, request.Query.Encode(), request.Status)
		}
	}
	seen, err := json.Marshal(w.slack.Snapshot())
	if err != nil {
		w.t.Error(err)
	}
	w.sweep("a message", string(seen))
	w.sweep("what was written", w.written.String())
	for line := range strings.Lines(w.written.String()) {
		if key, twice := repeatedKey(line); twice {
			w.t.Errorf("the log has the key %q twice in one line: %s", key, line)
		}
	}
}

// repeatedKey returns a key that an object of a line of JSON has twice, of which a reader keeps one or the other. Other lines have none.
func repeatedKey(line string) (key string, twice bool) {
	decoder := json.NewDecoder(strings.NewReader(line))
	var open []map[string]bool // the keys of each object that is open, and nil of each list
	wantsKey := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return "", false
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			wantsKey = len(open) > 0 && open[len(open)-1] != nil
			continue
		case string:
			if wantsKey {
				if open[len(open)-1][t] {
					return t, true
				}
				open[len(open)-1][t], wantsKey = true, false
				continue
			}
		}
		wantsKey = len(open) > 0 && open[len(open)-1] != nil
	}
}

func TestARepeatedKeyIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, line, want string }{
		{"a line of the log", `{"level":"info","msg":"level","n":1}`, ""},
		{"a key that stands twice", `{"level":"info","msg":"spoken","level":80}`, "level"},
		{"keys of objects within it are their own", `{"a":{"a":1},"b":[{"a":1},{"a":"a"},"a"],"c":"a"}`, ""},
		{"one that stands twice in an object within", `{"a":[{"b":{}, "b":[]}]}`, "b"},
		{"a line of text", "checked\tlevel level", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, _ := repeatedKey(tt.line); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// sweep fails the test where the text holds a secret.
func (w *world) sweep(where, text string) {
	for _, secret := range w.secrets.all() {
		if strings.Contains(text, secret) {
			w.t.Errorf("a secret is in %s: %s", where, around(text, strings.Index(text, secret)))
		}
	}
	if at := ticket.FindStringIndex(text); at != nil {
		w.t.Errorf("the ticket of a connection is in %s: %s", where, around(text, at[0]))
	}
}

func around(text string, at int) string { return text[max(0, at-200):min(len(text), at+100)] }

// output collects what programs write. It may be read while they do.
type output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}
