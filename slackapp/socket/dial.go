package socket

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// readLimit is far above what Slack sends and keeps a mad frame from filling the memory.
	readLimit = 4 << 20
	// writeBuffer holds the largest acknowledgement, so that each is one frame: Slack does not put the parts of a message together.
	writeBuffer = 32 << 10
)

// errPlainLine is an address that shows what people type to the network.
var errPlainLine = errors.New("the address that Slack hands out is not wss; plain ws is dialled on this machine alone")

// checkAddress refuses an address of a WebSocket that is not encrypted, unless it is on this machine. The error does not quote the
// address, which is a secret.
func checkAddress(address string) error {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return errors.New("the address that Slack hands out is none")
	}
	ip := net.ParseIP(at.Hostname())
	switch isHere := at.Hostname() == "localhost" || ip != nil && ip.IsLoopback(); {
	case at.Scheme == "wss", at.Scheme == "ws" && isHere:
		return nil
	}
	return errPlainLine
}

// dial asks Slack for a ticket and opens a WebSocket with it, through the proxy that the environment names.
func (l *Line) dial(ctx context.Context) (*websocket.Conn, error) {
	api := slack.New("", slack.OptionAppLevelToken(l.cfg.AppToken), slack.OptionAPIURL(l.cfg.APIURL),
		slack.OptionHTTPClient(l.cfg.HTTPClient), slack.OptionLog(libraryLog{l.log}))
	_, address, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a ticket: %w", err)
	}
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	connected := func() bool { return true }
	dialer := l.dialer()
	through := dialer.NetDialContext
	dialer.NetDialContext = func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := through(dialing, network, address)
		if err == nil { // or else the handshake would go on when ctx is done
			connected = context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	ws, answer, err := dialer.DialContext(ctx, address, http.Header{"Origin": {"https://api.slack.com"}})
	connected()
	if err != nil {
		return nil, fmt.Errorf("open the WebSocket: %w", err)
	}
	_ = answer.Body.Close()
	return ws, nil
}

// dialer goes through the proxy that the environment names. The WebSocket library can use proxies of http and socks5; of an https
// proxy it takes the connection as if nothing lay between.
func (l *Line) dialer() *websocket.Dialer {
	dialer := &websocket.Dialer{
		HandshakeTimeout: l.times.hello,
		WriteBufferSize:  writeBuffer,
		TLSClientConfig:  l.tls,
	}
	var by *url.URL
	dialer.Proxy = func(r *http.Request) (*url.URL, error) {
		found, err := l.proxy(r)
		if err != nil || found == nil || found.Scheme != "https" {
			return found, err
		}
		by = found
		return nil, nil
	}
	dialer.NetDialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if by != nil { // decided before anything is dialled
			return dialThrough(ctx, by, address, l.tls)
		}
		return l.cfg.Dial(ctx, network, address)
	}
	return dialer
}

// dialThrough has a proxy that is spoken to by TLS connect to an address. Its errors do not quote the proxy's password.
func dialThrough(ctx context.Context, proxy *url.URL, address string, config *tls.Config) (net.Conn, error) {
	port := proxy.Port()
	if port == "" {
		port = "443"
	}
	config = config.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	config.ServerName, config.NextProtos = proxy.Hostname(), []string{"http/1.1"}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", net.JoinHostPort(proxy.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("reach the proxy %s: %w", proxy.Host, err)
	}
	if err := connectBy(ctx, conn, proxy, address); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connect through the proxy %s: %w", proxy.Host, err)
	}
	return conn, nil
}

// connectBy asks the proxy at the other end of conn for a connection to an address.
func connectBy(ctx context.Context, conn net.Conn, proxy *url.URL, address string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user := proxy.User; user != nil {
		password, _ := user.Password()
		ask.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := ask.Write(conn); err != nil {
		return err
	}
	read := bufio.NewReader(conn)
	answer, err := http.ReadResponse(read, ask)
	if err != nil {
		return err
	}
	_ = answer.Body.Close() // a successful CONNECT has no body, and that of a refusal is not read
	switch {
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("it answers %d", answer.StatusCode)
	case read.Buffered() > 0:
		return errors.New("it sends more than its answer")
	}
	return nil
}
