package servicetest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"budgetbot/internal/fastlysim"
)

// secrets are what nobody may read.
type secrets struct {
	mu     sync.Mutex
	values []string
}

// AddSecret names what must not appear in anything that a program of the world shows.
func (w *World) AddSecret(values ...string) { w.secrets.add(values...) }

// Excuse lets a rule of Slack's be broken, as by a test that plays Slack's part itself.
func (w *World) Excuse(rule string) { w.excused = append(w.excused, rule) }

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
func (w *World) checkManners() {
	for _, v := range w.Slack.Violations() {
		if slices.Contains(w.excused, v.Rule) {
			continue
		}
		w.T.Errorf("Slack's rules were broken: %s: %s", v.Rule, v.Detail)
	}
	for _, request := range w.Fastly.Requests() {
		// How an account says that it has no estimate.
		told := request.Path == fastlysim.MonthToDatePath && (request.Status == 404 || request.Status == 422)
		if request.Status >= 400 && request.Status < 500 && !told && !w.unfair {
			w.T.Errorf("Fastly refused %s?%s with %d", request.Path, request.Query.Encode(), request.Status)
		}
	}
	seen, err := json.Marshal(w.Slack.Snapshot())
	if err != nil {
		w.T.Error(err)
	}
	w.Sweep("a message", string(seen))
	w.Sweep("what was written", w.Written.String())
	for line := range strings.Lines(w.Written.String()) {
		if key, twice := repeatedKey(line); twice {
			w.T.Errorf("the log has the key %q twice in one line: %s", key, line)
		}
	}
}

// repeatedKey returns a key that a JSON line has twice in one object, since readers differ in which of the two they keep; else nothing.
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

// Sweep fails the test where the text holds a secret.
func (w *World) Sweep(where, text string) {
	for _, secret := range w.secrets.all() {
		if strings.Contains(text, secret) {
			w.T.Errorf("a secret is in %s: %s", where, around(text, strings.Index(text, secret)))
		}
	}
	if at := ticket.FindStringIndex(text); at != nil {
		w.T.Errorf("the ticket of a connection is in %s: %s", where, around(text, at[0]))
	}
}

func around(text string, at int) string { return text[max(0, at-200):min(len(text), at+100)] }

// Output collects what programs write. It may be read while they do.
type Output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

// String is what was written so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

// Log is what the programs of this world wrote last, for the report of a failure.
func (w *World) Log() string {
	var lines []string
	for line := range strings.Lines(w.Written.String()) {
		if !strings.Contains(line, `"level":"debug"`) {
			lines = append(lines, line)
		}
	}
	return "the log:\n" + strings.Join(lines[max(0, len(lines)-40):], "")
}
