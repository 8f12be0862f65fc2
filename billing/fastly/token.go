package fastly

import (
	"context"
	"slices"
	"strings"
	"time"
)

const pathTokenSelf = "/tokens/self"

// readScope is the one scope with which nothing can be changed.
const readScope = "global:read"

// Token describes the token in use. Its secret is not part of it, nor its role, which Fastly does not show.
type Token struct {
	Scopes    []string
	ExpiresAt time.Time // zero if it never expires
}

// CanWrite reports whether the token may do more than read.
func (t Token) CanWrite() bool {
	return slices.ContainsFunc(t.Scopes, func(scope string) bool { return scope != readScope })
}

// ExpiresWithin reports whether the token expires before d has passed from now.
func (t Token) ExpiresWithin(d time.Duration, now time.Time) bool {
	return !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(now.Add(d))
}

// TokenSelf asks Fastly about the token in use.
func (c *Client) TokenSelf(ctx context.Context) (Token, error) {
	body, err := c.get(ctx, pathTokenSelf, nil)
	if err != nil {
		return Token{}, err
	}
	token, err := decodeToken(body)
	return token, c.sorted(pathTokenSelf, err)
}

func decodeToken(body []byte) (Token, error) {
	var wire struct {
		Scope     string     `json:"scope"`
		Scopes    []string   `json:"scopes"`
		ExpiresAt *time.Time `json:"expires_at"`
	}
	if err := readAnswer(body, &wire); err != nil {
		return Token{}, err
	}
	token := Token{Scopes: wire.Scopes}
	if len(token.Scopes) == 0 {
		token.Scopes = strings.Fields(wire.Scope)
	}
	if len(token.Scopes) == 0 {
		return Token{}, notUnderstood("the token has no scope")
	}
	if wire.ExpiresAt != nil {
		token.ExpiresAt = wire.ExpiresAt.UTC()
	}
	return token, nil
}
