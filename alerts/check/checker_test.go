package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"go.uber.org/zap/zapcore"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// reasons are those of a result's decisions, in the order of the rules.
func reasons(r Result) []alerts.Reason {
	var given []alerts.Reason
	for _, d := range r.Plan.Decisions {
		given = append(given, d.Reason)
	}
	return given
}

func TestCheckNothingDue(t *testing.T) {
	b := newBench(t, checkedRule)
	b.source.OnUsage, b.ledger.OnFinish, b.ledger.OnBudgetStates, b.ledger.Known = nil, nil, nil, nil
	b.ledger.OnClaim = func(_ context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error) {
		if owner != "me" || !now.Equal(alertstest.Noon) || every != time.Hour || lease != checkLease {
			t.Errorf("claimed by %s at %s every %s for %s", owner, now, every, lease)
		}
		return false, nil
	}
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Claimed || got.Err != nil {
		t.Errorf("result = %+v, want nothing done", got)
	}
}

func TestCheckIsRecorded(t *testing.T) {
	b := newBench(t, checkedRule)
	var outcome alerts.Outcome
	b.ledger.OnRecord = func(o alerts.Outcome) error {
		outcome = o
		return nil
	}
	b.source.OnUsage = func(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
		if want := (billing.Range{First: alertstest.November.Add(-2), Last: alertstest.November}); months != want {
			t.Errorf("usage of %s was asked for, want November and what one call tells beside it", months)
		}
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("usage is read without a deadline")
		}
		return alertstest.Account(), nil
	}
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if got.Err != nil || !got.Claimed || got.Month != alertstest.November || got.Posted != 1 || len(got.Plan.Findings) != 1 {
		t.Fatalf("result = %+v", got)
	}
	if diff := cmp.Diff([]alerts.Reason{alerts.ReasonNewRule}, reasons(got)); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{""}, b.finished); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
	if len(outcome.Usage) != len(alertstest.Account()) || len(outcome.BudgetStates) != 1 || len(outcome.Alerts) != 1 || len(outcome.Deliveries) != 1 {
		t.Errorf("recorded %d rows, %d budget states, %d alerts, %d deliveries; want all, 1, 1, 1",
			len(outcome.Usage), len(outcome.BudgetStates), len(outcome.Alerts), len(outcome.Deliveries))
	}
	state := outcome.BudgetStates[0]
	if state.Threshold != 80 || !state.Used.Equal(decimal.New(4026, 11)) || state.BudgetID != alertstest.BudgetOf("na") {
		t.Errorf("budget state = %+v", state)
	}
}

func TestCheckRemembers(t *testing.T) {
	b := newBench(t, checkedRule)
	hash := b.Rules().Rules[0].Hash(alertstest.November, rules.Instance{})
	b.ledger.Known = func() (map[string]string, error) { return map[string]string{"na": hash}, nil }
	b.ledger.OnBudgetStates = func(month billing.Month) ([]alerts.BudgetState, error) {
		if month != alertstest.November {
			t.Errorf("budget states of %s were asked for", month)
		}
		return []alerts.BudgetState{{BudgetID: alertstest.BudgetOf("na"), RuleHash: hash, Threshold: 80, Revision: 3, ParentID: "d0"}}, nil
	}
	b.ledger.OnRecord = func(o alerts.Outcome) error {
		if len(o.Alerts) != 0 || len(o.Deliveries) != 1 || o.Deliveries[0].Kind != alerts.DeliverUpdate || o.Deliveries[0].ParentID != "d0" {
			t.Errorf("recorded %+v, want an edit of d0 alone", o)
		}
		return nil
	}
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if diff := cmp.Diff([]alerts.Reason{alerts.ReasonUpdate}, reasons(got)); diff != "" || got.Err != nil {
		t.Errorf("error %v, reasons (-want +got):\n%s", got.Err, diff)
	}
}

