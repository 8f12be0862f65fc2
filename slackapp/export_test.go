package slackapp

import (
	"encoding/csv"
	"strings"
	"testing"

	"budgetbot/internal/slacksim"
)

func mayUpload(_ *slacksim.Config, c *Config) { c.Uploads = true }

func TestAnAnswerIsExportedToTheAskerAlone(t *testing.T) {
	w := newWorld(t, mayUpload)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage by service top 3", 1)
	told := w.presses(alice, m, "export", 1)
	says(t, told, "usage-2026-10.csv", "direct message")
	if told.TS == m.TS || told.EphemeralTo != alice {
		t.Errorf("the answer did not stay: %s beside %s, shown to %q", told.TS, m.TS, told.EphemeralTo)
	}
	var files []string
	for _, direct := range w.slack.Messages(alice) {
		files = append(files, direct.Files...)
	}
	if len(files) != 1 {
		t.Fatalf("%d files in the direct message", len(files))
	}
	name, content, _ := w.slack.File(files[0])
	text, marked := strings.CutPrefix(string(content), "\uFEFF")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("the file is not for spreadsheets: %.80q", content)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || name != "usage-2026-10.csv" {
		t.Fatalf("%s: %v", name, err)
	}
	exported := map[string]bool{}
	for _, line := range lines[1:] {
		exported[line[3]] = true
	}
	for _, service := range w.fastly.Services("2026-10", "cdn_usage", "North America Bandwidth") {
		if !exported[service.ServiceID] {
			t.Fatalf("%s is beyond the answer's top, and not in the file of %d lines", service.ServiceName, len(lines))
		}
	}
	for _, shown := range w.slack.Messages(general) {
		if len(shown.Files) > 0 {
			t.Error("the file is in the channel")
		}
	}
	w.inOrder()
}

func TestNothingIsExportedWithoutTheScope(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
	if contains(m, "Export CSV") {
		t.Error("there is a button that cannot work")
	}
	w.inOrder()
}

func TestAnExportThatSlackRefusesIsReported(t *testing.T) {
	w := newWorld(t, mayUpload)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
	w.slack.SetScopes("commands", "chat:write")
	says(t, w.presses(alice, m, "export", 1), "Something went wrong on my side")
}

func TestAFileThatIsAskedForByAWord(t *testing.T) {
	w := newWorld(t, mayUpload)
	says(t, w.types(alice, general, "/usage csv 2026-10 cdn_usage", 1), "usage-2026-10.csv", "direct message")
	without := newWorld(t)
	says(t, without.types(alice, general, "/usage csv 2026-10 cdn_usage", 1), "files:write", "budgetbot usage 2026-10 cdn_usage csv")
	without.inOrder()
}
