package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// The databases that an earlier version left behind, see testdata/README.md.
const (
	fixtureSQLite   = "testdata/earlier.sqlite.gz"
	fixturePostgres = "testdata/earlier.sql.gz"
)

var makeFixtures = flag.String("make-fixtures", "", "write databases such as those in testdata, by the code as it is, into this `directory`")

// What stands in the fixtures. The values are written out here, so that what is read is held against them and not against the code.
var (
	october       = november.Add(-1)
	fixtureTracks = forecast.Track{Likely: true, Against: 1, Version: "v1"}
)

func fixtureUsage() []billing.Usage {
	used := usage("Bandwidth", "402600.000000123456", midnight)
	used.Raw = decimal.NewNullDecimal(decimal.RequireFromString("402600000000123"))
	return []billing.Usage{used, usage("Requests", "3", midnight)}
}

// fixtureBudgetStates are as they are recorded, before anybody answered.
func fixtureBudgetStates() []alerts.BudgetState {
	waits, closed := budgetState("eu-bandwidth"), budgetState("na-bandwidth")
	waits.ParentID, waits.PostedAt = "deferred-root", time.Time{}
	closed.Month, closed.ParentID, closed.DeferredUntil = october, "october-root", time.Time{}
	closed.ClosedAt, closed.Final, closed.RestatedAt = noon.AddDate(0, 0, -18), decimal.RequireFromString("501.5"), noon.AddDate(0, 0, -10)
	open := budgetState("na-bandwidth")
	open.Track, open.ParentID = fixtureTracks, "na-root"
	return []alerts.BudgetState{closed, waits, open}
}

func fixtureAlert(rule string, month billing.Month, threshold rules.Threshold, deliveryID string) alerts.Alert {
	return alerts.Alert{
		BudgetID: alerts.BudgetID{Rule: rule, Month: month}, Kind: alerts.KindBudget, Threshold: threshold, Reason: alerts.ReasonFirstThreshold,
		Used: decimal.NewFromInt(402), Limit: decimal.NewFromInt(500), At: noon, DeliveryID: deliveryID,
	}
}

func fixtureAlerts() []alerts.Alert {
	return []alerts.Alert{
		fixtureAlert("na-bandwidth", november, 50, "na-root"), fixtureAlert("na-bandwidth", november, 80, "na-root"),
		fixtureAlert("eu-bandwidth", november, 80, "deferred-root"), fixtureAlert("na-bandwidth", october, 100, "october-root"),
	}
}

func fixtureIncidents() []alerts.Incident {
	jump := failing(alerts.IncidentOpen)
	jump.BudgetID, jump.Kind, jump.Version, jump.CountedTo, jump.ParentID = budget("requests-jump"), "change", "v1", midnight, "jump-root"
	return []alerts.Incident{failing(alerts.IncidentOpen), jump}
}

func fixtureDelivery(id string, kind alerts.DeliveryKind, rule, channel, parentID string) alerts.Delivery {
	d := parent(id, channel)
	d.Kind, d.Rule, d.ParentID = kind, rule, parentID
	return d
}

// fixtureDeliveries are as they are recorded, before anything was tried.
func fixtureDeliveries() []alerts.Delivery {
	closed := fixtureDelivery("october-root", alerts.DeliverParent, "na-bandwidth", "cdn-budget", "")
	closed.Month, closed.CreatedAt = october, noon.AddDate(0, -1, 0)
	deferred := fixtureDelivery("deferred-root", alerts.DeliverParent, "eu-bandwidth", "finops", "")
	deferred.NotBefore = midnight
	return []alerts.Delivery{
		closed,
		fixtureDelivery("na-root", alerts.DeliverParent, "na-bandwidth", "cdn-budget", ""),
		fixtureDelivery("na-rise", alerts.DeliverBroadcast, "na-bandwidth", "cdn-budget", "na-root"),
		fixtureDelivery("lost-answer", alerts.DeliverParent, "apac-bandwidth", "apac", ""),
		fixtureDelivery("under-way", alerts.DeliverParent, "sa-bandwidth", "sa", ""),
		fixtureDelivery("refused", alerts.DeliverParent, "shop", "shop-cdn", ""),
		fixtureDelivery("refused-rise", alerts.DeliverBroadcast, "shop", "shop-cdn", "refused"),
		deferred,
	}
}

