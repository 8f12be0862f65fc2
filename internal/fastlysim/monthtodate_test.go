package fastlysim

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

// setClock is business time under a test's hand.
type setClock struct{ now atomic.Pointer[time.Time] }

func clockAt(now time.Time) *setClock {
	c := &setClock{}
	c.set(now)
	return c
}

func (c *setClock) set(now time.Time)    { c.now.Store(&now) }
func (c *setClock) Now() time.Time       { return *c.now.Load() }
func (c *setClock) pass(d time.Duration) { c.set(c.Now().Add(d)) }

// estimateAnswer keeps the amount as it was written.
type estimateAnswer struct {
	ID     string          `json:"invoice_id"`
	Start  string          `json:"billing_start_date"`
	End    string          `json:"billing_end_date"`
	Amount json.RawMessage `json:"monthly_transaction_amount"`
	Items  []itemAnswer    `json:"transaction_line_items"`
}

func estimateOf(t *testing.T, s *Server) estimateAnswer {
	t.Helper()
	got := get(t, s, MonthToDatePath, "")
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var answer estimateAnswer
	got.decode(t, &answer)
	return answer
}

func TestTheMonthToDate(t *testing.T) {
	s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Commitment = number("900000") })})
	got := estimateOf(t, s)
	truth := s.MonthToDate()
	if string(got.Amount) != `"`+truth.Amount.String()+`"` || got.ID != "4tKp8ZrVw2QxLm6Yd0Hs9b-1795344120" {
		t.Errorf("%s over %s, want a string of %s", got.ID, got.Amount, truth.Amount)
	}
	if got.Start != "2026-11-01T00:00:00Z" || got.End != "2026-11-22T10:42:00Z" {
		t.Errorf("from %s to %s", got.Start, got.End)
	}
	var total decimal.Decimal
	fees := map[string]string{}
	for _, item := range got.Items {
		total = total.Add(item.Amount)
		if item.UsageType == "" {
			fees[item.Description] = item.Amount.String()
		}
	}
	if !total.Equal(truth.Amount) {
		t.Errorf("lines come to %s of %s", total, truth.Amount)
	}
	want := map[string]string{"Customer Success: Enterprise": "6500", "TLS Certificates": "0", "Promotional Credit": "-1200"}
	if diff := cmp.Diff(want, fees); diff != "" {
		t.Error(diff)
	}
	body := string(get(t, s, MonthToDatePath, "").body)
	for _, absent := range []string{"currency_code", "statement_number", "payment_status", "invoice_posted_on", "credit_coupon_code"} {
		if strings.Contains(body, absent) {
			t.Errorf("%s is there", absent)
		}
	}
}

func TestAnEstimateCountsThePartOfTheDay(t *testing.T) {
	unitsAt := func(hour time.Duration) decimal.Decimal {
		s := begin(t, Config{Clock: at(time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC).Add(hour * time.Hour)), Account: invoiced(nil)})
		for _, item := range s.MonthToDate().Items {
			if item.Description == "Asia Requests" {
				return item.Units
			}
		}
		return decimal.Zero
	}
	morning, noon, evening := unitsAt(0), unitsAt(12), unitsAt(24)
	half := morning.Add(evening).Div(number("2")).Truncate(4)
	if !noon.Equal(half) || !morning.IsPositive() || !evening.GreaterThan(morning) {
		t.Errorf("%s, %s, %s", morning, noon, evening)
	}
	s := begin(t, Config{Clock: at(time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC)), Account: invoiced(nil)})
	if got := row(t, s, "2026-11", "Asia Requests").Quantity; !got.Equal(morning) {
		t.Errorf("at midnight the estimate has %s and usage %s", morning, got)
	}
}

func TestTheFirstHoursOfAMonth(t *testing.T) {
	for _, c := range []struct {
		name string
		now  time.Time
		lag  time.Duration
		end  string
	}{
		{"have fees and no usage", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), 0, "2026-11-01T00:00:00Z"},
		{"also while figures trail into the month before", time.Date(2026, 11, 1, 5, 0, 0, 0, time.UTC), account.Day, "2026-11-01T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := estimateOf(t, begin(t, Config{Clock: at(c.now), Lag: c.lag, Account: invoiced(nil)}))
			if got.End != c.end || string(got.Amount) != `"5300"` || len(got.Items) != 3 {
				t.Errorf("%s up to %s: %+v", got.Amount, got.End, got.Items)
			}
		})
	}
}

