package main

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