func TestCheckOfAYoungMonth(t *testing.T) {
	firstDay := alertstest.November.Start().Add(20 * time.Hour)
	b := newBench(t, checkedRule)
	b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return nil, nil }
	b.ledger.OnRecord = func(o alerts.Outcome) error { t.Errorf("recorded %+v of a month without figures", o); return nil }
	got := b.RunOnce(t.Context(), firstDay)
	if !got.Early || got.Err != nil || len(got.Plan.Findings) != 0 {
		t.Errorf("result = %+v, want an early one without findings", got)
	}
	if diff := cmp.Diff([]string{""}, b.finished); diff != "" {
		t.Errorf("no rows on the first day are no failure; finished (-want +got):\n%s", diff)
	}
}

// TestCheckFails: whatever goes wrong, nothing is recorded of the budgets, and the ledger holds a sentence about it.
func TestCheckFails(t *testing.T) {
	wrong := errors.New("disk full")
	for _, tt := range []struct {
		name    string
		breaks  func(*bench)
		failure string
		is      error
		text    string
	}{
		{"Fastly refuses the token", func(b *bench) {
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
				return nil, &billing.APIError{Status: 401}
			}
		}, "Fastly refused the token", billing.ErrUnauthorised, "read usage for 2026-11: "},
		{"no rows are an error and never zero", func(b *bench) {
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return nil, nil }
		}, "Fastly lists no usage for the month yet", alerts.ErrNoUsage, "read usage for 2026-11: "},
		{"rows without an error are needed, not rows beside one", func(b *bench) {
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
				return alertstest.Account(), billing.ErrReset
			}
		}, "the connection to Fastly broke", billing.ErrReset, "read usage for 2026-11: "},
		{"the budget states cannot be read", func(b *bench) {
			b.ledger.OnBudgetStates = func(billing.Month) ([]alerts.BudgetState, error) { return nil, wrong }
		}, "the check failed", wrong, "read the budget states of 2026-11: "},
		{"the known rules cannot be read", func(b *bench) {
			b.ledger.Known = func() (map[string]string, error) { return nil, wrong }
		}, "the check failed", wrong, "read the known rules: "},
		{"another check was recorded first", func(b *bench) {
			b.ledger.OnRecord = func(alerts.Outcome) error { return alerts.ErrConflict }
		}, "another replica got there first", alerts.ErrConflict, "record the check of 2026-11: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, checkedRule)
			tt.breaks(b)
			got := b.RunOnce(t.Context(), alertstest.Noon)
			if !errors.Is(got.Err, tt.is) || !strings.HasPrefix(got.Err.Error(), tt.text) || got.Posted != 0 || !got.Claimed {
				t.Errorf("result = %+v, want an error %q of %v", got, tt.text, tt.is)
			}
			if diff := cmp.Diff([]string{tt.failure}, b.finished); diff != "" {
				t.Errorf("finished (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCheckDecidesAnewAfterAConflict: somebody answers while a check is being recorded.
func TestCheckDecidesAnewAfterAConflict(t *testing.T) {
	b := newBench(t, checkedRule)
	hash := b.Rules().Rules[0].Hash(alertstest.November, rules.Instance{})
	b.ledger.Known = func() (map[string]string, error) { return map[string]string{"na": hash}, nil }
	state := alerts.BudgetState{BudgetID: alertstest.BudgetOf("na"), RuleHash: hash, Threshold: 0, Revision: 3}
	b.ledger.OnBudgetStates = func(billing.Month) ([]alerts.BudgetState, error) { return []alerts.BudgetState{state}, nil }
	var tried []int
	b.ledger.OnRecord = func(o alerts.Outcome) error {
		tried = append(tried, len(o.Deliveries))
		if o.BudgetStates[0].Revision == 3 {
			state = alertstest.Muted(state)
			state.Revision = 4
			return alerts.ErrConflict
		}
		return nil
	}
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if diff := cmp.Diff([]alerts.Reason{alerts.ReasonMuted}, reasons(got)); diff != "" || got.Err != nil || got.Posted != 0 {
		t.Errorf("error %v, posted %d, reasons (-want +got):\n%s", got.Err, got.Posted, diff)
	}
	if diff := cmp.Diff([]int{1, 0}, tried); diff != "" {
		t.Errorf("deliveries of each try (-want +got):\n%s", diff)
	}
}

// TestCheckWhileABacklogIsPosted: every time that a check is recorded, the queue has just posted something that the check takes back.
func TestCheckWhileABacklogIsPosted(t *testing.T) {
	for conflicts, fails := range map[int]bool{0: false, 5: false, alerts.RecordTries - 1: false, alerts.RecordTries: true} {
		t.Run(fmt.Sprint(conflicts, " conflicts"), func(t *testing.T) {
			b := newBench(t, checkedRule)
			left := conflicts
			b.ledger.OnRecord = func(alerts.Outcome) error {
				if left--; left >= 0 {
					return alerts.ErrConflict
				}
				return nil
			}
			if got := b.Check(t.Context(), alertstest.Noon); (got.Err != nil) != fails || !fails && got.Posted != 1 {
				t.Errorf("error %v, posted %d", got.Err, got.Posted)
			}
		})
	}
}

// TestCheckAtOnce: a check that a person asks for needs no claim and ends none.
func TestCheckAtOnce(t *testing.T) {
	b := newBench(t, checkedRule)
	b.ledger.OnClaim, b.ledger.OnFinish = nil, nil
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	if got := b.Check(t.Context(), alertstest.Noon); got.Err != nil || got.Posted != 1 || got.Claimed {
		t.Errorf("result = %+v", got)
	}
}

func TestCheckThatCannotBeClaimed(t *testing.T) {
	b := newBench(t, checkedRule)
	b.ledger.OnFinish = nil
	wrong := errors.New("database is locked")
	b.ledger.OnClaim = func(context.Context, string, time.Time, time.Duration, time.Duration) (bool, error) {
		return false, wrong
	}
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Claimed || !errors.Is(got.Err, wrong) || got.Err.Error() != "claim the check: database is locked" {
		t.Errorf("result = %+v", got)
	}
}

func TestCheckThatCannotBeFinished(t *testing.T) {
	b := newBench(t, checkedRule)
	wrong := errors.New("database is locked")
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	b.ledger.OnFinish = func(string, time.Time, string) error { return wrong }
	if got := b.RunOnce(t.Context(), alertstest.Noon); !errors.Is(got.Err, wrong) || got.Err.Error() != "finish the check: database is locked" {
		t.Errorf("result = %+v", got)
	}
}

// TestCheckInterrupted: a check that the end of the process cuts short gives its claim back, and leaves no failure.
func TestCheckInterrupted(t *testing.T) {
	b := newBench(t, checkedRule)
	b.ledger.OnFinish = nil
	var released []string
	b.ledger.OnRelease = func(owner string) error {
		released = append(released, owner)
		return nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.source.OnUsage = func(ctx context.Context, _ billing.Range) ([]billing.Usage, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	got := b.RunOnce(ctx, alertstest.Noon)
	if !got.Claimed || !errors.Is(got.Err, context.Canceled) {
		t.Errorf("result = %+v", got)
	}
	if diff := cmp.Diff([]string{"me"}, released); diff != "" {
		t.Errorf("released by (-want +got):\n%s", diff)
	}
	b.report(got)
	if errs := b.messages(zapcore.ErrorLevel); errs != nil {
		t.Errorf("logged as errors: %q", errs)
	}
}

// TestOlderRulesMakeNoCheck: not at a claim, and not where they are replaced while a check is under way, which is given back. It is logged
// once, and so is the end of it.
func TestOlderRulesMakeNoCheck(t *testing.T) {
	b := newBench(t, checkedRule)
	released := 0
	b.ledger.OnFinish = nil
	b.ledger.OnRelease = func(string) error { released++; return nil }
	b.ledger.OnRecord = func(alerts.Outcome) error { return alerts.ErrOldRules }
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if !got.OldRules || got.Err != nil || released != 1 {
		t.Errorf("result = %+v, %d released", got, released)
	}
	b.report(got)
	b.ledger.OnClaim = func(context.Context, string, time.Time, time.Duration, time.Duration) (bool, error) {
		return false, alerts.ErrOldRules
	}
	b.source.OnUsage = nil
	if got = b.RunOnce(t.Context(), alertstest.Noon); !got.OldRules || got.Err != nil || released != 1 {
		t.Errorf("result = %+v, %d released", got, released)
	}
	b.report(got)
	b.report(Result{})
	if warned := b.messages(zapcore.WarnLevel); len(warned) != 1 {
		t.Errorf("warnings = %q", warned)
	}
	if reported := b.messages(zapcore.InfoLevel); len(reported) != 1 {
		t.Errorf("posted = %q", reported)
	}
}

const serviceRules = `rules:
  - {name: shop, product: cdn_usage, usage_type: "* Bandwidth", service: www-shop, budget: 1 TB, channel: cdn}
`

func TestCheckReadsServices(t *testing.T) {
	b := newBench(t, serviceRules)
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	b.source.Services = func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		for range 3 {
			used := billing.ServiceUsage{
				Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceName: "www-shop",
				Quantity: decimal.New(100, 0),
			}
			if err := page([]billing.ServiceUsage{used}); err != nil {
				return err
			}
		}
		return nil
	}
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if got.Err != nil || !got.Plan.Findings[0].Used.Equal(decimal.New(600, 9)) {
		t.Errorf("result = %+v, want 600 GB used", got)
	}
}

// TestCheckServicesFail: a usage type whose services cannot be read leaves the budgets that need it unknown. The
// others are compared all the same, and the check is a failed one by name.
func TestCheckServicesFail(t *testing.T) {
	b := newBench(t, `rules:
  - {name: shop, product: cdn_usage, usage_type: "* Bandwidth", service: www-shop, budget: 1 TB, channel: cdn}
  - {name: na-shop, product: cdn_usage, usage_type: North America Bandwidth, service: www-shop, budget: 1 TB, channel: cdn}
  - {name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: cdn}
`)
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	b.source.Services = func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		used := billing.ServiceUsage{
			Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceName: "www-shop", Quantity: decimal.New(100, 0),
		}
		if q.UsageType == "Asia Bandwidth" {
			return errors.Join(page([]billing.ServiceUsage{used}), &billing.APIError{Status: 503})
		}
		return page([]billing.ServiceUsage{used})
	}
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if !errors.Is(got.Err, billing.ErrUnavailable) || !strings.HasPrefix(got.Err.Error(), "read services of Asia Bandwidth for 2026-11: ") {
		t.Errorf("error = %v", got.Err)
	}
	if diff := cmp.Diff([]string{"Fastly's API failed"}, b.finished); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
	var unknown []string
	for _, f := range got.Plan.Findings {
		unknown = append(unknown, f.Unknown)
	}
	want := []string{"the services of Asia Bandwidth can't be read: Fastly's API failed", "", ""}
	if diff := cmp.Diff(want, unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}

// TestCheckOfTheMonthBefore: what Fastly counts of a month's last days after its end is still posted, of the budgets that were
// watched in it, and of no others.
func TestCheckOfTheMonthBefore(t *testing.T) {
	december := alertstest.November.Add(1)
	for _, tt := range []struct {
		name    string
		after   time.Duration
		watched bool
		months  []billing.Month
		posted  int
	}{
		{"a crossing of its last day is posted when it is counted", 30 * time.Hour, true, []billing.Month{alertstest.November, december}, 1},
		{"a month in which the rule was not there is not looked at", 30 * time.Hour, false, []billing.Month{december}, 0},
		{"after three days it is looked at once more in the day", alerts.LateFor, true, []billing.Month{alertstest.November, december}, 1},
		{"and a rule that is not closed after two weeks is", alerts.WatchedFor, true, []billing.Month{alertstest.November, december}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, checkedRule)
			hash := b.Rules().Rules[0].Hash(alertstest.November, rules.Instance{})
			var months []billing.Month
			b.source.OnUsage = func(_ context.Context, r billing.Range) ([]billing.Usage, error) {
				months = append(months, r.Last)
				if r.Last == december {
					return nil, nil
				}
				return alertstest.Account(), nil
			}
			b.ledger.Known = func() (map[string]string, error) { return map[string]string{"na": hash}, nil }
			b.ledger.OnBudgetStates = func(m billing.Month) ([]alerts.BudgetState, error) {
				if m == alertstest.November && tt.watched {
					return []alerts.BudgetState{{BudgetID: alertstest.BudgetOf("na"), RuleHash: hash, Revision: 1}}, nil
				}
				return nil, nil
			}
			b.ledger.OnRecord = func(o alerts.Outcome) error {
				if len(o.Deliveries) != 1 || o.Deliveries[0].Kind != alerts.DeliverParent || o.Deliveries[0].Month != alertstest.November {
					t.Errorf("recorded %+v, want a parent message of November", o.Deliveries)
				}
				return nil
			}
			got := b.RunOnce(t.Context(), december.Start().Add(tt.after))
			if got.Posted != tt.posted || tt.after < rules.DefaultStaleAfter && got.Err != nil {
				t.Errorf("posted %d, error %v; want %d", got.Posted, got.Err, tt.posted)
			}
			if diff := cmp.Diff(tt.months, months, cmp.Comparer(func(a, b billing.Month) bool { return a == b })); diff != "" {
				t.Errorf("months read (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCheckPanics: what nobody foresaw is a failed check, and the next one is made as usual.
func TestCheckPanics(t *testing.T) {
	b := newBench(t, checkedRule)
	b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { panic("an odd row") }
	got := b.RunOnce(t.Context(), alertstest.Noon)
	if !got.Claimed || got.Err == nil || !strings.HasPrefix(got.Err.Error(), "panic: an odd row\n") {
		t.Errorf("result = %+v, want the panic as an error", got)
	}
	if diff := cmp.Diff([]string{"the check failed"}, b.finished); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
}

// TestCheckTimesOut: a source that never answers is given up in time to say so, and a ledger that never answers within the
// lease of the claim.
func TestCheckTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, checkedRule)
		b.source.OnUsage = func(ctx context.Context, _ billing.Range) ([]billing.Usage, error) {
			<-ctx.Done()
			return nil, billing.ErrTimeout
		}
		got := b.RunOnce(t.Context(), alertstest.Noon)
		if !errors.Is(got.Err, billing.ErrTimeout) || got.Took != readTimeout {
			t.Errorf("after %s: %v", got.Took, got.Err)
		}
		if diff := cmp.Diff([]string{"Fastly did not answer in time"}, b.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
		started := time.Now()
		b.ledger.OnClaim = func(ctx context.Context, _ string, _ time.Time, _, _ time.Duration) (bool, error) {
			<-ctx.Done()
			return false, ctx.Err()
		}
		if got := b.RunOnce(t.Context(), alertstest.Noon); !errors.Is(got.Err, context.DeadlineExceeded) || time.Since(started) != checkLease {
			t.Errorf("after %s: %v", time.Since(started), got.Err)
		}
	})
}

func TestRunPollsAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, checkedRule)
		started := time.Now()
		var asked []time.Duration
		b.ledger.OnClaim = func(context.Context, string, time.Time, time.Duration, time.Duration) (bool, error) {
			asked = append(asked, time.Since(started))
			return false, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { b.Run(ctx) })
		time.Sleep(40 * time.Second)
		cancel()
		running.Wait()
		if diff := cmp.Diff([]time.Duration{0, 15 * time.Second, 30 * time.Second}, asked); diff != "" {
			t.Errorf("asked after (-want +got):\n%s", diff)
		}
	})
}

func TestPollFollowsTheInterval(t *testing.T) {
	for _, tt := range []struct {
		name              string
		every, poll, want time.Duration
	}{
		{"a twentieth of the interval", time.Minute, 0, 3 * time.Second},
		{"at most 15 s", 24 * time.Hour, 0, 15 * time.Second},
		{"at least 100 ms", time.Second, 0, 100 * time.Millisecond},
		{"or what is asked for", time.Hour, time.Millisecond, time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewChecker(CheckerConfig{Every: tt.every, Poll: tt.poll}).Poll; got != tt.want {
				t.Errorf("poll = %s, want %s", got, tt.want)
			}
		})
	}
}

