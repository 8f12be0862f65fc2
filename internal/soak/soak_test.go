package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// TestWeeksWithoutTrouble is a soak of one process through three weeks, whose every crossing has to be posted.
func TestWeeksWithoutTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds of the wall's time")
	}
	s := theQuarter()
	s.until, s.reform, s.absence, s.rollout, s.closure = day("2026-07-22 00h"), time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if err := s.write(50); err != nil {
		t.Fatal(err)
	}
	result, err := soak{
		script: &s, within: 5 * time.Second, lead: time.Second, out: io.Discard,
		groups: []groupConfig{{name: "SQLite", replicas: 1, lag: 6 * time.Hour}},
	}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := result.total(); result.failed() || all.expected < 5 {
		var table strings.Builder
		result.print(&table)
		t.Errorf("it comes to:\n%s", table.String())
	}
}