// fixtureVerdict is what becomes of each delivery while the fixture is made; false where an attempt never ends.
func fixtureVerdict(a deliver.Attempt) (deliver.Verdict, bool) {
	switch a.ID {
	case "na-rise":
		return deliver.Verdict{State: alerts.DeliveryPending, Wait: 10 * time.Second, Err: errors.New("slack: rate limited")}, true
	case "lost-answer":
		return deliver.Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: errors.New("call slack: EOF")}, true
	case "refused":
		return deliver.Verdict{State: alerts.DeliveryBroken, Wait: 10 * time.Second, Err: &deliver.BrokenRoute{Channel: "shop-cdn", Reason: "is_archived"}}, true
	case "refused-rise":
		return deliver.Verdict{State: alerts.DeliveryPending, Wait: 10 * time.Second, Err: errors.New("its root message is not posted yet")}, true
	case "under-way":
		return deliver.Verdict{}, false
	}
	return sent(a), true
}

// TestMakeFixtures writes the fixtures anew. It runs only where -make-fixtures names a directory.
func TestMakeFixtures(t *testing.T) {
	if *makeFixtures == "" {
		t.Skip("-make-fixtures names no directory")
	}
	file := filepath.Join(t.TempDir(), "earlier.sqlite")
	makeFixture(t, sqliteURL(t), func(s *Store) { on(t, s, "VACUUM INTO $1", file) })
	compress(t, fixtureSQLite, must(os.ReadFile(file))(t)) //nolint:gosec // a test's own file
	url := postgresURL(t)
	makeFixture(t, url, func(*Store) { compress(t, fixturePostgres, dumpOf(t, url)) })
}

// makeFixture takes the picture of a running service: one attempt is under way, as if the process were killed there.
func makeFixture(t *testing.T, url string, take func(*Store)) {
	t.Helper()
	s := openWith(t, Config{URL: url, Business: func() time.Time { return noon }})
	s.setClock(func() time.Time { return noon })
	writeFixture(t, s)
	under, stop := make(chan struct{}), make(chan struct{})
	start(t, s, script{
		attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			verdict, ends := fixtureVerdict(a)
			if !ends {
				close(under)
				<-stop
			}
			return verdict
		},
		notice: func(trouble alerts.RouteTrouble, _ string, now time.Time) (alerts.Delivery, bool) {
			d := fixtureDelivery("notice", alerts.DeliverRoute, "", "operators", "")
			d.BudgetID, d.Message, d.CreatedAt = alerts.BudgetID{}, alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble}, now
			return d, true
		},
	})
	<-under
	awaitState(t, s, "refused", alerts.DeliveryBroken)
	for _, id := range []string{"october-root", "na-root", "notice"} {
		awaitState(t, s, id, alerts.DeliverySent)
	}
	eventually(t, "each was tried", func() bool {
		return count(t, s, "SELECT count(*) FROM delivery WHERE attempts > 0 AND begun_at = 0 AND state = 'pending'") == 3
	})
	take(s)
	close(stop)
}

func writeFixture(t *testing.T, s *Store) {
	t.Helper()
	check := must(claimCheck(s, t.Context(), "earlier", noon, time.Hour, time.Hour))(t)
	if !check {
		t.Fatal("the check is claimed by somebody else")
	}
	record(t, s, alerts.Outcome{
		At: noon, Usage: fixtureUsage(), BudgetStates: fixtureBudgetStates(), Alerts: fixtureAlerts(), Incidents: fixtureIncidents(),
		Forecasts: []alerts.ForecastDay{forecastOf("na-bandwidth", november, 20), forecastOf("na-bandwidth", november, 21)}, Deliveries: fixtureDeliveries(),
	})
	before := must(s.BudgetState(t.Context(), budget("na-bandwidth")))(t)
	for _, press := range []alerts.Press{{Act: alerts.ActAcknowledge, By: "U1", Reason: "launch"}, {Act: alerts.ActMute, By: "U2"}} {
		a := answered(t, before, press, string(press.Act))
		a.Deliveries = nil
		recordAnswer(t, s, a)
		before = must(s.BudgetState(t.Context(), before.BudgetID))(t)
	}
	must(s.JoinRules(t.Context(), "rules: []\n", noon))(t)
	seen := alerts.SeenService{Month: november, Product: "cdn_usage", ID: "S1", Name: "shop", Share: decimal.New(32, -3)}
	if err := errors.Join(
		s.RecordServices(t.Context(), november, noon, []alerts.SeenService{seen}),
		s.KeepEstimate(t.Context(), fixtureEstimate()),
		finishCheck(s, t.Context(), "earlier", noon, ""),
	); err != nil {
		t.Fatal(err)
	}
	if due := must(s.DueAt(t.Context(), "digest finops", midnight))(t); !due.Equal(midnight) {
		t.Fatalf("the digest is due at %s", due)
	}
}

func fixtureEstimate() billing.Bill {
	return billing.Bill{Month: november, Currency: "USD", Total: decimal.RequireFromString("12.5"), AsOf: noon}
}