// TestReportOnce: a failure is logged when it begins and not while it lasts, and again when it comes back.
func TestReportOnce(t *testing.T) {
	refused := Result{Claimed: true, Err: errors.New("refused")}
	slow := Result{Claimed: true, Err: errors.New("slow")}
	locked := Result{Err: errors.New("locked")}
	checked, idle := Result{Claimed: true, Month: alertstest.November}, Result{}
	for _, tt := range []struct {
		name        string
		transitions []Result
		want        []string
	}{
		{"once while it lasts", []Result{refused, refused, refused}, []string{"refused"}},
		{"turns without a check between do not end it", []Result{refused, idle, idle, refused}, []string{"refused"}},
		{"another one is news", []Result{refused, slow, refused}, []string{"refused", "slow", "refused"}},
		{"after a good check it is news again", []Result{refused, checked, refused}, []string{"refused", "refused"}},
		{"a claim that fails is logged once", []Result{locked, locked}, []string{"locked"}},
		{"and again after one that did not", []Result{locked, idle, locked}, []string{"locked", "locked"}},
		{"an interruption is no failure", []Result{{Claimed: true, Err: context.Canceled}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, checkedRule)
			for _, transition := range tt.transitions {
				b.loop.note(transition.Claimed, transition.Err)
			}
			var got []string
			for _, entry := range b.logged.FilterMessage("check failed").All() {
				got = append(got, entry.ContextMap()["error"].(string))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("logged (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReportHandsOnWhatWasDone(t *testing.T) {
	b := newBench(t, checkedRule)
	var succeeded []bool
	b.Checked = func(r Result) { succeeded = append(succeeded, r.Err == nil) }
	b.report(Result{})
	b.report(Result{Claimed: true})
	b.report(Result{Err: errors.New("locked")})
	if diff := cmp.Diff([]bool{true, false}, succeeded); diff != "" {
		t.Errorf("heard of good checks and bad (-want +got):\n%s", diff)
	}
}

// TestCheckLogsItsReasons: what is posted and what cannot be known are in the log with their reasons, the rest only for those
// who look closely.
func TestCheckLogsItsReasons(t *testing.T) {
	b := newBench(t, `defaults: {channel: cdn, thresholds: [80%]}
rules:
  - {name: posted, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}
  - {name: untold, product: websockets, budget: 5 TB}
  - {name: calm, product: cdn_usage, usage_type: North America Bandwidth, budget: 5 PB}
`)
	b.ledger.Known = func() (map[string]string, error) {
		known := map[string]string{}
		for _, rule := range b.Rules().Rules {
			known[rule.Name] = rule.Hash(alertstest.November, rules.Instance{})
		}
		return known, nil
	}
	b.ledger.OnBudgetStates = func(billing.Month) ([]alerts.BudgetState, error) {
		return []alerts.BudgetState{{BudgetID: alertstest.BudgetOf("untold"), Revision: 1, Threshold: 80}}, nil
	}
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
		t.Fatal(got.Err)
	}
	got := map[string]string{}
	for _, entry := range b.logged.All() {
		fields := entry.ContextMap()
		got[fields["rule"].(string)] = entry.Level.String() + " " + entry.Message + ": " + fields["reason"].(string)
	}
	want := map[string]string{
		"posted": "info budget alert: first threshold reached",
		"untold": "warn budget without a figure: no usage figure",
		"calm":   "debug budget checked: below the first threshold",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}
}
