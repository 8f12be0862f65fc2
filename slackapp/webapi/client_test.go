package webapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
)

// TestTheTokenFollowsNoRedirect: an API host that sends elsewhere is not followed, by any method, so that neither the token nor the text leaves.
func TestTheTokenFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("%d led to %s %s", status, r.Method, r.URL.Path)
		}))
		t.Cleanup(elsewhere.Close)
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		}))
		t.Cleanup(api.Close)
		client := NewClient("xoxb-secret", api.URL+"/api/", http.DefaultTransport)
		if _, _, err := client.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("used 80%", false)); err == nil {
			t.Errorf("%d: a message counts as posted", status)
		}
		if _, err := client.GetUserInfoContext(t.Context(), "U1"); err == nil {
			t.Errorf("%d: a person counts as known", status)
		}
		if _, err := client.GetUserGroupMembersContext(t.Context(), "S1"); err == nil {
			t.Errorf("%d: a group counts as known", status)
		}
	}
}
