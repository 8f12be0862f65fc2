// Package loopback knows this machine by its names and addresses: the one place to which a secret may go in plain http.
package loopback
