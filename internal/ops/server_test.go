package ops_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"budgetbot/internal/memnet"
	"budgetbot/internal/ops"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// listen takes a free port of a network.
func listen(t *testing.T, on func(ctx context.Context, network, address string) (net.Listener, error)) net.Listener {
	t.Helper()
	listener, err := on(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// serve listens with these reporters and this state, and returns what a GET of a path answers.
func serve(t *testing.T, state ops.State, reporters ...ops.Reporter) func(path string) (int, string) {
	t.Helper()
	metrics := ops.NewMetrics()
	metrics.Registry.MustRegister(ops.NewCollector(func() ops.State { return state }, func() time.Time { return noon }))
	server := ops.Serve(listen(t, new(net.ListenConfig).Listen), metrics.Registry, reporters...)
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return func(path string) (int, string) {
		resp, err := client.Get("http://" + server.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
}

func says(reasons, warnings []string) ops.Reporter {
	return func(r *ops.Report) {
		r.Reasons, r.Warnings = append(r.Reasons, reasons...), append(r.Warnings, warnings...)
	}
}

func TestReadyz(t *testing.T) {
	for _, tt := range []struct {
		name      string
		reporters []ops.Reporter
		status    int
		body      string
	}{
		{"with nothing to say it is ready", nil, 200, `{"ready": true, "reasons": [], "warnings": []}`},
		{
			"a warning leaves it ready",
			[]ops.Reporter{says(nil, []string{"channel <shop> & co cannot be posted to"})},
			200,
			`{"ready": true, "reasons": [], "warnings": ["channel <shop> & co cannot be posted to"]}`,
		},
		{
			"any reason makes it not ready, and all are listed",
			[]ops.Reporter{says([]string{"no connection to Slack"}, nil), says([]string{"no database"}, []string{"stale"})},
			503,
			`{"ready": false, "reasons": ["no connection to Slack", "no database"], "warnings": ["stale"]}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := serve(t, ops.State{}, tt.reporters...)("/readyz")
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			if diff := cmp.Diff(squeeze(tt.body), squeeze(body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func squeeze(s string) string {
	return strings.NewReplacer("{ ", "{", " }", "}", "[ ", "[", " ]", "]").Replace(strings.Join(strings.Fields(s), " "))
}

func TestHealthzAnswersWhileNotReady(t *testing.T) {
	get := serve(t, ops.State{}, says([]string{"no connection to Slack"}, nil))
	if status, body := get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz = %d %q", status, body)
	}
	if status, _ := get("/elsewhere"); status != 404 {
		t.Errorf("another path = %d, want 404", status)
	}
}

func TestMetrics(t *testing.T) {
	full := ops.State{
		Connections: 2, Queued: 3, Stored: true, CheckSucceeded: noon.Add(-90 * time.Second), CountedTo: noon.Add(-12 * time.Hour),
		PendingMessages: 4, KeptMessages: 5, BrokenRoutes: 1, OldestMessage: noon.Add(-time.Minute),
		UnknownBudgets: 4,
		Budgets: []ops.Budget{
			{Rule: "na-bandwidth", Known: true, Ratio: 0.805, Limit: 5e14, Unit: "bytes", Likely: 1.1}, {Rule: "dark", Unit: "requests", Unknown: 4},
		},
		Usage: []ops.Usage{{Product: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", Quantity: 139500}},
	}
	for _, tt := range []struct {
		name     string
		state    ops.State
		has, not []string
	}{
		{
			"everything that is known has a sample", full,
			[]string{
				"budgetbot_slack_connections 2", "budgetbot_queue_depth 3", "budgetbot_database_up 1", "budgetbot_check_age_seconds 90",
				"budgetbot_data_age_seconds 43200", `budgetbot_deliveries_waiting{state="broken"} 5`, "budgetbot_delivery_oldest_seconds 60",
				`budgetbot_budget_used_ratio{rule="na-bandwidth"} 0.805`,
				`budgetbot_usage{product="cdn_usage",unit="gb",usage_type="Asia Bandwidth"} 139500`,
				`budgetbot_series_left_out{of="budgets"} 0`, `budgetbot_series_left_out{of="usage_types"} 0`,
				`budgetbot_budget_limit{rule="na-bandwidth",unit="bytes"} 5e+14`, `budgetbot_budget_likely_ratio{rule="na-bandwidth"} 1.1`,
				`budgetbot_budget_unknown{rule="dark"} 4`, "budgetbot_budgets_unknown 4",
			},
			[]string{`budgetbot_budget_used_ratio{rule="dark"}`, `budgetbot_budget_likely_ratio{rule="dark"}`, `budgetbot_budget_unknown{rule="na-bandwidth"}`},
		},
		{
			"what is not known has none",
			ops.State{Stored: true},
			[]string{"budgetbot_database_up 1"},
			[]string{"budgetbot_check_age_seconds", "budgetbot_data_age_seconds", "budgetbot_budget_used_ratio{"},
		},
		{
			"a database that takes no writes is not up, and the metrics still show what it holds",
			ops.State{Stored: true, ReadOnly: true, CheckSucceeded: noon},
			[]string{"budgetbot_database_up 0", "budgetbot_check_age_seconds 0"},
			nil,
		},
		{
			"no age is below zero, where this clock is behind",
			ops.State{Stored: true, CountedTo: noon.Add(time.Hour), CheckSucceeded: noon.Add(time.Minute)},
			[]string{"budgetbot_data_age_seconds 0", "budgetbot_check_age_seconds 0"},
			nil,
		},
		{
			"without the database the metrics show nothing about it",
			ops.State{Connections: 1, CheckSucceeded: noon},
			[]string{"budgetbot_database_up 0", "budgetbot_slack_connections 1"},
			[]string{"budgetbot_check_age_seconds", "budgetbot_deliveries_waiting", "budgetbot_broken_routes"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := serve(t, tt.state)("/metrics")
			if status != 200 {
				t.Fatalf("status %d", status)
			}
			for _, sample := range tt.has {
				if !strings.Contains(body, "\n"+sample) {
					t.Errorf("no sample %s", sample)
				}
			}
			for _, sample := range tt.not {
				if strings.Contains(body, "\n"+sample) {
					t.Errorf("there is a sample of %s", sample)
				}
			}
		})
	}
}

func TestTheNumberOfSeriesIsBounded(t *testing.T) {
	state := ops.State{Stored: true}
	for i := range ops.MaxSeries + 7 {
		worst := ops.MaxSeries + 6 - i // they come the worst first
		state.Budgets = append(state.Budgets, ops.Budget{Rule: fmt.Sprintf("rule-%05d", worst), Known: true, Ratio: float64(worst)})
		state.Usage = append(state.Usage, ops.Usage{UsageType: fmt.Sprintf("type-%05d", i), Quantity: float64(i)})
	}
	_, body := serve(t, state)("/metrics")
	if n := strings.Count(body, "budgetbot_budget_used_ratio{"); n != ops.MaxSeries {
		t.Errorf("%d budgets are exposed, want %d", n, ops.MaxSeries)
	}
	for _, sample := range []string{
		`budgetbot_series_left_out{of="budgets"} 7`, `budgetbot_series_left_out{of="usage_types"} 7`,
		`budgetbot_budget_used_ratio{rule="rule-01006"} 1006`, `budgetbot_usage{product="",unit="",usage_type="type-01006"} 1006`,
	} {
		if !strings.Contains(body, "\n"+sample) {
			t.Errorf("no sample %s", sample)
		}
	}
	if strings.Contains(body, "rule-00006") || strings.Contains(body, "type-00006") {
		t.Error("one of the least is exposed in the place of a worse one")
	}
}

// TestASlowClientIsLetGo: one that never ends its request keeps no connection.
func TestASlowClientIsLetGo(t *testing.T) {
	for name, begun := range map[string]string{
		"the headers": "GET /healthz HTTP/1.1\r\nHost: x\r\n",
		"the body":    "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n1",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memnet.New()
				server := ops.Serve(listen(t, network.Listen), ops.NewMetrics().Registry)
				defer func() {
					if err := server.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				}()
				conn, err := network.Dial(t.Context(), "tcp", server.Addr())
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = conn.Close() }()
				if _, err := conn.Write([]byte(begun)); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, err = io.ReadAll(conn)
				if took := time.Since(began); err != nil || took > 6*time.Second {
					t.Errorf("a client that never ends %s is connected for %s, %v", name, took, err)
				}
			})
		})
	}
}
