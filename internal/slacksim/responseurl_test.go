package slacksim_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/slacksim"
)

// clock is a settable time.
type clock struct{ micros atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMicro(c.micros.Load()) }
func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }

// timed is a workspace with a settable clock and one open connection.
func timed(t *testing.T) (*slacksim.Server, *clock, *wire) {
	t.Helper()
	c := &clock{}
	c.pass(1_800_000_000 * time.Second)
	cfg := quiet()
	cfg.Now = c.now
	s := start(t, cfg)
	return s, c, dial(t, s)
}

func respond(t *testing.T, v *slacksim.Invocation, content string) (body, int) {
	t.Helper()
	got, answer := send(t, v.ResponseURL(), "", "application/json", content)
	return got, answer.StatusCode
}

// commanded types a command and acknowledges it.
func commanded(t *testing.T, s *slacksim.Server, w *wire) *slacksim.Invocation {
	t.Helper()
	v := typeCommand(t, s, "x")
	w.ack(t, w.next(t).EnvelopeID, nil)
	outcome(t, v)
	return v
}

func TestResponseURLWorksFiveTimes(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	for _, content := range []string{
		`{"text":"working"}`,
		`{"text":"done","replace_original":true}`,
		`{"text":"for all","response_type":"in_channel"}`,
		`{"text":"for all, changed","replace_original":true}`,
		`{"delete_original":true}`,
	} {
		if got, status := respond(t, v, content); status != http.StatusOK || got["raw"] != "ok" {
			t.Fatalf("%s: %d %v", content, status, got)
		}
	}
	if got, status := respond(t, v, `{"text":"one more"}`); status != http.StatusNotFound || got["error"] != "used_url" {
		t.Errorf("the sixth: %d %v", status, got)
	}
	broken(t, s, "response_url_used")
	messages := s.Messages(budget)
	if len(messages) != 1 || messages[0].Text != "done" || messages[0].EphemeralTo != alice || messages[0].Edits != 1 {
		t.Errorf("what stays: %+v", messages)
	}
	var texts []string
	for _, m := range v.Answers() {
		texts = append(texts, m.Text)
	}
	if diff := cmp.Diff([]string{"working", "done", "for all", "for all, changed", "for all, changed"}, texts); diff != "" {
		t.Errorf("the answers (-want +got):\n%s", diff)
	}
	if last := answer(t, v, 5); !last.Deleted {
		t.Errorf("the last answer is a deletion: %+v", last)
	}
}

func TestResponseURLExpires(t *testing.T) {
	s, c, w := timed(t)
	v := commanded(t, s, w)
	c.pass(30 * time.Minute)
	if got, status := respond(t, v, `{"text":"in time"}`); status != http.StatusOK {
		t.Errorf("after 30 minutes: %d %v", status, got)
	}
	c.pass(time.Second)
	if got, status := respond(t, v, `{"text":"too late"}`); status != http.StatusNotFound || got["error"] != "expired_url" {
		t.Errorf("later: %d %v", status, got)
	}
	broken(t, s, "response_url_expired")
}

func TestResponseURLRefusesJunk(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	for _, row := range []struct{ name, content, code string }{
		{"what is not JSON", `hello`, "invalid_payload"},
		{"what is no object", `[]`, "invalid_payload"},
		{"nothing", `{}`, "no_text"},
		{"wrong blocks", `{"text":"x","blocks":[{"type":"hero"}]}`, "invalid_blocks"},
		{"an unknown kind of answer", `{"text":"x","response_type":"loud"}`, "invalid_response_type"},
		{"an unknown thread", `{"text":"x","thread_ts":"1.000000"}`, "thread_not_found"},
		{"a deletion of nothing", `{"delete_original":true}`, "message_not_found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, status := respond(t, v, row.content); status != http.StatusBadRequest || got["error"] != row.code {
				t.Errorf("want %s, got %d %v", row.code, status, got)
			}
		})
	}
	if got, status := respond(t, v, `{"text":"x","colour":"red"}`); status != http.StatusOK {
		t.Errorf("an unknown field is ignored: %d %v", status, got)
	}
	broken(t, s, "response_url_junk")
	s.Fail("response_url", 1, slacksim.Fault{Status: 500})
	if _, status := respond(t, v, `{"text":"x"}`); status != http.StatusInternalServerError {
		t.Errorf("a planned fault: %d", status)
	}
	if got, answer := send(t, v.ResponseURL()+"0", "", "application/json", `{"text":"x"}`); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown address: %d %v", answer.StatusCode, got)
	}
}