// dumpOf is the schema as SQL without a schema's name, nor what only psql understands.
func dumpOf(t *testing.T, url string) []byte {
	t.Helper()
	schema := regexp.MustCompile(`search_path=([a-z0-9_]+)`).FindStringSubmatch(url)[1]
	server, _, _ := strings.Cut(url, "?")
	dump := exec.CommandContext(t.Context(), "pg_dump", "--schema", schema, "--inserts", "--no-owner", "--no-privileges", server) //nolint:gosec // the test's own
	text, err := dump.Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(string(text), schema+".", "")) {
		psql := strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "CREATE SCHEMA") || strings.Contains(line, "'search_path'")
		if !psql && !strings.HasPrefix(line, "--") && line != "\n" {
			lines = append(lines, line)
		}
	}
	if plain := strings.Join(lines, ""); !strings.Contains(plain, schema) {
		return []byte(plain)
	}
	t.Fatalf("the dump still names its schema %s", schema)
	return nil
}

func compress(t *testing.T, name string, content []byte) {
	t.Helper()
	var small bytes.Buffer
	w := must(gzip.NewWriterLevel(&small, gzip.BestCompression))(t)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*makeFixtures, filepath.Base(name)), small.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func decompress(t *testing.T, name string) []byte {
	t.Helper()
	file := must(os.Open(name))(t) //nolint:gosec // a constant of this test
	defer func() { _ = file.Close() }()
	return must(io.ReadAll(must(gzip.NewReader(file))(t)))(t)
}

// onEarlier runs a test on what an earlier version wrote, in a database of each kind.
func onEarlier(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "budgetbot.db")
		if err := os.WriteFile(file, decompress(t, fixtureSQLite), 0o600); err != nil {
			t.Fatal(err)
		}
		test(t, "sqlite://"+file)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := postgresURL(t)
		conn := must(pgx.Connect(t.Context(), url))(t)
		_, err := conn.PgConn().Exec(t.Context(), string(decompress(t, fixturePostgres))).ReadAll()
		if err := errors.Join(err, conn.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		test(t, url)
	})
}

// TestADatabaseOfAnEarlierVersionReadsAsItWasWritten: every row that the earlier version kept is there, with its values.
func TestADatabaseOfAnEarlierVersionReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	onEarlier(t, func(t *testing.T, url string) {
		s, ctx := openAt(t, url), t.Context()
		same := func(what string, want, got any) {
			t.Helper()
			if diff := cmp.Diff(want, got, sameMonth, emptyIsNil); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		states := fixtureBudgetStates()
		states[0].Revision, states[1].Revision, states[2].Revision = 1, 1, 3
		at := noon.Add(time.Hour)
		states[2].Ack = alerts.Answer{By: "U1", At: at, Reason: "launch", Threshold: 80}
		states[2].Mute = alerts.Answer{By: "U2", At: at, Threshold: 80}
		same("the standings of October", states[:1], must(s.BudgetStates(ctx, october))(t))
		same("the standings of November", states[1:], must(s.BudgetStates(ctx, november))(t))
		same("the rules that are known", map[string]string{"na-bandwidth": "hash", "eu-bandwidth": "hash"}, must(s.KnownRules(ctx))(t))
		all := fixtureAlerts()
		for i := range all {
			all[i].Delivery, all[i].Channel, all[i].Posted = alerts.DeliverySent, "cdn-budget", true
		}
		all[2].Delivery, all[2].Channel, all[2].Posted = alerts.DeliveryPending, "finops", false
		same("what was posted", all[:2], must(s.Alerts(ctx, budget("na-bandwidth")))(t))
		same("what waits to be posted", all[2:3], must(s.Alerts(ctx, budget("eu-bandwidth")))(t))
		same("what was posted about October", all[3:], must(s.Alerts(ctx, alerts.BudgetID{Rule: "na-bandwidth", Month: october}))(t))
		incidents := fixtureIncidents()
		incidents[0].Revision, incidents[1].Revision = 1, 1
		same("the incidents", incidents, must(s.Incidents(ctx, november))(t))
		same("the audit", []alerts.AuditEntry{
			{ID: "mute", At: at, Actor: "U2", Act: alerts.ActMute, BudgetID: budget("na-bandwidth"), Threshold: 80, Revision: 3},
			{ID: "acknowledge", At: at, Actor: "U1", Act: alerts.ActAcknowledge, BudgetID: budget("na-bandwidth"), Threshold: 80, Detail: "launch", Revision: 2},
		}, must(s.Audit(ctx, budget("na-bandwidth"), 0))(t))
		same("the forecasts", []alerts.ForecastDay{forecastOf("na-bandwidth", november, 20), forecastOf("na-bandwidth", november, 21)},
			append(must(s.ForecastsOn(ctx, november, noon.AddDate(0, 0, -1)))(t), must(s.ForecastsOn(ctx, november, noon))(t)...))
		rows, readAt, found, err := s.LatestUsage(ctx, november)
		same("the usage", []any{fixtureUsage(), noon, true, error(nil)}, []any{rows, readAt, found, err})
		estimate := fixtureEstimate()
		same("the estimate", &estimate, must(s.LastEstimate(ctx, november))(t))
		services, months, err := s.SeenServices(ctx, november)
		same("the services", []any{1, "shop", noon, error(nil)}, []any{len(services), services[0].Name, months[november], err})
		same("the check", alerts.CheckStatus{SucceededAt: noon, NextAt: noon.Add(time.Hour)}, must(s.CheckStatus(ctx))(t))
		same("the digest", midnight, must(s.DueAt(ctx, "digest finops", midnight.AddDate(0, 0, 1)))(t))
		text, savedAt, found, err := s.LastGoodRules(ctx)
		same("the rules", []any{"rules: []\n", noon, true, error(nil)}, []any{text, savedAt, found, err})
		same("the routes", []alerts.RouteTrouble{{Channel: "shop-cdn", Reason: "is_archived", Since: noon, Waiting: 2}}, slices.DeleteFunc(must(s.Routes(ctx))(t),
			func(r alerts.RouteTrouble) bool { return r.Late })) // which others are late depends on when the test runs
		same("what waits", Backlog{Pending: 4, Broken: 2, Oldest: noon}, must(s.QueueDepth(ctx))(t))
		same("the deliveries", earlierDeliveries(), inOrderOfID(deliveries(t, s, "TRUE")))
	})
}

