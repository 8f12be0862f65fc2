package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"budgetbot/internal/servicetest"
)

// process is the program in a process of its own.
type process struct {
	w      *world
	cmd    *exec.Cmd
	wrote  *servicetest.Output
	exited chan struct{}
}

// environment is what the program finds in this world. Later entries win over earlier ones.
func (w *world) environment(changes ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.Dir, "GOCOVERDIR=" + w.Dir,
		"SLACK_BOT_TOKEN=" + w.Slack.BotToken(), "SLACK_APP_TOKEN=" + w.Slack.AppToken(), "SLACK_API_URL=" + w.Slack.APIURL(),
		"FASTLY_API_TOKEN=" + servicetest.FastlyToken, "FASTLY_API_URL=" + w.Fastly.URL(),
		"RULES_FILE=" + w.Path("rules.yaml"), "DATABASE_URL=sqlite://" + w.Path("budgetbot.db"), "HTTP_ADDR=127.0.0.1:0",
		"CHECK_INTERVAL=1s", "LOG_LEVEL=debug",
	}, changes...)
}

// launch starts the service.
func (w *world) launch(changes ...string) *process {
	w.T.Helper()
	return w.begin(exec.Command("budgetbot"), changes...)
}

// run starts a subcommand.
func (w *world) run(args ...string) *process {
	w.T.Helper()
	return w.begin(exec.Command("budgetbot", args...))
}

// begin starts the program. It is killed at the end of the test, where it still runs then.
func (w *world) begin(program *exec.Cmd, changes ...string) *process {
	w.T.Helper()
	p := &process{w: w, cmd: program, wrote: &servicetest.Output{}, exited: make(chan struct{})}
	p.cmd.Env, p.cmd.Dir, p.cmd.SysProcAttr = w.environment(changes...), w.Dir, &syscall.SysProcAttr{Credential: w.user}
	p.cmd.Stdout, p.cmd.Stderr = io.MultiWriter(p.wrote, w.Written), io.MultiWriter(p.wrote, w.Written)
	if err := p.cmd.Start(); err != nil {
		w.T.Fatalf("start the program: %v", err)
	}
	go func() {
		defer close(p.exited)
		if err := p.cmd.Wait(); err != nil && !isExit(err) {
			w.T.Errorf("wait for the program: %v", err)
		}
	}()
	w.T.Cleanup(p.die)
	return p
}

func isExit(err error) bool {
	_, ok := errors.AsType[*exec.ExitError](err)
	return ok
}

// connected returns when the service has both its connections.
func (p *process) connected() *process {
	p.w.T.Helper()
	if err := p.w.Slack.WaitConnected(p.w.Soon(), 2); err != nil {
		p.w.T.Fatalf("not connected: %v; %s", err, p.w.Log())
	}
	return p
}

// kill ends the process as kill -9 does, and returns when it is gone and Slack has noticed.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.exited
	p.w.Await("Slack to miss the process", func() bool { return len(p.w.Slack.Connections()) == 0 })
}

func (p *process) signal(s os.Signal) {
	p.w.T.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.w.T.Fatalf("signal: %v", err)
	}
}

// ends waits for the end of the process and returns its exit code and how long that took.
func (p *process) ends() (code int, took time.Duration) {
	p.w.T.Helper()
	started := time.Now()
	select {
	case <-p.exited:
	case <-time.After(servicetest.Patience):
		p.w.T.Fatalf("the process does not end; %s", p.w.Log())
	}
	return p.cmd.ProcessState.ExitCode(), time.Since(started)
}

// terminate ends the process as an operator does, and demands that it goes well.
func (p *process) terminate() {
	p.w.T.Helper()
	for _, page := range []string{"/readyz", "/metrics"} {
		_, text := p.w.Page(p.address() + page)
		p.w.Sweep(page, text)
	}
	p.signal(syscall.SIGTERM)
	if code, _ := p.ends(); code != exitOK {
		p.w.T.Fatalf("exit code %d after SIGTERM, want %d; %s", code, exitOK, p.w.Log())
	}
}

// says returns when the process has written the text.
func (p *process) says(text string) {
	p.w.T.Helper()
	p.w.Await("the program to say "+text, func() bool { return strings.Contains(p.wrote.String(), text) })
}

var healthAddress = regexp.MustCompile(`"serving health","addr":"([^"]+)"`)

// address is where the process serves its health.
func (p *process) address() string {
	p.w.T.Helper()
	p.says("serving health")
	return "http://" + healthAddress.FindStringSubmatch(p.wrote.String())[1]
}
