package loopback

import (
	"net"
)

// IsHost reports whether a host is this machine, by name or by address: the one place to which a secret may go in plain
// http.
func IsHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
