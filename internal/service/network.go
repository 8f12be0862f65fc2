package service

import (
	"context"
	"net"
	"net/http"
)

// Network is what a service dials and listens on. The zero value is the machine's; a test on virtual time hands in one within the
// process.
type Network struct {
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
}

// transport carries HTTP over the network; nil lets every client make its own for the machine's.
func (n Network) transport() http.RoundTripper {
	if n.Dial == nil {
		return nil
	}
	return &http.Transport{DialContext: n.Dial, MaxIdleConnsPerHost: 16}
}

func (n Network) listen(ctx context.Context, network, address string) (net.Listener, error) {
	if n.Listen == nil {
		return new(net.ListenConfig).Listen(ctx, network, address)
	}
	return n.Listen(ctx, network, address)
}
