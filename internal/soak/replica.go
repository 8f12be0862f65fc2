package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"budgetbot/internal/program"
	"budgetbot/internal/soak/judge"
)

// replica is a process of a group, and those before it in its place.
type replica struct {
	name        string
	group       *group
	environment []string
	rules       string // the path of its rules file

	stage   sync.Mutex // held while it is stopped and started
	process *program.Process
	begun   time.Time
	past    []*program.Process
}

// begin starts the process, which outlives ctx and ends with the group. The caller holds the stage, or is alone.
func (r *replica) begin(ctx context.Context) error {
	if r.process != nil {
		r.past = append(r.past, r.process)
	}
	var err error
	r.process, err = program.Start(context.WithoutCancel(ctx), r.group.plan.program, r.group.dir, r.environment)
	r.begun = time.Now()
	return err
}

// end ends the process as an operator does: not before it serves, since one that has only just been started does not listen yet.
func (r *replica) end(ctx context.Context) {
	for from := time.Now(); time.Since(from) < grownUp && !r.hasEnded(); {
		if _, err := r.page(ctx, "/healthz"); err == nil || !rest(ctx, 50*time.Millisecond) {
			break
		}
	}
	if r.hasEnded() {
		return // by itself, as it may before it is grown up
	}
	if err := r.stop(); err != nil {
		r.group.complain("%s", err)
	}
}

func (r *replica) hasEnded() bool {
	select {
	case <-r.process.Ended():
		return true
	default:
		return false
	}
}

func (r *replica) stop() error {
	if err := r.process.Stop(); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return nil
}

// kill ends the process as kill -9 does, and starts the next after a pause.
func (r *replica) kill(ctx context.Context, pause time.Duration) error {
	r.stage.Lock()
	defer r.stage.Unlock()
	from := time.Now()
	r.process.Kill()
	rest(ctx, pause)
	err := r.begin(ctx)
	r.group.unsettle(from, time.Now())
	return err
}

// pause stops the process for a while, as a machine does that is moved or out of breath, and lets it go on.
func (r *replica) pause(ctx context.Context, howLong time.Duration) error {
	r.stage.Lock()
	defer r.stage.Unlock()
	if err := r.process.Pause(); err != nil {
		return err
	}
	r.group.unsettle(time.Now(), time.Now()) // what it has just looked at may come to nothing; what others look at does not
	from := time.Now()
	rest(ctx, howLong)
	r.group.mu.Lock()
	r.group.paused = append(r.group.paused, judge.Stretch{From: from, To: time.Now().Add(judge.Settles)})
	r.group.mu.Unlock()
	return r.process.Resume()
}

// grownUp is how old a process has to be for its end to be no failed start: without its database, or when Slack asks to wait, it may not
// be able to begin.
const grownUp = 20 * time.Second

// revive starts the process again where it has ended by itself, as whatever runs it would, and reports whether it had.
func (r *replica) revive(ctx context.Context) (bool, error) {
	r.stage.Lock()
	defer r.stage.Unlock()
	if !r.hasEnded() {
		return false, nil
	}
	if age := time.Since(r.begun); age > grownUp {
		r.group.complain("%s has ended by itself, %s old:\n%s", r.name, age.Round(time.Second), r.process.LastWords())
	}
	r.group.unsettle(time.Now().Add(-2*time.Second), time.Now())
	return true, r.begin(ctx)
}

var healthAddress = regexp.MustCompile(`"serving health","addr":"([^"]+)"`)

// page reads a page of the process's health server.
func (r *replica) page(ctx context.Context, path string) (string, error) {
	address := healthAddress.FindStringSubmatch(r.process.Wrote())
	if address == nil {
		return "", errors.New("it serves no health yet")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address[1]+path, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var text strings.Builder
	_, err = io.Copy(&text, response.Body)
	return text.String(), err
}
