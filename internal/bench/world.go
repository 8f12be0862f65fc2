package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/program"
	"budgetbot/internal/slacksim"
)

const fastlyToken = "made-up-token"

// world is a workspace, an account, and one program that speaks to them.
type world struct {
	slack   *slacksim.Server
	fastly  *fastlysim.Server
	program *program.Process
	// connected is how long the program took from its start until both connections were open.
	connected time.Duration
}

// person is one of those who ask; a service lets each have two questions under way.
func person(n int) string { return fmt.Sprintf("U0PERSON%02d", n) }

func people() []slacksim.User {
	users := make([]slacksim.User, senders)
	for n := range users {
		users[n] = slacksim.User{ID: person(n), Name: fmt.Sprintf("person-%d", n)}
	}
	return users
}

const rules = `
defaults: {channel: C0CDN0001}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 5000 TB}
`

// open starts a program in a world of its own and returns when both its connections are open. The directory keeps its
// database.
func (b *bench) open(ctx context.Context, name, dir string, account fastlysim.Config, extra ...string) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.slack, err = slacksim.Start(slacksim.Config{Users: people()}); err != nil { //nolint:contextcheck // it ends with close
		return w, err
	}
	account.Token = fastlyToken
	if w.fastly, err = fastlysim.Start(account); err != nil {
		return w, err
	}
	environment, err := b.environment(ctx, w, dir)
	if err != nil {
		return w, err
	}
	began := time.Now()
	if w.program, err = program.Start(ctx, b.programs[name], b.dir, append(environment, extra...)); err != nil {
		return w, err
	}
	soon, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := w.slack.WaitConnected(soon, 2); err != nil {
		return w, fmt.Errorf("%s does not connect: %w\n%s", name, err, w.program.LastWords())
	}
	w.connected = time.Since(began)
	return w, nil
}

func (b *bench) environment(ctx context.Context, w *world, dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		return nil, err
	}
	database, err := b.databases.of(ctx, dir)
	if err != nil {
		return nil, err
	}
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir,
		"SLACK_BOT_TOKEN=" + w.slack.BotToken(), "SLACK_APP_TOKEN=" + w.slack.AppToken(), "SLACK_API_URL=" + w.slack.APIURL(),
		"FASTLY_API_TOKEN=" + fastlyToken, "FASTLY_API_URL=" + w.fastly.URL(),
		"RULES_FILE=" + file, "DATABASE_URL=" + database, "HTTP_ADDR=127.0.0.1:0",
	}, nil
}

// healthAddress is where the program serves its metrics, as its log has it.
func (w *world) healthAddress() (string, error) {
	for line := range strings.Lines(w.program.Wrote()) {
		var said struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "serving health" {
			return said.Addr, nil
		}
	}
	return "", fmt.Errorf("the program does not say where it serves its metrics\n%s", w.program.LastWords())
}

// close ends the program first.
func (w *world) close() error {
	var errs []error
	if w.program != nil {
		errs = append(errs, w.program.Stop())
	}
	if w.slack != nil {
		errs = append(errs, w.slack.Close())
	}
	if w.fastly != nil {
		errs = append(errs, w.fastly.Close())
	}
	return errors.Join(errs...)
}

// ask lets somebody type a usage command and returns how long the acknowledgement and the answer took, and the answer.
func (w *world) ask(ctx context.Context, who, text string) (acked, answered time.Duration, answer slacksim.Message, err error) {
	return w.types(ctx, who, "/usage", text)
}

func (w *world) types(ctx context.Context, who, command, text string) (acked, answered time.Duration, answer slacksim.Message, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	began := time.Now()
	asked, err := w.slack.Command(ctx, slacksim.Slash{User: who, Channel: "C0CDN0001", Command: command, Text: text})
	if err != nil {
		return 0, 0, answer, err
	}
	outcome, err := asked.Outcome(ctx)
	if err != nil {
		return 0, 0, answer, err
	}
	if outcome.Result != slacksim.Acknowledged || outcome.Payload != nil {
		return 0, 0, answer, fmt.Errorf("%w: %s %s", errRefused, outcome.Result, outcome.Payload)
	}
	answer, err = asked.WaitAnswer(ctx, 1)
	return outcome.After, time.Since(began), answer, err
}

var errRefused = errors.New("the command was refused")
