package slacksim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

func TestFiles(t *testing.T) {
	s, c, _ := timed(t)
	api := client(t, s)
	root := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "root"})
	file, err := api.UploadFileContext(soon(t), slack.UploadFileParameters{
		Filename: "usage.csv", FileSize: 7, Reader: strings.NewReader("a,b\n1,2"), Title: "Usage", Channel: budget,
		InitialComment: "as asked", ThreadTimestamp: root["ts"].(string),
	})
	if err != nil {
		t.Fatal(err)
	}
	if name, content, ok := s.File(file.ID); !ok || name != "usage.csv" || string(content) != "a,b\n1,2" {
		t.Errorf("the stored file: %q %q", name, content)
	}
	m := s.Messages(budget)[1]
	if m.Text != "as asked" || m.ThreadTS != root["ts"] || len(m.Files) != 1 || m.Files[0] != file.ID || m.Via != "file" {
		t.Errorf("the message: %+v", m)
	}
	image := map[string]any{"channel": budget, "text": "x", "blocks": json.RawMessage(
		`[{"type":"image","slack_file":{"id":"` + file.ID + `"},"alt_text":"a"}]`)}
	if got := call(t, s, "chat.postMessage", image); got["error"] != "invalid_blocks" {
		t.Errorf("a file that is not ready: %v", got)
	}
	c.pass(time.Second)
	if got := call(t, s, "chat.postMessage", image); got["ok"] != true {
		t.Errorf("a file that is ready: %v", got)
	}
	again := map[string]any{"files": []any{map[string]any{"id": file.ID}}}
	if got := call(t, s, "files.completeUploadExternal", again); got["error"] != "file_not_found" {
		t.Errorf("completing twice: %v", got)
	}
	got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 3})
	address, _ := got["upload_url"].(string)
	if got, answer := send(t, address, "", "application/octet-stream", "four"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("another length than announced: %d %v", answer.StatusCode, got)
	}
	broken(t, s, "upload_length")
	s.Fail("upload", 1, slacksim.Fault{Status: 503})
	if _, answer := send(t, address, "", "application/octet-stream", "abc"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a planned fault: %d", answer.StatusCode)
	}
	if got, answer := send(t, address, "", "application/octet-stream", "abc"); answer.StatusCode != http.StatusOK {
		t.Errorf("raw bytes: %d %v", answer.StatusCode, got)
	}
}

func TestFileInfoSaysWhenAFileIsReady(t *testing.T) {
	s, c, _ := timed(t)
	api := client(t, s)
	file, err := api.UploadFileContext(soon(t), slack.UploadFileParameters{Filename: "a.txt", FileSize: 5, Reader: strings.NewReader("hello"), Channel: general})
	if err != nil {
		t.Fatal(err)
	}
	kind := func() string {
		info, _, _, err := api.GetFileInfoContext(soon(t), file.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mimetype
	}
	if got := kind(); got != "" {
		t.Errorf("at once: %q", got)
	}
	c.pass(time.Second)
	if got := kind(); got != "text/plain; charset=utf-8" {
		t.Errorf("later: %q", got)
	}
	got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 1})
	for _, id := range []any{got["file_id"], "F0NOWHERE"} {
		if got := call(t, s, "files.info", map[string]any{"file": id}); got["error"] != "file_not_found" {
			t.Errorf("a file that is not there: %v", got)
		}
	}
	s.Kick(general)
	for channel, code := range map[string]string{general: "not_in_channel", "C0NOWHERE": "channel_not_found"} {
		got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 1})
		send(t, got["upload_url"].(string), "", "text/plain", "x")
		got = call(t, s, "files.completeUploadExternal", map[string]any{"files": []any{map[string]any{"id": got["file_id"]}}, "channel_id": channel})
		if got["error"] != code {
			t.Errorf("%s: want %s, got %v", channel, code, got)
		}
	}
}
