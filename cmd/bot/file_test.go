package main

import (
	"net/http"
	"os"
	"slices"
	"testing"
)

// TestARemovedDatabaseFileIsToldOf: the system keeps a removed file for who has it open, so that nothing else would show.
func TestARemovedDatabaseFileIsToldOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	p := w.launch().connected()
	if err := os.Remove(w.path("budgetbot.db")); err != nil {
		t.Fatal(err)
	}
	want := "the database file " + w.path("budgetbot.db") + " was removed; the service goes on with the old one, which is lost when it ends: stop it, and put the right file in place"
	w.await("the warning", func() bool {
		got := readReadiness(t, p.address())
		return got.Status == http.StatusOK && slices.Contains(got.Warnings, want)
	})
	p.says(want)
	p.terminate()
}
