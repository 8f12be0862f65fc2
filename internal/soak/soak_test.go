package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/soak/judge"
)

// TestWeeksWithoutTrouble is a soak of one process through three weeks, whose every crossing has to be posted.
func TestWeeksWithoutTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds of the wall's time")
	}
	s := judge.TheQuarter()
	s.Until, s.Reform, s.Absence, s.Rollout, s.Closure = judge.Day("2026-07-22 00h"), time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if err := s.Write(50); err != nil {
		t.Fatal(err)
	}
	result, err := soak{
		script: &s, within: 5 * time.Second, lead: time.Second, out: io.Discard,
		groups: []groupConfig{{name: "SQLite", replicas: 1, lag: 6 * time.Hour}},
	}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := result.total(); result.failed() || all.Expected < 5 {
		var table strings.Builder
		result.print(&table)
		t.Errorf("it comes to:\n%s", table.String())
	}
}
