package main

import (
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"budgetbot/internal/servicetest"
)

// cluster is a PostgreSQL server of the test's own, which may be killed.
type cluster struct {
	t              testing.TB
	bin, dir, port string
	user           *syscall.Credential // PostgreSQL does not run as root
	server         *exec.Cmd
	ended          chan struct{} // closed when every process of the server has ended
	wrote          servicetest.Output
}

// newCluster makes an empty cluster and starts its server. It skips the test where PostgreSQL is not installed.
func newCluster(t testing.TB) *cluster {
	t.Helper()
	c := &cluster{t: t, bin: postgresPrograms(t), port: freePort(t)}
	var err error
	if c.dir, err = os.MkdirTemp("", "cluster"); err != nil { // not below the test's own directory, which others may not enter
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.kill(syscall.SIGQUIT)
		if err := os.RemoveAll(c.dir); err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 {
		c.user = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(c.dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	made, err := c.program("initdb", "-D", c.dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, made)
	}
	c.start()
	return c
}

// postgresPrograms is the directory of initdb and postgres: that of the path, or the newest where Debian puts them.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		t.Skip("initdb of PostgreSQL is not installed")
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return majorVersion(a) - majorVersion(b) }))
}

func majorVersion(initdb string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return version
}

// freePort is a port that is free, and stays so: it is below those that outgoing connections are given.
func freePort(t testing.TB) string {
	t.Helper()
	for attempt := 1; ; attempt++ {
		port := strconv.Itoa(20_000 + rand.IntN(10_000))
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = listener.Close()
			return port
		}
		if attempt == 100 {
			t.Fatalf("no port is free: %v", err)
		}
	}
}

func (c *cluster) program(name string, args ...string) *exec.Cmd {
	program := exec.Command(filepath.Join(c.bin, name), args...)
	program.Dir, program.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: c.user}
	return program
}

func (c *cluster) address() string {
	return "postgres://postgres@127.0.0.1:" + c.port + "/postgres?sslmode=disable"
}

// start starts the server, and returns when it answers.
func (c *cluster) start() {
	c.t.Helper()
	c.server = c.program("postgres", "-D", c.dir, "-p", c.port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
	c.server.Stdout, c.server.Stderr = &c.wrote, &c.wrote
	if err := c.server.Start(); err != nil {
		c.t.Fatalf("start PostgreSQL: %v", err)
	}
	server, ended := c.server, make(chan struct{})
	c.ended = ended
	go func() {
		defer close(ended)
		_ = server.Wait() // until the last of its processes has closed its output
	}()
	eventually(c.t, func() bool {
		select {
		case <-ended:
			c.t.Fatalf("PostgreSQL does not start:\n%s", &c.wrote)
		default:
		}
		return servicetest.OnPostgres(c.address(), "SELECT 1") == nil
	}, "PostgreSQL does not answer")
}

// kill ends the server with a signal, and returns when none of its processes is left. After SIGKILL, and after SIGQUIT, which is
// PostgreSQL's immediate mode, nothing more is written down.
func (c *cluster) kill(signal syscall.Signal) {
	if c.server == nil {
		return
	}
	_ = c.server.Process.Signal(signal) // it may have ended by itself
	<-c.ended
}
