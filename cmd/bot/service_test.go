package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"budgetbot/internal/service"
)

// running is a service in this process.
type running struct {
	w       *world
	service *service.Service
	cancel  context.CancelFunc
	ended   chan error
	over    bool
}

// config is the environment of a service in this world. Everything is as in production but the addresses and the interval.
func (w *world) config() *service.Config {
	return &service.Config{
		SlackBotToken: w.slack.BotToken(), SlackAppToken: w.slack.AppToken(), SlackAPIURL: w.slack.APIURL(),
		FastlyAPIToken: fastlyToken, FastlyAPIURL: w.fastly.URL(),
		RulesFile: w.path("rules.yaml"), DatabaseURL: "sqlite://" + w.path("budgetbot.db"), HTTPAddr: "127.0.0.1:0",
		LogLevel: "debug", LogFormat: "json", UsageCommand: "/usage", BudgetCommand: "/budget", CheckEvery: time.Second,
	}
}

// start opens and runs a service, and returns when it is connected. It is stopped at the end of the test, if not before.
func (w *world) start(changes ...func(*service.Options)) *running {
	w.t.Helper()
	o := service.Options{
		Log: service.NewLog(w.config(), w.written), Now: w.clock.Now, Poll: 50 * time.Millisecond, BrokenWait: time.Second,
		SettleWait: 2 * time.Second, LookWait: time.Second,
	}
	for _, change := range changes {
		change(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	built, err := service.Build(ctx, w.config(), o)
	if err != nil {
		cancel()
		w.t.Fatalf("build: %v; %s", err, w.log())
	}
	r := &running{w: w, service: built, cancel: cancel, ended: make(chan error, 1)}
	w.t.Cleanup(func() { r.stop() })
	go func() { r.ended <- built.Run(ctx) }()
	if err := w.slack.WaitConnected(w.soon(), 2); err != nil {
		w.t.Fatalf("not connected: %v; %s", err, w.log())
	}
	return r
}

// stop ends the service as a signal does, and demands that it goes well.
func (r *running) stop() {
	r.w.t.Helper()
	if r.over {
		return
	}
	r.over = true
	for _, page := range []string{"/readyz", "/metrics"} {
		_, text := r.page(page)
		r.w.sweep(page, text)
	}
	r.cancel()
	select {
	case err := <-r.ended:
		if err != nil {
			r.w.t.Errorf("the service ended: %v", err)
		}
	case <-time.After(patience):
		r.w.t.Fatalf("the service does not end; %s", r.w.log())
	}
	if err := r.service.Close(); err != nil {
		r.w.t.Errorf("close the service: %v", err)
	}
}

// page reads one of the health server's pages.
func (r *running) page(path string) (status int, text string) {
	r.w.t.Helper()
	return readPage(r.w.t, "http://"+r.service.Ops.Addr()+path)
}

// pages never keeps a connection, so that none outlives a test.
var pages = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}

func readPage(t testing.TB, address string) (status int, text string) {
	t.Helper()
	response, err := pages.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// readiness is what /readyz says.
type readiness struct {
	Status            int
	Ready             bool
	Reasons, Warnings []string
}

func readReadiness(t testing.TB, address string) readiness {
	t.Helper()
	status, text := readPage(t, address+"/readyz")
	answer := readiness{Status: status}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("/readyz says %q: %v", text, err)
	}
	return answer
}

func (r *running) readiness() readiness {
	r.w.t.Helper()
	return readReadiness(r.w.t, "http://"+r.service.Ops.Addr())
}
