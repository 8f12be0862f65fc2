package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// TestAMonthWithoutTrouble is a soak of one process through a month, whose every level has to be said, and of which the checker then has
// to notice what it is not told.
func TestAMonthWithoutTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds of the wall's time")
	}
	s := theQuarter()
	s.until, s.reform = day("2026-08-04 00h"), time.Time{}
	if err := s.write(30); err != nil {
		t.Fatal(err)
	}
	result, err := soak{
		script: &s, within: 8 * time.Second, lead: 2 * time.Second, out: io.Discard,
		groups: []groupConfig{{name: "SQLite", replicas: 1, lag: 6 * time.Hour}},
	}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := result.total(); result.failed() || all.expected < 20 {
		var table strings.Builder
		result.print(&table)
		t.Errorf("it comes to:\n%s", table.String())
	}
}
