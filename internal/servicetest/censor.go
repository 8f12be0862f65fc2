package servicetest

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Censor stands between a program and Slack, and can keep the answer to a call that Slack has carried out.
type Censor struct {
	APIURL string // the Web API through the censor

	world    *World
	mu       sync.Mutex
	method   string        // whose answers are kept; empty is none
	kept     chan struct{} // closed when an answer is kept
	release  chan struct{}
	released sync.Once
}

// Censor opens one.
func (w *World) Censor() *Censor {
	w.T.Helper()
	target, err := url.Parse(w.Slack.APIURL())
	if err != nil {
		w.T.Fatal(err)
	}
	listen, transport := new(net.ListenConfig).Listen, &http.Transport{DisableKeepAlives: true}
	if w.Network != nil {
		listen, transport.DialContext = w.Network.Listen, w.Network.Dial
	}
	listener, err := listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		w.T.Fatal(err)
	}
	c := &Censor{APIURL: "http://" + listener.Addr().String() + target.Path, world: w, release: make(chan struct{})}
	target.Path = ""
	server := &http.Server{ReadHeaderTimeout: Patience, Handler: &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = target.Host },
		ModifyResponse: c.keep,
		Transport:      transport,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	w.T.Cleanup(func() {
		c.Let()
		_ = server.Close()
		<-served
	})
	return c
}

// Let passes the answer on that is kept, and those that come.
func (c *Censor) Let() { c.released.Do(func() { close(c.release) }) }

// Keep keeps the next answer to the method from the program, and returns a function that waits for one.
func (c *Censor) Keep(method string) (await func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := make(chan struct{})
	c.method, c.kept = method, kept
	return func() {
		c.world.T.Helper()
		select {
		case <-kept:
		case <-time.After(Patience):
			c.world.T.Fatalf("waited in vain for an answer of %s; %s", method, c.world.Log())
		}
	}
}

func (c *Censor) keep(r *http.Response) error {
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
