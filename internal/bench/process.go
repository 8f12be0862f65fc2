package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// build builds the programs to measure as they are released.
func (b *bench) build(ctx context.Context) error {
	b.programs = map[string]string{}
	for name, source := range map[string]string{
		"bot": "./cmd/bot", "floor": "./internal/bench/floor", "reader": "./internal/bench/reader",
	} {
		b.programs[name] = filepath.Join(b.dir, name)
		command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.programs[name], source)
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
	}
	return nil
}

// process is a program that is being measured.
type process struct {
	command *exec.Cmd
	wrote   output
	ended   chan error
}

// start starts a program with nothing but the given environment.
func (b *bench) start(ctx context.Context, name string, environment []string) (*process, error) {
	p := &process{command: exec.CommandContext(ctx, b.programs[name]), ended: make(chan error, 1)}
	p.command.Env, p.command.Dir = environment, b.dir
	p.command.Stdout, p.command.Stderr = &p.wrote, &p.wrote
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { p.ended <- p.command.Wait() }()
	return p, nil
}

// stop ends the program as an operator does.
func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("end the program: %w\n%s", err, p.wrote.String())
	}
	select {
	case err := <-p.ended:
		if err != nil {
			return fmt.Errorf("the program ended badly: %w\n%s", err, p.wrote.String())
		}
		return nil
	case <-time.After(20 * time.Second):
		return p.command.Process.Kill()
	}
}

// tick is the unit of /proc/PID/stat on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu is the time that the program has spent on a core so far, in its own code and in the kernel's.
func (p *process) cpu() (time.Duration, error) {
	text, err := p.proc("stat")
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold spaces; what follows it begins with the third field.
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// resident is the memory of the program that is in use now, in bytes.
func (p *process) resident() (uint64, error) {
	text, err := p.proc("status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("the resident memory is not in the status of the program")
}

func (p *process) proc(name string) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.command.Process.Pid, name))
	if err != nil {
		return "", fmt.Errorf("look at the program: %w\n%s", err, p.wrote.String())
	}
	return string(text), nil
}

// output keeps what a program writes, for the report of a failure. It may be read while the program runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String returns the last of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	const most = 4000
	return string(o.text.Bytes()[max(0, o.text.Len()-most):])
}
