package service_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"budgetbot/alerts/check"
)

// TestADatabaseThatTakesNoWritesIsNoticed: a full disk answers every question all the same, and cannot be told that checks fail.
func TestADatabaseThatTakesNoWritesIsNoticed(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, err := w.Build(t.Context()) // no check is made before it runs
		if err != nil {
			t.Fatal(err)
		}
		s := r.Service
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		look := func() (warnings, metrics string) {
			_, metrics = r.Page("/metrics")
			return strings.Join(r.Readiness().Warnings, "\n"), metrics
		}
		s.CountCheck(check.Result{Err: fmt.Errorf("claim the check: %w", fullDisk(t))})
		warnings, metrics := look()
		for _, text := range []string{"the newest check of usage failed: claim the check: database or disk is full", "the database takes no writes"} {
			if !strings.Contains(warnings, text) {
				t.Errorf("no warning %q in:\n%s", text, warnings)
			}
		}
		for _, sample := range []string{"budgetbot_check_failing 1", "budgetbot_database_up 0", "budgetbot_deliveries_waiting"} {
			if !strings.Contains(metrics, "\n"+sample) {
				t.Errorf("no sample %s", sample)
			}
		}
		s.CountCheck(check.Result{Err: context.Canceled}) // a stop is no outcome
		if again, _ := look(); again != warnings {
			t.Errorf("after a check that was interrupted the warnings are:\n%s", again)
		}
		s.CountCheck(check.Result{})
		if warnings, metrics = look(); warnings != "" || !strings.Contains(metrics, "\nbudgetbot_check_failing 0\n") || !strings.Contains(metrics, "\nbudgetbot_database_up 1\n") {
			t.Errorf("after a good check there is still trouble: %s", warnings)
		}
	})
}

// fullDisk is SQLite's own error.
func fullDisk(t *testing.T) error {
	t.Helper()
	database, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	database.SetMaxOpenConns(1)
	if _, err := database.Exec("CREATE TABLE t (x BLOB); PRAGMA max_page_count = 3"); err != nil {
		t.Fatal(err)
	}
	_, err = database.Exec("INSERT INTO t VALUES (zeroblob(100000))")
	if err == nil {
		t.Fatal("there is room on a full disk")
	}
	return err
}
