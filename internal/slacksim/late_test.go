package slacksim_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

func TestACallThatIsCarriedOutLate(t *testing.T) {
	s := start(t, slacksim.Config{})
	s.Fail("chat.postMessage", 1, slacksim.Fault{Late: 300 * time.Millisecond})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := client(t, s).PostMessageContext(ctx, budget, slack.MsgOptionText("late", false)); err == nil {
		t.Error("the call was answered, want nothing until the client gives up")
	}
	if got := s.Messages(budget); len(got) != 0 {
		t.Errorf("the channel has %d messages when the client has given up, want 0", len(got))
	}
	if _, err := s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.Text == "late" }); err != nil {
		t.Errorf("the message is never shown: %v", err)
	}
}

func TestAnAnswerInPlaceOfTheCallsOwn(t *testing.T) {
	s := start(t, slacksim.Config{})
	s.Fail("chat.postMessage", 1, slacksim.Fault{Carried: true, Body: `{"ok":true}`})
	got := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "there"})
	if got["ok"] != true || got["ts"] != nil || len(s.Messages(budget)) != 1 {
		t.Errorf("answer = %v with %d messages, want ok alone and one", got, len(s.Messages(budget)))
	}
}

func TestHistoryThatLags(t *testing.T) {
	s := start(t, slacksim.Config{})
	root := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "root"})
	call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "reply", "thread_ts": root["ts"]})
	read := func(method string, want int) {
		t.Helper()
		got := call(t, s, method, map[string]any{"channel": budget, "ts": root["ts"]})
		if messages, _ := got["messages"].([]any); len(messages) != want {
			t.Errorf("%s has %d messages, want %d: %v", method, len(messages), want, got)
		}
	}
	s.SetHistoryLag(time.Hour)
	read("conversations.history", 0)
	read("conversations.replies", 1) // the root itself
	s.SetHistoryLag(time.Nanosecond)
	read("conversations.history", 1)
	read("conversations.replies", 2)
}

func TestAnUploadMayUseAnyFieldOfAForm(t *testing.T) {
	s := start(t, slacksim.Config{})
	for _, field := range []string{"file", "filename", "body"} {
		got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 3})
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile(field, "a")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprint(part, "abc")
		_ = w.Close()
		if got, answer := send(t, got["upload_url"].(string), "", w.FormDataContentType(), form.String()); answer.StatusCode != http.StatusOK {
			t.Errorf("field %s: %d %v", field, answer.StatusCode, got)
		}
	}
}

func TestATextThatIsTooLongIsCut(t *testing.T) {
	s := start(t, slacksim.Config{})
	call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": strings.Repeat("ü", 40_001)})
	if got := len([]rune(s.Messages(budget)[0].Text)); got != 40_000 {
		t.Errorf("the message has %d characters, want 40,000", got)
	}
}
