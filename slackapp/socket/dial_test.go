package socket

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"budgetbot/internal/slacksim"
)

// tlsProxy is a proxy that takes connections by TLS, and connects clients that know the password.
type tlsProxy struct {
	server    *httptest.Server
	refuse    atomic.Bool
	connected atomic.Int32
	tunnels   sync.WaitGroup
}

func startProxy(t *testing.T) *tlsProxy {
	t.Helper()
	p := &tlsProxy{}
	p.server = httptest.NewTLSServer(http.HandlerFunc(p.serve))
	t.Cleanup(func() {
		p.server.CloseClientConnections()
		p.server.Close()
		p.tunnels.Wait()
	})
	return p
}

func (p *tlsProxy) serve(w http.ResponseWriter, r *http.Request) {
	p.tunnels.Add(1)
	defer p.tunnels.Done()
	if user, password, ok := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth(); p.refuse.Load() ||
		!ok || user != "bot" || password != "let me:in" || r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	to, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = to.Close() }()
	from, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = from.Close() }()
	p.connected.Add(1)
	if _, err := from.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		return
	}
	ended := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(to, bufio.NewReader(buffered)); ended <- struct{}{} }()
	go func() { _, _ = io.Copy(from, to); ended <- struct{}{} }()
	<-ended
	_ = from.Close()
	_ = to.Close()
	<-ended
}

// address is the proxy's, for somebody of that name and password.
func (p *tlsProxy) address(user *url.Userinfo) *url.URL {
	return &url.URL{Scheme: "https", User: user, Host: p.server.Listener.Addr().String()}
}

// through lets a line use the proxy for whatever is not named.
func (p *tlsProxy) through(user *url.Userinfo) func(*Line) {
	trusted := x509.NewCertPool()
	trusted.AddCert(p.server.Certificate())
	return func(l *Line) {
		l.tls = &tls.Config{RootCAs: trusted}
		l.proxy = func(*http.Request) (*url.URL, error) { return p.address(user), nil }
	}
}

func TestTheLineGoesThroughAProxyOfHTTPS(t *testing.T) {
	proxy := startProxy(t)
	s := &workspace{Server: startSim(t, slacksim.Config{})}
	onSim(t, s, Config{}, newCounted(), proxy.through(url.UserPassword("bot", "let me:in")))
	if out := outcome(t, ask(t, s, "hello")); out.Result != slacksim.Acknowledged {
		t.Errorf("a command through the proxy: %s", out.Result)
	}
	if n := proxy.connected.Load(); n != 2 {
		t.Errorf("the proxy connected %d times, want both connections", n)
	}
	inOrder(t, s)
}

func TestAProxyThatRefusesIsReportedWithoutItsPassword(t *testing.T) {
	proxy := startProxy(t)
	line := newLine(Config{}, &recorder{})
	proxy.through(url.UserPassword("bot", "wrong-password"))(line)
	_, _, err := line.dialer().DialContext(t.Context(), "wss://wss.example", nil) //nolint:bodyclose // there is no answer
	if err == nil || !strings.Contains(err.Error(), "Proxy Authentication Required") || strings.Contains(err.Error(), "wrong-password") {
		t.Errorf("error is %v", err)
	}
	line.tls = nil                                                               // nobody knows its certificate
	_, _, err = line.dialer().DialContext(t.Context(), "wss://wss.example", nil) //nolint:bodyclose // there is no answer
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); !untrusted {
		t.Errorf("error is %v", err)
	}
}

