package memnet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/internal/memnet"
)

// connected runs a test on the two ends of a connection, on virtual time.
func connected(t *testing.T, test func(t *testing.T, near, far net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		listener, err := network.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan net.Conn, 1)
		go func() {
			far, _ := listener.Accept()
			accepted <- far
		}()
		near, err := network.Dial(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		far := <-accepted
		if near.RemoteAddr().String() != far.LocalAddr().String() || near.LocalAddr().String() != far.RemoteAddr().String() {
			t.Errorf("from %s to %s, and back from %s to %s", near.LocalAddr(), near.RemoteAddr(), far.LocalAddr(), far.RemoteAddr())
		}
		test(t, near, far)
		for _, end := range []io.Closer{near, far, listener} {
			_ = end.Close()
		}
	})
}

func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if n, err := conn.Write([]byte(text)); n != len(text) || err != nil {
		t.Errorf("%d bytes of %q are written, %v", n, text, err)
	}
}

func TestAConnection(t *testing.T) {
	buffer := make([]byte, 100)
	for name, test := range map[string]func(t *testing.T, near, far net.Conn){
		"what is written is read, in both directions": func(t *testing.T, near, far net.Conn) {
			write(t, near, "ping")
			write(t, far, "pong")
			for _, end := range []struct {
				conn net.Conn
				want string
			}{{far, "ping"}, {near, "pong"}} {
				if n, err := end.conn.Read(buffer); string(buffer[:n]) != end.want || err != nil {
					t.Errorf("%q is read, %v, want %q", buffer[:n], err, end.want)
				}
			}
		},
		"what was written before the end is read, and then the end": func(t *testing.T, near, far net.Conn) {
			write(t, near, "bye")
			_ = near.Close()
			if got, err := io.ReadAll(far); string(got) != "bye" || err != nil {
				t.Errorf("%q is read, %v", got, err)
			}
			if _, err := far.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
				t.Errorf("writing to who has gone: %v", err)
			}
		},
		"one direction may end before the other": func(t *testing.T, near, far net.Conn) {
			_ = near.(interface{ CloseWrite() error }).CloseWrite()
			if _, err := far.Read(buffer); !errors.Is(err, io.EOF) {
				t.Errorf("reading what has ended: %v", err)
			}
			write(t, far, "answer")
			if n, err := near.Read(buffer); string(buffer[:n]) != "answer" || err != nil {
				t.Errorf("%q is read, %v", buffer[:n], err)
			}
		},
		"a connection that is cut loses what was on its way": func(t *testing.T, near, far net.Conn) {
			write(t, near, "lost")
			_ = near.(interface{ SetLinger(int) error }).SetLinger(0)
			_ = near.Close()
			if n, err := far.Read(buffer); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%d bytes are read, %v", n, err)
			}
		},
		"who has closed an end cannot use it": func(t *testing.T, near, _ net.Conn) {
			_ = near.Close()
			_, read := near.Read(buffer)
			_, wrote := near.Write(buffer)
			if !errors.Is(read, net.ErrClosed) || !errors.Is(wrote, net.ErrClosed) {
				t.Errorf("read %v, write %v", read, wrote)
			}
		},
		"closing wakes who reads": func(t *testing.T, near, _ net.Conn) {
			ended := make(chan error)
			go func() {
				_, err := near.Read(make([]byte, 1))
				ended <- err
			}()
			synctest.Wait()
			_ = near.Close()
			if err := <-ended; !errors.Is(err, net.ErrClosed) {
				t.Errorf("reading ends with %v", err)
			}
		},
		"a deadline ends reading, and one that is moved does not": func(t *testing.T, near, far net.Conn) {
			began := time.Now()
			_ = near.SetReadDeadline(began.Add(time.Second))
			if _, err := near.Read(buffer); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Second {
				t.Errorf("%v after %s", err, time.Since(began))
			}
			_ = near.SetDeadline(time.Time{})
			time.AfterFunc(time.Minute, func() { _, _ = far.Write([]byte("late")) })
			if n, err := near.Read(buffer); string(buffer[:n]) != "late" || err != nil {
				t.Errorf("%q is read, %v", buffer[:n], err)
			}
		},
		"who writes more than is read waits, up to the deadline": func(t *testing.T, near, far net.Conn) {
			much := bytes.Repeat([]byte("x"), 1<<20)
			_ = near.SetWriteDeadline(time.Now().Add(time.Second))
			n, err := near.Write(much)
			if n == 0 || n == len(much) || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%d bytes are written, %v", n, err)
			}
			_ = near.SetWriteDeadline(time.Time{})
			go func() {
				_, _ = near.Write(much[n:])
				_ = near.Close()
			}()
			if got, err := io.ReadAll(far); len(got) != len(much) || err != nil {
				t.Errorf("%d bytes are read, %v", len(got), err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { connected(t, test) })
	}
}

func TestAPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		first, err := network.Listen(t.Context(), "tcp", "127.0.0.1:8080")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := network.Listen(t.Context(), "tcp", "127.0.0.1:8080"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a port that is taken: %v", err)
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := network.Dial(soon, "tcp", "127.0.0.1:8080"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dialling who does not accept: %v", err)
		}
		_ = first.Close()
		if err := first.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a second close: %v", err)
		}
		if _, err := first.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accepting after the close: %v", err)
		}
		if _, err := network.Dial(t.Context(), "tcp", "127.0.0.1:8080"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialling where nobody listens: %v", err)
		}
		again, err := network.Listen(t.Context(), "tcp", "127.0.0.1:8080")
		if err != nil {
			t.Fatalf("a port that is free again: %v", err)
		}
		_ = again.Close()
	})
}

// An HTTP server and its client keep to virtual time: neither waits for the kernel.
func TestHTTPOnVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		listener, err := network.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Hour)
			_, _ = w.Write([]byte("an hour later"))
		})}
		go func() { _ = server.Serve(listener) }()
		defer func() { _ = server.Close() }()
		client := &http.Client{Transport: &http.Transport{DialContext: network.Dial}}
		began := time.Now()
		answer, err := client.Get("http://" + listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if string(body) != "an hour later" || err != nil || time.Since(began) != time.Hour {
			t.Errorf("%q after %s, %v", body, time.Since(began), err)
		}
	})
}
