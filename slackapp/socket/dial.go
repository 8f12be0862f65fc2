package socket

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

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
		slack.OptionHTTPClient(l.http), slack.OptionLog(libraryLog{l.log}))
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
// proxy it takes the connection as if nothing lay between. It is given one of http in its place, to which the connection is TLS.
func (l *Line) dialer() *websocket.Dialer {
	var tlsProxy string // decided before anything is dialled
	return &websocket.Dialer{
		HandshakeTimeout: helloWithin,
		WriteBufferSize:  writeBuffer,
		TLSClientConfig:  l.tls,
		Proxy: func(r *http.Request) (*url.URL, error) {
			found, err := l.proxy(r)
			if err != nil || found == nil || found.Scheme != "https" {
				return found, err
			}
			tlsProxy = found.Hostname()
			address := net.JoinHostPort(tlsProxy, cmp.Or(found.Port(), "443"))
			return &url.URL{Scheme: "http", User: found.User, Host: address}, nil
		},
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := l.cfg.Dial(ctx, network, address)
			if err != nil || tlsProxy == "" {
				return conn, err
			}
			config := cmp.Or(l.tls, &tls.Config{}).Clone()
			config.ServerName = tlsProxy
			return tls.Client(conn, config), nil
		},
	}
}
