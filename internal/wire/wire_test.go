package wire_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"

	"budgetbot/internal/wire"
)

// echo is a server that repeats each line.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(conn, conn); _ = conn.Close() }()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, w *wire.Wire) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// answers reports whether a line comes back.
func answers(conn net.Conn) bool {
	_, _ = io.WriteString(conn, "hello\n")
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && line == "hello\n"
}

func TestAWire(t *testing.T) {
	w, err := wire.New(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	before := dial(t, w)
	if !answers(before) {
		t.Fatal("nothing goes through")
	}
	w.Sever()
	if answers(before) {
		t.Error("a connection outlives the cut")
	}
	if answers(dial(t, w)) {
		t.Error("a connection is made through a cut wire")
	}
	w.Mend()
	if !answers(dial(t, w)) {
		t.Error("nothing goes through once it is mended")
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
