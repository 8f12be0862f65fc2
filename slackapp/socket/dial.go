package socket

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// readLimit is far above what Slack sends and keeps a mad frame from filling the memory.
	readLimit = 4 << 20
	// writeBuffer holds the largest acknowledgement, so that each is one frame: Slack does not put the parts of a message together.
	writeBuffer = 32 << 10
)

// dial asks Slack for a ticket and opens a WebSocket with it, through the proxy that the environment names.
func (l *Line) dial(ctx context.Context) (*websocket.Conn, error) {
	api := slack.New("", slack.OptionAppLevelToken(l.cfg.AppToken), slack.OptionAPIURL(l.cfg.APIURL),
		slack.OptionHTTPClient(l.cfg.HTTPClient), slack.OptionLog(libraryLog{l.log}))
	_, address, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a ticket: %w", err)
	}
	connected := func() bool { return true }
	dialer := &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: l.times.hello,
		WriteBufferSize:  writeBuffer,
		NetDialContext: func(dialing context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(dialing, network, address)
			if err == nil { // or else the handshake would go on when ctx is done
				connected = context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		},
	}
	ws, answer, err := dialer.DialContext(ctx, address, http.Header{"Origin": {"https://api.slack.com"}})
	connected()
	if err != nil {
		return nil, fmt.Errorf("open the WebSocket: %w", err)
	}
	_ = answer.Body.Close()
	return ws, nil
}
