package fastlysim

import (
	"net/http"
	"strings"
	"time"

	"budgetbot/internal/fastlysim/fault"
)

// tokenJSON is a token as Fastly describes it to its bearer.
type tokenJSON struct {
	ID         string     `json:"id"`
	UserID     string     `json:"user_id"`
	CustomerID string     `json:"customer_id"`
	Name       string     `json:"name"`
	LastUsedAt time.Time  `json:"last_used_at"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	IP         string     `json:"ip"`
	UserAgent  string     `json:"user_agent"`
	Sudo       *time.Time `json:"sudo_expires_at"`
	Scopes     []string   `json:"scopes"`
	Scope      string     `json:"scope"`
	Services   []string   `json:"services"`
}

// tokenSelf answers TokenPath.
func (s *Server) tokenSelf(r *http.Request) fault.Response {
	if err := onlyKnown(r.URL.Query()); err != nil {
		return badRequest(err.Error())
	}
	now := s.config.Clock().UTC().Truncate(time.Second)
	token := tokenJSON{
		ID: "5Uxk2Fq9sGm1cVb7TzWn3e", UserID: "0aPzRk8wQm4YtLs6NvJd1h",
		CustomerID: s.config.Account.CustomerID, Name: "budget watcher",
		LastUsedAt: now, CreatedAt: now.AddDate(0, -1, 0),
		IP: "127.0.0.1", UserAgent: r.UserAgent(),
		Scope: s.config.TokenScope, Scopes: strings.Fields(s.config.TokenScope),
		Services: []string{},
	}
	if expires := s.config.TokenExpires; !expires.IsZero() {
		expires = expires.UTC()
		token.ExpiresAt = &expires
	}
	return replyJSON(http.StatusOK, token)
}
