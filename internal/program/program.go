// Package program runs a program of this repository in a process of its own, as built for release, for what measures it and what
// tries to break it. It knows nothing of what the program does.
package program

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Build builds the program whose source is at a path such as ./cmd/bot, as it is released.
func Build(ctx context.Context, source, file string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, source)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", source, err, out)
	}
	return nil
}

// Process is a program that runs, or has run.
type Process struct {
	command *exec.Cmd
	wrote   output
	ended   chan struct{} // closed when it has
	err     error         // of its end
}

// Start starts the program in a directory, with nothing but the given environment. It is killed when ctx ends.
func Start(ctx context.Context, file, dir string, environment []string) (*Process, error) {
	p := &Process{command: exec.CommandContext(ctx, file), ended: make(chan struct{})}
	p.command.Env, p.command.Dir = environment, dir
	p.command.Stdout, p.command.Stderr = &p.wrote, &p.wrote
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", file, err)
	}
	go func() {
		defer close(p.ended)
		p.err = p.command.Wait()
	}()
	return p, nil
}

// Ended is closed when the process is gone.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// stopTimeout is how long a program may take to finish its work in hand.
const stopTimeout = 20 * time.Second

// Stop ends the program as an operator does. The error says that it did not end well, or not in time.
func (p *Process) Stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("end the program: %w\n%s", err, p.LastWords())
	}
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("the program ended badly: %w\n%s", p.err, p.LastWords())
		}
		return nil
	case <-time.After(stopTimeout):
		p.Kill()
		return fmt.Errorf("the program did not end within %s\n%s", stopTimeout, p.LastWords())
	}
}

// Kill ends the program as kill -9 does, and returns when it is gone.
func (p *Process) Kill() {
	_ = p.command.Process.Kill() // it may have ended by itself
	<-p.ended
}

// Pause stops the program as SIGSTOP does: nothing of it runs, and its connections stay open. Resume lets it go on.
func (p *Process) Pause() error { return p.command.Process.Signal(syscall.SIGSTOP) }

// Resume lets a paused program go on where it was.
func (p *Process) Resume() error { return p.command.Process.Signal(syscall.SIGCONT) }

// tick is the unit of /proc/PID/stat on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// CPU is the time that the program has spent on a core so far, in its own code and in the kernel's.
func (p *Process) CPU() (time.Duration, error) {
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

// Resident is the memory of the program that is in use now, in bytes.
func (p *Process) Resident() (uint64, error) {
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

func (p *Process) proc(name string) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.command.Process.Pid, name))
	if err != nil {
		return "", fmt.Errorf("look at the program: %w\n%s", err, p.LastWords())
	}
	return string(text), nil
}

// Wrote is all that the program has written so far.
func (p *Process) Wrote() string {
	p.wrote.mu.Lock()
	defer p.wrote.mu.Unlock()
	return p.wrote.text.String()
}

// LastWords are the end of it, for the report of a failure.
func (p *Process) LastWords() string {
	const most = 4000
	text := p.Wrote()
	return text[max(0, len(text)-most):]
}

// output keeps what a program writes. It may be read while the program runs.
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
