package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/store"
)

var update = flag.Bool("update", false, "write what the scripts want anew")

// The scripts run the program as a person does in a shell, each beside simulators of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup:               enterScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "fastly": commandFastly, "slack": commandSlack, "isjson": isJSON, "later": laterVersion, "days": keepDays,
		},
	})
}

// scriptWorld is the key of a script's world.
type scriptWorld struct{}

// enterScript gives a script its world. The simulators' addresses and tokens stand in the environment; the rules file and
// the database are those of the script's directory, as the defaults say.
func enterScript(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("a script belongs to a test")
	}
	w := newWorld(t)
	env.Values[scriptWorld{}] = w
	env.Setenv("SLACK_BOT_TOKEN", w.Slack.BotToken())
	env.Setenv("SLACK_APP_TOKEN", w.Slack.AppToken())
	env.Setenv("SLACK_API_URL", w.Slack.APIURL())
	env.Setenv("FASTLY_API_TOKEN", servicetest.FastlyToken)
	env.Setenv("FASTLY_API_URL", w.Fastly.URL())
	env.Setenv("HTTP_ADDR", "127.0.0.1:0")
	env.Setenv("CHECK_INTERVAL", "1s")
	return nil
}

// exits runs a command and demands its exact exit code: exits 2 budgetbot usage -o xml
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Check(err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// isJSON demands that a file is one JSON value after another.
func isJSON(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: isjson file")
	}
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	for values := 0; ; values++ {
		var value any
		switch err := decoder.Decode(&value); {
		case errors.Is(err, io.EOF) && values > 0:
			return
		case err != nil:
			ts.Fatalf("value %d of %s: %v", values, args[0], err)
		}
	}
}

// laterVersion makes a database one that the next major version has written.
func laterVersion(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: later database")
	}
	database, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = database.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (2001, TRUE)")
	ts.Check(errors.Join(err, database.Close()))
}

// scriptFaults are what a script can make of Fastly.
var scriptFaults = map[string]fault.Fault{
	"401": fault.Unauthorized, "403": fault.Forbidden, "429": fault.TooMany, "500": fault.ServerError,
	"hang": fault.Hang, "reset": fault.Reset, "no-rows": fault.NoRows, "null": fault.Named("null"),
}

func commandFastly(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(scriptWorld{}).(*world)
	switch {
	case len(args) == 2 && args[0] == "fails":
		fault, known := scriptFaults[args[1]]
		if !known {
			ts.Fatalf("there is no fault %q", args[1])
		}
		w.FailFastly(fastlysim.UsagePath, -1, fault)
	case len(args) == 1 && args[0] == "heals":
		w.Fastly.Heal()
	case len(args) == 2 && args[0] == "waits": // with every answer
		wait, err := time.ParseDuration(args[1])
		ts.Check(err)
		timer := time.AfterFunc(wait, w.Fastly.Hold())
		ts.Defer(func() { timer.Stop() })
	case len(args) == 1 && args[0] == "asked":
		w.Await("a question to Fastly", func() bool { return w.Fastly.InFlight() > 0 })
	case len(args) == 3 && args[0] == "uses": // terabytes in North America and Asia
		northAmerica, err := strconv.ParseFloat(args[1], 64)
		ts.Check(err)
		asia, err := strconv.ParseFloat(args[2], 64)
		ts.Check(err)
		w.Uses(northAmerica, asia)
	case len(args) == 2 && args[0] == "serves": // one service, of that name, or of what it means where it is quoted as in Go
		name, err := strconv.Unquote(args[1])
		if err != nil {
			name = args[1]
		}
		w.Fastly.Set(servicetest.Bandwidth(time.Date(2023, time.January, 31, 0, 0, 0, 0, time.UTC), "Asia", 1))
		w.Fastly.SetServices(account.ServiceRow{
			Month: "2023-01", ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb",
			ServiceID: "SU1Z0isxPaozGVKXdv0eY", ServiceName: name, Units: decimal.New(1000, 0),
		})
	case len(args) == 2 && args[0] == "clones": // a service this month: two have its name
		month := time.Now().UTC()
		w.Fastly.Set(servicetest.Bandwidth(month, "Asia", 2))
		var rows []account.ServiceRow
		for _, id := range []string{"SU1Z0isxPaozGVKXdv0eY", "SU2Z0isxPaozGVKXdv0eY"} {
			rows = append(rows, account.ServiceRow{
				Month: month.Format("2006-01"), ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb",
				ServiceID: id, ServiceName: args[1], Units: decimal.New(1000, 0),
			})
		}
		w.Fastly.SetServices(rows...)
	case len(args) == 1 && args[0] == "bills": // the published invoice for last month, and as much of this one
		bill(w)
	case len(args) == 1 && args[0] == "credits": // it, the whole
		_, err := w.Fastly.CreditNote("INV-375119", decimal.NewFromInt(1))
		ts.Check(err)
	case len(args) == 1 && args[0] == "corrects": // it: the same lines at 95 %
		_, err := w.Fastly.IssueAgain("INV-375119", decimal.New(95, -2))
		ts.Check(err)
	default:
		ts.Fatalf("usage: fastly fails FAULT | heals | waits DURATION | asked | uses TB TB | serves NAME | clones NAME | bills | credits | corrects")
	}
}

