package fastly

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/source"
	"budgetbot/internal/fastlysim"
)

// TestChecksHaveSlotsOfTheirOwn reads for a check, through everything that lies between one and the client, while questions hold
// every slot that they have.
func TestChecksHaveSlotsOfTheirOwn(t *testing.T) {
	january := billing.NewMonth(2023, time.January)
	query := billing.ServiceQuery{Month: january, Product: "cdn_usage", UsageType: "North America Requests"}
	ignore := func([]billing.ServiceUsage) error { return nil }
	for _, tt := range []struct {
		name string
		read func(ctx context.Context, client *Client) error
	}{
		{"usage, from the client", func(ctx context.Context, client *Client) error {
			_, err := client.Usage(ctx, billing.One(january))
			return err
		}},
		{"services, past a cache and through a chooser", func(ctx context.Context, client *Client) error {
			cache := source.NewCache(&source.Selector{Metrics: client, Fixed: billing.FromMetrics}, time.Now, nil)
			defer cache.Close()
			return cache.Fresh().ServiceUsage(ctx, query, ignore)
		}},
		{"usage, by a flight of a cache that outlives who began it", func(ctx context.Context, client *Client) error {
			cache := source.NewCache(client, time.Now, nil)
			defer cache.Close()
			_, err := cache.Read(ctx, billing.One(january))
			return err
		}},
		{"services of an account that gets invoices", func(ctx context.Context, client *Client) error {
			invoices := source.NewInvoiceUsage(nil, client, time.Now)
			defer invoices.Close()
			return invoices.ServiceUsage(ctx, query, ignore)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{})
			client := newClient(t, ClientConfig{BaseURL: server.URL(), Parallel: 2, Checks: 1})
			if err := client.questions.Acquire(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
			if err := tt.read(billing.ForCheck(t.Context()), client); err != nil {
				t.Fatalf("a check is held up by questions: %v", err)
			}
			client.questions.Release(2)
			if err := client.checks.Acquire(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if err := tt.read(t.Context(), client); err != nil {
				t.Errorf("a question waits for the slot of checks: %v", err)
			}
		})
	}
}

// TestACheckDoesNotJoinTheReadOfAQuestion has the services of a month under way for a question that gets no slot.
func TestACheckDoesNotJoinTheReadOfAQuestion(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	client := newClient(t, ClientConfig{BaseURL: server.URL(), Parallel: 1})
	if err := client.questions.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	invoices := source.NewInvoiceUsage(nil, client, time.Now)
	defer invoices.Close()
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "North America Requests"}
	ignore := func([]billing.ServiceUsage) error { return nil }
	asked, cancel := context.WithCancel(t.Context())
	cancel()
	if err := invoices.ServiceUsage(asked, query, ignore); !errors.Is(err, context.Canceled) { // its read goes on
		t.Fatal(err)
	}
	if err := invoices.ServiceUsage(billing.ForCheck(t.Context()), query, ignore); err != nil {
		t.Error(err)
	}
}

// TestACallThatDripsGivesItsSlotBack has a Fastly that sends a byte now and then, of every attempt.
func TestACallThatDripsGivesItsSlotBack(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
			}
		}
	}))
	defer server.Close()
	client := newClient(t, ClientConfig{
		BaseURL: server.URL, Parallel: 1, AttemptTimeout: 50 * time.Millisecond, CallTimeout: 120 * time.Millisecond,
		Retries: 1_000_000, Backoff: time.Microsecond,
	})
	_, err := client.Usage(t.Context(), billing.One(billing.NewMonth(2023, time.January)))
	if !errors.Is(err, billing.ErrTimeout) {
		t.Errorf("error is %v, want that no answer came in time", err)
	}
	if !client.questions.TryAcquire(1) {
		t.Error("the slot is still held")
	}
}

func TestWhatNobodyWaitsForHasSlotsOfItsOwn(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	client := newClient(t, ClientConfig{BaseURL: server.URL(), Parallel: 1, Checks: 1, Later: 2})
	read := func(ctx context.Context) error {
		_, err := client.DailyTraffic(ctx, day(1).AddDate(-4, 0, 0), day(3).AddDate(-4, 0, 0))
		return err
	}
	if err := errors.Join(client.questions.Acquire(t.Context(), 1), client.checks.Acquire(t.Context(), 1)); err != nil {
		t.Fatal(err)
	}
	if err := read(billing.Likewise(t.Context(), billing.ForLater(t.Context()))); err != nil {
		t.Errorf("held up by questions and checks: %v", err)
	}
	if most := server.MaxInFlight(); most > 2 {
		t.Errorf("%d calls at once", most)
	}
	client.questions.Release(1)
	client.checks.Release(1)
	if err := client.later.Acquire(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(read(t.Context()), read(billing.ForCheck(t.Context()))); err != nil {
		t.Errorf("questions and checks are held up by what nobody waits for: %v", err)
	}
}