// TestAProxyThatHangsEndsWithItsCaller has one that takes the connection and says nothing.
func TestAProxyThatHangsEndsWithItsCaller(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		slack := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"ok":true,"url":"wss://wss.example/link/?ticket=secret-ticket"}`))
		}))
		defer slack.Close()
		mine, its := net.Pipe()
		defer func() { _ = its.Close() }()
		line := newLine(Config{APIURL: slack.URL, Dial: func(context.Context, string, string) (net.Conn, error) { return mine, nil }}, &recorder{})
		defer line.http.CloseIdleConnections()
		line.proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: scheme, Host: "proxy.example"}, nil }
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_, _ = its.Read(make([]byte, 4096))
			cancel()
		}()
		if _, err := line.dial(ctx); err == nil {
			t.Errorf("%s: it was connected", scheme)
		}
	}
}

// TestWhichProxyTheEnvironmentNames: the library's rules hold for https proxies too.
func TestWhichProxyTheEnvironmentNames(t *testing.T) {
	for _, tt := range []struct {
		name, found, given string // an empty one is none
		err                error
	}{
		{"none, or one that NO_PROXY excepts", "", "", nil},
		{"one of http is the library's", "http://proxy.example", "http://proxy.example", nil},
		{"one of socks5 too", "socks5://proxy.example", "socks5://proxy.example", nil},
		{"one of https has its port", "https://bot:word@proxy.example", "http://bot:word@proxy.example:443", nil},
		{"or the port that is named", "https://proxy.example:3129", "http://proxy.example:3129", nil},
		{"an address that is none is an error", "", "", errors.New("made up")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line := newLine(Config{}, &recorder{})
			line.proxy = func(*http.Request) (*url.URL, error) {
				if tt.found == "" {
					return nil, tt.err
				}
				return url.Parse(tt.found)
			}
			got, err := line.dialer().Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "wss.example"}})
			if !errors.Is(err, tt.err) || tt.given == "" && got != nil || tt.given != "" && got.String() != tt.given {
				t.Errorf("the library is given %v, %v", got, err)
			}
		})
	}
}

func TestAPlainLineIsRefused(t *testing.T) {
	for _, tt := range []struct {
		address string
		taken   bool
	}{
		{"wss://wss-primary.slack.com/link/?ticket=secret-ticket", true},
		{"ws://127.0.0.1:80/link/?ticket=secret-ticket", true},
		{"ws://[::1]:80/link/?ticket=secret-ticket", true},
		{"ws://localhost/link/?ticket=secret-ticket", true},
		{"ws://wss-primary.slack.com/link/?ticket=secret-ticket", false},
		{"ws://localhost.example/link/?ticket=secret-ticket", false},
		{"ws://10.0.0.1/link/?ticket=secret-ticket", false},
		{"http://wss-primary.slack.com/link/?ticket=secret-ticket", false},
		{"wss:///link/?ticket=secret-ticket", false},
		{"wss://%zz/?ticket=secret-ticket", false},
		{"", false},
	} {
		t.Run(tt.address, func(t *testing.T) {
			err := checkAddress(tt.address)
			if (err == nil) != tt.taken {
				t.Errorf("error is %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "secret-ticket") {
				t.Errorf("the ticket leaks: %v", err)
			}
		})
	}
}

// TestAPlainLineIsNotDialled has a Slack that hands out an address of another host.
func TestAPlainLineIsNotDialled(t *testing.T) {
	slack := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ok":true,"url":"ws://wss.example.invalid/link/?ticket=secret-ticket"}`))
	}))
	defer slack.Close()
	line := newLine(Config{APIURL: slack.URL, AppToken: "xapp-1-secret"}, &recorder{})
	defer line.http.CloseIdleConnections()
	if _, err := line.dial(t.Context()); !errors.Is(err, errPlainLine) {
		t.Errorf("error is %v", err)
	}
}

// TestTheAppTokenFollowsNoRedirect: another port is the same host to Go, so that a redirect would take the token along.
func TestTheAppTokenFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("%d led to %s %s", status, r.Method, r.URL.Path)
		}))
		t.Cleanup(elsewhere.Close)
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		}))
		t.Cleanup(api.Close)
		line := newLine(Config{APIURL: api.URL, AppToken: "xapp-1-secret"}, &recorder{})
		if _, err := line.dial(t.Context()); err == nil {
			t.Errorf("%d: a ticket was had", status)
		}
		line.http.CloseIdleConnections()
	}
}
