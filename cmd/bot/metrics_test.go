package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/internal/ops"
)

// TestBudgetsAreOfTheWorst: a rule with a budget for each service is one series, and what has no figure is counted.
func TestBudgetsAreOfTheWorst(t *testing.T) {
	rules, err := rulesfile.Load("rules.yaml", []byte(`defaults: {channel: cdn}
rules: [{name: each, per: service, budget: 100 TB}, {name: one, budget: 100 requests}, {name: unknown, budget: 100}, {name: fresh, budget: 100}, {name: bill, budget: 100 USD}]`))
	if err != nil {
		t.Fatal(err)
	}
	month := billing.NewMonth(2026, time.November)
	id := func(rule, scope string) alerts.BudgetID {
		return alerts.BudgetID{Rule: rule, Scope: scope, Month: month}
	}
	standing := func(rule, scope string, used, limit int64, version string) alerts.Standing {
		return alerts.Standing{BudgetID: id(rule, scope), Used: decimal.New(used, 0), Limit: decimal.New(limit, 0), Version: version}
	}
	noFigure := func(s alerts.Standing) alerts.Standing {
		s.Unknown = "no row of Fastly matches the rule"
		return s
	}
	outlook := func(rule, scope string, expected, limit int64) alerts.OutlookDay {
		return alerts.OutlookDay{BudgetID: id(rule, scope), Expected: decimal.New(expected, 0), Limit: decimal.New(limit, 0)}
	}
	got, unknown := budgetsOf(rules, []alerts.Standing{
		standing("each", "", 990, 100, "v"), // from when the rule had one budget
		standing("each", "www", 40, 100, "v"), standing("each", "api", 140, 200, "v"), noFigure(standing("each", "new", 0, 100, "")),
		standing("one", "", 25, 100, "v"), standing("one", "www", 900, 100, "v"),
		noFigure(standing("unknown", "", 0, 100, "")), standing("fresh", "", 0, 100, ""), standing("gone", "", 50, 100, "v"),
		noFigure(standing("bill", "", 30, 100, "v")), // the last figure that there was
	}, []alerts.OutlookDay{outlook("each", "www", 120, 100), outlook("each", "api", 180, 200), outlook("one", "www", 999, 100)})
	want := []ops.Budget{
		{Rule: "each", Unit: "bytes", Known: true, Ratio: 0.7, Limit: 200, Likely: 1.2, Unknown: 1},
		{Rule: "one", Unit: "requests", Known: true, Ratio: 0.25, Limit: 100},
		{Rule: "unknown", Unit: "billed", Unknown: 1},
		{Rule: "bill", Unit: "USD", Known: true, Ratio: 0.3, Limit: 100, Unknown: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || unknown != 3 {
		t.Errorf("%d budgets have no figure, want 3; budgets (-want +got):\n%s", unknown, diff)
	}
}

// TestADatabaseThatTakesNoWritesIsNoticed: a full disk answers every question all the same, and cannot be told that checks fail.
func TestADatabaseThatTakesNoWritesIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.config()
	s, err := build(t.Context(), c, options{now: w.clock.Now}) // no check is made before it runs
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	look := func() (warnings, metrics string) {
		_, metrics = readPage(t, "http://"+s.ops.Addr()+"/metrics")
		return strings.Join(readReadiness(t, "http://"+s.ops.Addr()).Warnings, "\n"), metrics
	}
	s.countCheck(check.Result{Err: fmt.Errorf("claim the check: %w", fullDisk(t))})
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
	s.countCheck(check.Result{Err: context.Canceled}) // a stop is no outcome
	if again, _ := look(); again != warnings {
		t.Errorf("after a check that was interrupted the warnings are:\n%s", again)
	}
	s.countCheck(check.Result{})
	if warnings, metrics = look(); warnings != "" || !strings.Contains(metrics, "\nbudgetbot_check_failing 0\n") || !strings.Contains(metrics, "\nbudgetbot_database_up 1\n") {
		t.Errorf("after a good check there is still trouble: %s", warnings)
	}
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