func TestAnEstimateIsKeptForFourHours(t *testing.T) {
	clock := clockAt(november)
	s := begin(t, Config{Clock: clock.Now, Account: invoiced(nil)})
	steps := []struct {
		name string
		pass time.Duration
		end  string
	}{
		{"the first is of now", 0, "2026-11-22T10:42:00Z"},
		{"after three hours it is the same", 3 * time.Hour, "2026-11-22T10:42:00Z"},
		{"after four it is made again", time.Hour, "2026-11-22T14:42:00Z"},
		{"shortly after it is kept", time.Minute, "2026-11-22T14:42:00Z"},
		{"a clock set back makes another", -3 * time.Hour, "2026-11-22T11:43:00Z"},
	}
	for _, c := range steps {
		clock.pass(c.pass)
		if truth := s.MonthToDate().End.Format(time.RFC3339); truth != c.end {
			t.Errorf("%s: the truth ends at %s, want %s", c.name, truth, c.end)
		}
		if got := estimateOf(t, s).End; got != c.end {
			t.Errorf("%s: ends at %s, want %s", c.name, got, c.end)
		}
	}
	clock.set(time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC))
	_ = estimateOf(t, s)
	clock.pass(2 * time.Hour)
	if got := estimateOf(t, s); got.Start != "2026-11-01T00:00:00Z" || got.End != "2026-11-30T23:00:00Z" {
		t.Errorf("a kept estimate may be of the month before: %s to %s", got.Start, got.End)
	}
}

func TestAnEstimateIsWaitedFor(t *testing.T) {
	clock := clockAt(november)
	s := begin(t, Config{Clock: clock.Now, Account: invoiced(func(i *account.Invoicing) { i.Pending, i.PendingFor = 2, 10*time.Second })})
	for _, c := range []struct {
		name   string
		pass   time.Duration
		status int
	}{
		{"the first call begins it", 0, 202},
		{"the second is too early in number", time.Minute, 202},
		{"the third has it", 0, 200},
		{"and it is kept", 3 * time.Hour, 200},
		{"then it is made anew", time.Hour, 202},
		{"which takes calls", 0, 202},
		{"and time", time.Second, 202},
		{"until it is there", 9 * time.Second, 200},
	} {
		clock.pass(c.pass)
		got := get(t, s, MonthToDatePath, "")
		if got.status != c.status {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
		if c.status == 202 && string(got.body) != `{"title":"month-to-date invoice is being generated","status":202}` {
			t.Errorf("%s: %s", c.name, got.body)
		}
	}
}

func TestAccountsWithoutAnEstimate(t *testing.T) {
	for _, c := range []struct {
		name   string
		form   account.Estimates
		status int
	}{
		{"there may be none", account.NotFound, 404},
		{"a parent may pay", account.ParentPays, 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Estimates = c.form })})
			got := get(t, s, MonthToDatePath, "")
			var refused refusal
			got.decode(t, &refused)
			if got.status != c.status || refused.Status != c.status || refused.Title == "" || s.MonthToDate().ID != "" {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

func TestAnExactEstimate(t *testing.T) {
	s := begin(t, Config{Account: account.Account{CustomerID: "C1", Services: 1}})
	s.SetMonthToDate(account.Invoice{
		Month: "2026-08", End: time.Date(2026, 8, 4, 9, 0, 0, 0, time.UTC), Amount: number("2890.32"),
		Items: []account.LineItem{{Description: "Customer Success", Amount: number("2600"), Coupon: "X", Group: "CS: CSE"}},
	})
	const want = `{"customer_id":"C1","invoice_id":"C1-1785834000","billing_start_date":"2026-08-01T00:00:00Z","billing_end_date":"2026-08-04T09:00:00Z",` +
		`"monthly_transaction_amount":"2890.32","transaction_line_items":[{"description":"Customer Success","amount":2600,"rate":0,"units":0,` +
		`"product_name":"","product_group":"CS: CSE","product_line":"","region":"","usage_type":""}]}`
	if got := string(get(t, s, MonthToDatePath, "").body); got != want {
		t.Error(cmp.Diff(want, got))
	}
	s.SetMonthToDate(account.Invoice{Month: "2026-11", Amount: number("1"), Written: map[string]string{"monthly_transaction_amount": "1"}})
	if got := estimateOf(t, s); string(got.Amount) != "1" || got.End != "2026-11-22T10:42:00Z" {
		t.Errorf("the second is %+v", got)
	}
}
