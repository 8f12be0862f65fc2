package fastly

import (
	"testing"
)

func TestNewClientRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config ClientConfig
		want   string
	}{
		{"no token", ClientConfig{}, "there is no Fastly token"},
		{"a token with a line break", ClientConfig{Token: secret + "\n"}, "the Fastly token has a character that no token has, such as a space or a line break"},
		{"plain http", ClientConfig{Token: secret, BaseURL: "http://api.fastly.com"}, `the Fastly address must be https; plain http would show the token to the network on the way to "api.fastly.com"`},
		{"another scheme", ClientConfig{Token: secret, BaseURL: "ftp://api.fastly.com"}, `the Fastly address begins with "ftp"; it must be https`},
		{"no host", ClientConfig{Token: secret, BaseURL: "api.fastly.com"}, "the Fastly address is not a URL such as https://api.fastly.com"},
		{"a password", ClientConfig{Token: secret, BaseURL: "https://me:" + secret + "@api.fastly.com"}, "the Fastly address has a user, a query or a fragment; it may have none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewClient(tt.config); err == nil || err.Error() != tt.want {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNewClientAcceptsPlainHTTPOnLoopback(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://api.fastly.com/base"} {
		if _, err := NewClient(ClientConfig{Token: secret, BaseURL: address}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
