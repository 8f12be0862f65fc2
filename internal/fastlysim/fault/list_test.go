package fault_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"budgetbot/internal/fastlysim/fault"
)

// The true answers that the faults of the list spoil, by the path that gives them.
var truths = map[string]string{
	fault.UsagePath: `{"data":[` +
		`{"month":"2023-01","product_id":"cdn_usage","usage_type":"Asia Bandwidth","name":"Asia Bandwidth","region":"Asia","unit":"gb","quantity":96.25,"raw_quantity":96250000000,"last_updated_at":"2023-01-31"},` +
		`{"month":"2023-02","product_id":"cdn_usage","usage_type":"Asia Requests","name":"Asia Requests","region":"Asia","unit":"unit","quantity":7,"raw_quantity":70000,"last_updated_at":"2023-02-28"}]}`,
	fault.ServicePath: `{"data":{"usage_type":"Asia Bandwidth","services":[` +
		`{"service_id":"S1","service_name":"www","usage_units":3.5},{"service_id":"S2","service_name":"api","usage_units":1}],` +
		`"meta":{"next_cursor":"","limit":100,"total":2}}}`,
	fault.InvoicesPath: `{"data":[` + truthInvoice("INV-1") + `,` + truthInvoice("INV-2") + `],"meta":{"next_cursor":""}}`,
	fault.MonthToDatePath: `{"invoice_id":"","billing_start_date":"2023-03-01T00:00:00Z","billing_end_date":"2023-03-20T00:00:00Z",` +
		`"currency_code":"USD","monthly_transaction_amount":"6604.19","transaction_line_items":[` + truthLine + `]}`,
}

const truthLine = `{"description":"Asia","product_name":"Bandwidth","region":"Asia","units":5,"rate":0.12,"amount":1204.5,"credit_coupon_code":"C"}`

func truthInvoice(id string) string {
	return `{"invoice_id":"` + id + `","billing_start_date":"2023-02-01T00:00:00Z","billing_end_date":"2023-02-28T00:00:00Z","currency_code":"USD",` +
		`"payment_status":"Paid","monthly_transaction_amount":6604.19,"transaction_line_items":[` + truthLine + `,` + truthLine + `]}`
}

// pathsOf are where a fault makes sense.
func pathsOf(f fault.Fault) []string {
	if f.Path != "" {
		return []string{f.Path}
	}
	return []string{fault.UsagePath, fault.ServicePath, fault.InvoicesPath}
}

func TestTheListHasEveryPathAndOutcome(t *testing.T) {
	paths, outcomes, kinds := map[string]int{}, map[fault.Outcome]int{}, map[fault.Kind]int{}
	for _, f := range fault.List() {
		paths[f.Path]++
		outcomes[f.Outcome]++
		kinds[f.Kind]++
	}
	for path := range truths {
		if paths[path] == 0 {
			t.Errorf("no fault is for %s", path)
		}
	}
	for outcome := fault.Reads; outcome <= fault.HasNoData; outcome++ {
		if outcomes[outcome] == 0 {
			t.Errorf("no fault has the outcome %d", outcome)
		}
	}
	for kind := fault.NotUnderstood; kind <= fault.Unreachable; kind++ {
		if kinds[kind] == 0 {
			t.Errorf("no fault is of the kind %d", kind)
		}
	}
}

// A rewrite that finds nothing to change would be a test of the true answer under another name.
func TestEveryRewriteSpoilsTheTrueAnswer(t *testing.T) {
	rewrites := 0
	for _, f := range fault.List() {
		if f.Rewrite == nil {
			continue
		}
		for _, path := range pathsOf(f) {
			rewrites++
			t.Run(f.Name+" on "+path, func(t *testing.T) {
				same := fault.PutInRow("no such usage type", "x", 1).Rewrite([]byte(truths[path]), 1) // only encoded anew
				got := f.Rewrite([]byte(truths[path]), 1)
				if bytes.Equal(got, same) || bytes.Equal(got, []byte(truths[path])) {
					t.Errorf("it leaves %s as it is", got)
				}
				if again := f.Rewrite([]byte(truths[path]), 1); f.Path != "" && !bytes.Equal(got, again) {
					t.Errorf("the second time it makes\n%s of what was\n%s", again, got)
				}
			})
		}
	}
	if rewrites < 60 {
		t.Errorf("only %d rewrites are in the list", rewrites)
	}
}

// What a client is to make of a status follows from the status.
func TestARefusalIsOfTheKindOfItsStatus(t *testing.T) {
	kinds := map[int]fault.Kind{
		http.StatusUnauthorized: fault.TokenRefused, http.StatusForbidden: fault.NotAllowed, http.StatusTooManyRequests: fault.RateLimited,
		http.StatusBadRequest: fault.Rejected, http.StatusNotFound: fault.Rejected,
	}
	refused := 0
	for _, f := range fault.List() {
		if f.Status < 400 {
			continue
		}
		refused++
		want := kinds[f.Status]
		if f.Status >= 500 {
			want = fault.ServerTrouble
		}
		if f.Outcome != fault.Refuses || f.Kind != want {
			t.Errorf("%s, status %d: outcome %d of kind %d, want a refusal of kind %d", f.Name, f.Status, f.Outcome, f.Kind, want)
		}
		if !strings.Contains(f.Body, f.Says) {
			t.Errorf("%s: %q is to be quoted, and is not in %s", f.Name, f.Says, f.Body)
		}
	}
	if refused < 20 {
		t.Errorf("only %d refusals are in the list", refused)
	}
}

func TestNamed(t *testing.T) {
	if got := fault.Named("502 html"); got.Status != 502 || got.Kind != fault.ServerTrouble {
		t.Errorf("502 html is %+v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a fault is found that is not in the list")
		}
	}()
	fault.Named("no such fault")
}

func TestRefused(t *testing.T) {
	for _, status := range []int{400, 403, 404} {
		if got := fault.Refused(status); got.Status != status || got.Outcome != fault.Refuses || !strings.Contains(got.Body, got.Says) || got.Says == "" {
			t.Errorf("%d is %+v", status, got)
		}
	}
}
