package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the program in a process of its own.
type process struct {
	w      *world
	cmd    *exec.Cmd
	wrote  *output
	exited chan struct{}
}

// environment is what the program finds in this world. Later entries win over earlier ones.
func (w *world) environment(changes ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "GOCOVERDIR=" + w.dir,
		"SLACK_BOT_TOKEN=" + w.slack.BotToken(), "SLACK_APP_TOKEN=" + w.slack.AppToken(), "SLACK_API_URL=" + w.slack.APIURL(),
		"FASTLY_API_TOKEN=" + fastlyToken, "FASTLY_API_URL=" + w.fastly.URL(),
		"RULES_FILE=" + w.path("rules.yaml"), "DATABASE_URL=sqlite://" + w.path("budgetbot.db"), "HTTP_ADDR=127.0.0.1:0",
		"CHECK_INTERVAL=1s", "LOG_LEVEL=debug",
	}, changes...)
}

// launch starts the service.
func (w *world) launch(changes ...string) *process {
	w.t.Helper()
	return w.begin(exec.Command("bot"), changes...)
}

// run starts a subcommand.
func (w *world) run(args ...string) *process {
	w.t.Helper()
	return w.begin(exec.Command("bot", args...))
}

// begin starts the program. It is killed at the end of the test, where it still runs then.
func (w *world) begin(program *exec.Cmd, changes ...string) *process {
	w.t.Helper()
	p := &process{w: w, cmd: program, wrote: &output{}, exited: make(chan struct{})}
	p.cmd.Env, p.cmd.Dir, p.cmd.SysProcAttr = w.environment(changes...), w.dir, &syscall.SysProcAttr{Credential: w.user}
	p.cmd.Stdout, p.cmd.Stderr = io.MultiWriter(p.wrote, w.written), io.MultiWriter(p.wrote, w.written)
	if err := p.cmd.Start(); err != nil {
		w.t.Fatalf("start the program: %v", err)
	}
	go func() {
		defer close(p.exited)
		if err := p.cmd.Wait(); err != nil && !isExit(err) {
			w.t.Errorf("wait for the program: %v", err)
		}
	}()
	w.t.Cleanup(p.die)
	return p
}

func isExit(err error) bool {
	_, ok := errors.AsType[*exec.ExitError](err)
	return ok
}

// connected returns when the service has both its connections.
func (p *process) connected() *process {
	p.w.t.Helper()
	if err := p.w.slack.WaitConnected(p.w.soon(), 2); err != nil {
		p.w.t.Fatalf("not connected: %v; %s", err, p.w.log())
	}
	return p
}

// kill ends the process as kill -9 does, and returns when it is gone and Slack has noticed.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.exited
	p.w.await("Slack to miss the process", func() bool { return len(p.w.slack.Connections()) == 0 })
}

func (p *process) signal(s os.Signal) {
	p.w.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.w.t.Fatalf("signal: %v", err)
	}
}

// ends waits for the end of the process and returns its exit code and how long that took.
func (p *process) ends() (code int, took time.Duration) {
	p.w.t.Helper()
	started := time.Now()
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.w.t.Fatalf("the process does not end; %s", p.w.log())
	}
	return p.cmd.ProcessState.ExitCode(), time.Since(started)
}

// terminate ends the process as an operator does, and demands that it goes well.
func (p *process) terminate() {
	p.w.t.Helper()
	for _, page := range []string{"/readyz", "/metrics"} {
		_, text := readPage(p.w.t, p.address()+page)
		p.w.sweep(page, text)
	}
	p.signal(syscall.SIGTERM)
	if code, _ := p.ends(); code != exitOK {
		p.w.t.Fatalf("exit code %d after SIGTERM, want %d; %s", code, exitOK, p.w.log())
	}
}

// says returns when the process has written the text.
func (p *process) says(text string) {
	p.w.t.Helper()
	p.w.await("the program to say "+text, func() bool { return strings.Contains(p.wrote.String(), text) })
}

var healthAddress = regexp.MustCompile(`"serving health","addr":"([^"]+)"`)

// address is where the process serves its health.
func (p *process) address() string {
	p.w.t.Helper()
	p.says("serving health")
	return "http://" + healthAddress.FindStringSubmatch(p.wrote.String())[1]
}

// censor stands between the program and Slack, and can keep the answer to a call that Slack has carried out.
type censor struct {
	through string // sends the program's calls this way

	mu       sync.Mutex
	method   string        // whose answers are kept; empty is none
	kept     chan struct{} // closed when an answer is kept
	release  chan struct{}
	released sync.Once
}

func newCensor(t testing.TB, slackAPI string) *censor {
	t.Helper()
	target, err := url.Parse(slackAPI)
	if err != nil {
		t.Fatal(err)
	}
	c := &censor{release: make(chan struct{})}
	base := target.Path
	target.Path = ""
	transport := &http.Transport{DisableKeepAlives: true}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = target.Host },
		ModifyResponse: c.keep,
		Transport:      transport,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	})
	c.through = "SLACK_API_URL=" + server.URL + base
	t.Cleanup(func() {
		c.let()
		server.Close()
	})
	return c
}

// let passes the answer on that is kept, and those that come.
func (c *censor) let() { c.released.Do(func() { close(c.release) }) }

// watch keeps the next answer to the method from the program. The channel is closed when there is one.
func (c *censor) watch(method string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.method, c.kept = method, make(chan struct{})
	return c.kept
}

func (c *censor) keep(r *http.Response) error {
	c.mu.Lock()
	meant := c.method != "" && strings.HasSuffix(r.Request.URL.Path, "/"+c.method)
	if meant {
		c.method = ""
		close(c.kept)
	}
	c.mu.Unlock()
	if !meant {
		return nil
	}
	select {
	case <-r.Request.Context().Done(): // the program has died
	case <-c.release:
	}
	return r.Request.Context().Err()
}
