package fastly

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim"
)

func TestTokenSelf(t *testing.T) {
	expires := time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC)
	server := startFastly(t, fastlysim.Config{TokenScope: "global:read", TokenExpires: expires})
	token, err := newClient(t, ClientConfig{BaseURL: server.URL()}).TokenSelf(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Token{Scopes: []string{"global:read"}, ExpiresAt: expires}, token); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	now := expires.AddDate(0, 0, -14)
	if token.CanWrite() || token.ExpiresWithin(13*24*time.Hour, now) || !token.ExpiresWithin(15*24*time.Hour, now) {
		t.Errorf("%+v can write, or expires at another time", token)
	}
}

func TestDecodeToken(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		writes     bool
		refused    string
	}{
		{name: "a token that may do anything", body: `{"name":"x","scopes":["global"],"expires_at":null}`, writes: true},
		{name: "a token that may purge", body: `{"scopes":["global:read","purge_all"]}`, writes: true},
		{name: "scopes in one string", body: `{"scope":"global:read purge_select"}`, writes: true},
		{name: "a token that may read", body: `{"scope":"global:read"}`},
		{name: "no scope", body: `{"name":"x"}`, refused: "the token has no scope"},
		{name: "not an object", body: `[]`, refused: "it is an array, not an object"},
		{name: "not JSON", body: `<html>`, refused: "it is HTML, not JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			token, err := decodeToken([]byte(tt.body))
			if tt.refused != "" {
				checkRefused(t, tt.refused, err)
				return
			}
			if err != nil || token.CanWrite() != tt.writes || token.ExpiresWithin(time.Hour, longAfter) {
				t.Errorf("token is %+v, %v", token, err)
			}
		})
	}
}