// earlierDeliveries are the deliveries as the picture shows them, in order of their ids.
func earlierDeliveries() []alerts.Delivery {
	all := fixtureDeliveries()
	for i := range all {
		d := &all[i]
		verdict, ends := fixtureVerdict(deliver.Attempt{Delivery: *d})
		switch {
		case d.ID == "deferred-root":
		case !ends:
			d.Attempts = 1
		default:
			d.Attempts, d.State, d.Receipt, d.Error = 1, verdict.State, verdict.Receipt, message(verdict.Err)
		}
	}
	notice := fixtureDelivery("notice", alerts.DeliverRoute, "", "operators", "")
	trouble := alerts.RouteTrouble{Channel: "shop-cdn", Reason: "is_archived", Since: noon, Waiting: 2}
	notice.BudgetID, notice.Message = alerts.BudgetID{}, alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble}
	notice.Attempts, notice.State = 1, alerts.DeliverySent
	notice.Receipt = alerts.Receipt{ChannelID: "C1", TS: "ts-notice", SentAt: noon}
	return inOrderOfID(append(all, notice))
}

func inOrderOfID(all []alerts.Delivery) []alerts.Delivery {
	return slices.SortedFunc(slices.Values(all), func(a, b alerts.Delivery) int { return strings.Compare(a.ID, b.ID) })
}

// TestWhatWaitsInADatabaseOfAnEarlierVersionIsDelivered: what waited, was broken or was under way is posted; what may have been posted
// is looked for first, and what is held back stays so until its time.
func TestWhatWaitsInADatabaseOfAnEarlierVersionIsDelivered(t *testing.T) {
	t.Parallel()
	onEarlier(t, func(t *testing.T, url string) {
		var business atomic.Pointer[time.Time]
		business.Store(&noon)
		s := openWith(t, Config{URL: url, Business: func() time.Time { return *business.Load() }})
		attempts := make(chan deliver.Attempt, 20)
		start(t, s, sends(attempts))
		type tried struct {
			Attempts  int
			Unsettled bool
		}
		want := map[string]tried{
			"na-rise": {2, false}, "lost-answer": {2, true}, "under-way": {2, true}, "refused": {2, false}, "refused-rise": {2, false},
		}
		got := map[string]tried{}
		for range want {
			a := next(t, "every delivery that waits", attempts)
			got[a.ID] = tried{a.Attempts, a.Unsettled}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		eventually(t, "all but one are sent", func() bool { return must(s.QueueDepth(t.Context()))(t).Pending == 1 })
		business.Store(&midnight)
		if a := next(t, "what was held back", attempts); a.ID != "deferred-root" || a.Attempts != 1 {
			t.Errorf("attempt %d of %s, want the first of deferred-root", a.Attempts, a.ID)
		}
		awaitState(t, s, "deferred-root", alerts.DeliverySent)
		if got := must(s.QueueDepth(t.Context()))(t); got != (Backlog{}) {
			t.Errorf("still waiting: %+v", got)
		}
	})
}
