package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/store/engine"
)

// TestAFullDisk: what does not fit is an error and leaves nothing behind, what is there can be read, and when there is room
// again it is as if nothing had been.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	s := openAt(t, sqliteURL(t))
	record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("known")}})
	used := count(t, s, "SELECT page_count FROM pragma_page_count")
	on(t, s, "PRAGMA max_page_count = "+strconv.FormatInt(used+1, 10))

	var rows []billing.Usage
	for i := range 2000 {
		rows = append(rows, usage("Type "+strconv.Itoa(i), "1", midnight))
	}
	outcome := alerts.Outcome{
		At: noon.Add(time.Hour), Usage: rows, BudgetStates: []alerts.BudgetState{budgetState("new")},
		Alerts: []alerts.Alert{alert("new", 80)}, Deliveries: []alerts.Delivery{parent("r1", "cdn-budget")},
	}
	err := s.Record(t.Context(), outcome)
	if err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("error = %v, want one that says that the disk is full", err)
	}
	if !engine.CannotWrite(err) {
		t.Errorf("%v is not known for a database that takes no writes", err)
	}
	for _, table := range []string{"alert", "snapshot", "delivery", "lane"} {
		if n := count(t, s, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%d rows of %s were left behind", n, table)
		}
	}
	if states := must(s.BudgetStates(t.Context(), november))(t); len(states) != 1 {
		t.Errorf("%d standings can be read, want the one that was there", len(states))
	}

	on(t, s, "PRAGMA max_page_count = 1000000")
	record(t, s, outcome)
	if n := count(t, s, "SELECT count(*) FROM lane"); n != 1 {
		t.Errorf("%d lanes, want the one of the message's channel", n)
	}
}

func TestWhichErrorsAreADatabasesThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"53100": true, "25006": true, "58030": true, "23505": false, "40001": false} {
		if got := engine.CannotWrite(fmt.Errorf("record: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("PostgreSQL's %s: %t, want %t", code, got, want)
		}
	}
	for _, err := range []error{nil, alerts.ErrConflict, errors.New("disk full")} {
		if engine.CannotWrite(err) {
			t.Errorf("%v is taken for a database that takes no writes", err)
		}
	}
}
