package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

const patience = time.Minute // for what must happen; the rescue of a dead replica's work takes half of it

var (
	sameMonth  = cmp.AllowUnexported(billing.Month{})
	emptyIsNil = cmpopts.EquateEmpty()
)

var (
	november = billing.NewMonth(2026, time.November)
	noon     = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	midnight = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC) // the end of November 21
)

// onEach runs a test on a fresh database of each kind.
func onEach(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, sqliteURL(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgresURL(t))
	})
}

func sqliteURL(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "budgetbot.db")
}

var postgresServer = sync.OnceValues(func() (string, error) {
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		server = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	return server, conn.Close(ctx)
})

// postgresURL returns the address of an empty schema of its own. It skips the test where there is no server.
func postgresURL(t testing.TB) string {
	t.Helper()
	server, err := postgresServer()
	if err != nil {
		if os.Getenv("TEST_REQUIRE_POSTGRES") == "1" {
			t.Fatalf("no PostgreSQL server, and TEST_REQUIRE_POSTGRES=1: %v", err)
		}
		t.Skipf("no PostgreSQL server (TEST_DATABASE_URL names one): %v", err)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	onServer(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { onServer(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	settings := address.Query()
	settings.Set("search_path", schema)
	address.RawQuery = settings.Encode()
	return address.String()
}

func onServer(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func openWith(t testing.TB, config Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), config)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// openReplicas opens the database as often as it may be open at once.
func openReplicas(t testing.TB, url string) []*Store {
	t.Helper()
	if strings.HasPrefix(url, "sqlite://") {
		return []*Store{openAt(t, url)}
	}
	return []*Store{openAt(t, url), openAt(t, url), openAt(t, url)}
}

func openAt(t testing.TB, url string) *Store {
	t.Helper()
	return openWith(t, Config{URL: url})
}

// on executes a statement past the store, as another program would.
func on(t testing.TB, s *Store, statement string, args ...any) {
	t.Helper()
	if _, err := s.engine.Exec(context.Background(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// count returns what a statement such as SELECT count(*) counts.
func count(t testing.TB, s *Store, statement string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := s.engine.QueryRow(context.Background(), statement, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return n
}

func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// eventually waits until a condition of the database holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("still not after %s: %s", patience, what)
		case <-tick.C:
		}
	}
}

// next returns what comes from a channel, and fails where nothing does.
func next[V any](t testing.TB, what string, from <-chan V) V {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("nothing after %s: %s", patience, what)
		panic("unreachable")
	}
}

// journal is a log that can be counted in.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) logger() *zap.Logger {
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(j), zap.DebugLevel))
}

func (j *journal) count(phrase string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), phrase)
}

// script is a Handler made of functions. A call of one that is not set fails the attempt.
type script struct {
	attempt func(ctx context.Context, a deliver.Attempt) deliver.Verdict
	notice  func(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool)
}

func (s script) Attempt(ctx context.Context, a deliver.Attempt) deliver.Verdict {
	return s.attempt(ctx, a)
}

func (s script) Notice(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool) {
	return s.notice(trouble, id, now)
}

// sends answers every attempt as sent, and hands it on.
func sends(to chan<- deliver.Attempt) script {
	return script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
		to <- a
		return sent(a)
	}}
}

func sent(a deliver.Attempt) deliver.Verdict {
	return deliver.Verdict{State: alerts.DeliverySent, Receipt: alerts.Receipt{ChannelID: "C1", TS: "ts-" + a.ID, SentAt: noon}}
}

func start(t testing.TB, s *Store, handler Handler) {
	t.Helper()
	if err := s.StartDelivery(t.Context(), handler); err != nil {
		t.Fatalf("StartDelivery: %v", err)
	}
}

func record(t testing.TB, s *Store, outcome alerts.Outcome) {
	t.Helper()
	if err := s.Record(t.Context(), outcome); err != nil {
		t.Fatalf("Record: %v", err)
	}
}