// bill gives the account the published invoice, dated to last month, and an estimate with the same lines.
func bill(w *world) {
	month := billing.MonthOf(time.Now())
	invoice := account.ExampleInvoice()
	invoice.Start, invoice.End, invoice.Posted = time.Time{}, time.Time{}, time.Time{}
	estimate := invoice
	invoice.Month, estimate.Month, estimate.ID = month.Add(-1).String(), month.String(), ""
	w.Fastly.SetInvoices(invoice)
	w.Fastly.SetMonthToDate(estimate)
}

func commandSlack(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(scriptWorld{}).(*world)
	switch {
	case len(args) == 1 && args[0] == "connected":
		ts.Check(w.Slack.WaitConnected(w.Soon(), 2))
	case len(args) == 2 && args[0] == "posted":
		w.Message(cdnBudget, args[1])
	case len(args) == 2 && args[0] == "posts":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		w.ExpectPosts(cdnBudget, n)
	case len(args) >= 1 && args[0] == "grants":
		w.Slack.SetScopes(args[1:]...)
	case len(args) == 1 && args[0] == "revokes":
		w.Slack.RevokeTokens()
	default:
		ts.Fatalf("usage: slack connected | posted TEXT | posts N | grants SCOPE... | revokes")
	}
}

// keepDays makes a database and keeps the last two weeks in it, up to yesterday: 2 TB a day in Asia, of a service called www-shop.
func keepDays(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: days database")
	}
	ctx := context.Background()
	kept, err := store.Open(ctx, store.Config{URL: "sqlite://" + ts.MkAbs(args[0])})
	ts.Check(err)
	defer func() { ts.Check(kept.Close()) }()
	now := time.Now()
	last := billing.Days{First: billing.DayOf(now).AddDate(0, 0, -14), Last: billing.DayOf(now).AddDate(0, 0, -1)}
	for _, month := range last.Months().Months() {
		days := billing.Days{First: billing.Later(last.First, month.Start()), Last: billing.Earlier(last.Last, month.End().AddDate(0, 0, -1))}
		for _, kind := range []daily.Kind{daily.ByRegion, daily.ByService} {
			page := daily.Page{Kind: kind, Days: days, From: days.First, IsLast: true, At: now}
			for _, day := range days.All() {
				row := billing.DayTraffic{Day: day, Region: "Asia", Bandwidth: decimal.New(2, 12), Requests: decimal.New(3, 6)}
				if kind == daily.ByService {
					row.Region, row.Service = "", "S1"
				}
				page.Rows = append(page.Rows, row)
			}
			ts.Check(kept.KeepDays(ctx, page))
		}
	}
	ts.Check(kept.KeepServiceNames(ctx, now, map[string]string{"S1": "www-shop"}))
}