func enqueue(t testing.TB, s *Store, deliveries ...alerts.Delivery) {
	t.Helper()
	record(t, s, alerts.Outcome{At: noon, Deliveries: deliveries})
}

// delivery returns the stored delivery.
func delivery(t testing.TB, s *Store, id string) alerts.Delivery {
	t.Helper()
	row, err := s.queries.Delivery(context.Background(), id)
	if err != nil {
		t.Fatalf("delivery %s: %v", id, err)
	}
	return must(readDelivery(row))(t)
}

// deliveries returns the stored deliveries for which an SQL condition holds, in order of their ids.
func deliveries(t testing.TB, s *Store, condition string) []alerts.Delivery {
	t.Helper()
	rows, err := s.engine.Query(context.Background(), "SELECT id FROM delivery WHERE "+condition+" ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var found []alerts.Delivery
	for _, id := range ids {
		found = append(found, must(readKept(must(s.queries.Delivery(context.Background(), id))(t)))(t))
	}
	return found
}

func awaitState(t testing.TB, s *Store, id string, state alerts.DeliveryState) alerts.Delivery {
	t.Helper()
	eventually(t, fmt.Sprintf("delivery %s is %s", id, state), func() bool { return delivery(t, s, id).State == state })
	return delivery(t, s, id)
}

func budget(rule string) alerts.BudgetID { return alerts.BudgetID{Rule: rule, Month: november} }

func budgetState(rule string) alerts.BudgetState {
	return alerts.BudgetState{
		BudgetID: budget(rule), RuleHash: "hash", Threshold: 80,
		Used: decimal.RequireFromString("402600000000000.123456"), Limit: decimal.NewFromInt(500000000000000),
		Version: "v1", CountedTo: midnight, PostedAt: noon, ParentID: "root-" + rule,
		ParentChannel: "cdn-budget", Track: forecast.Track{Likely: true, Against: 1, Version: "v1"}, ForecastThreshold: 100,
		DeferredUntil: noon.Add(time.Hour), OverAt: noon.Add(-time.Hour), Escalations: 1,
	}
}

func parent(id, channel string) alerts.Delivery {
	return alerts.Delivery{
		ID: id, Kind: alerts.DeliverParent, Channel: channel, BudgetID: budget("na-bandwidth"), CreatedAt: noon,
		State: alerts.DeliveryPending, Message: alerts.Message{Reason: alerts.ReasonFirstThreshold},
	}
}

func refresh(id, parentID string, at time.Time) alerts.Delivery {
	d := parent(id, "cdn-budget")
	d.Kind, d.ParentID, d.CreatedAt = alerts.DeliverUpdate, parentID, at
	return d
}

// lanes counts the channels in which something is to be looked for, now or later.
func lanes(t testing.TB, s *Store) int64 {
	t.Helper()
	return count(t, s, "SELECT count(*) FROM lane WHERE due_at < $1", int64(never))
}

// claimCheck claims the check for owner.
func claimCheck(s *Store, ctx context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error) {
	return s.Claim(ctx, alerts.TaskCheck, owner, now, now.Add(every), lease)
}

// finishCheck records how owner's check ended.
func finishCheck(s *Store, ctx context.Context, owner string, now time.Time, failure string) error {
	return s.Finish(ctx, alerts.Finished{Task: alerts.TaskCheck, Owner: owner, At: now, Failure: failure})
}

// finishTask records that owner's task is done, with what it posts.
func finishTask(s *Store, ctx context.Context, task, owner string, now time.Time, deliveries []alerts.Delivery) error {
	return s.Finish(ctx, alerts.Finished{Task: task, Owner: owner, At: now, Deliveries: deliveries})
}

// setClock has the process and the claims go by a clock of the test's.
func (s *Store) setClock(now func() time.Time) {
	s.now = now
	s.leaseClock = func(context.Context) (time.Time, error) { return now(), nil }
}
