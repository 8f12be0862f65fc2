package fault_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/fault"
)

// What a fault makes of the true answer, as a change of its text: what is taken out, and what stands there instead.
func TestWhatARewriteChanges(t *testing.T) {
	for _, tt := range []struct{ name, path, without, with string }{
		{"a figure of null", fault.UsagePath, `"quantity":96.25`, `"quantity":null`},
		{"a row without a name", fault.UsagePath, `"name":"Asia Bandwidth",`, ``},
		{"a row without a unit", fault.UsagePath, `"unit":"gb",`, ``},
		{"a unit as a number", fault.UsagePath, `"unit":"gb"`, `"unit":9`},
		{"a last update in words", fault.UsagePath, `"last_updated_at":"2023-01-31"`, `"last_updated_at":"yesterday"`},
		{"a service without an id", fault.ServicePath, `"service_id":"S1",`, ``},
		{"a service with a negative figure", fault.ServicePath, `"usage_units":3.5`, `"usage_units":-0.5`},
		{"a total that is not true", fault.ServicePath, `"total":2`, `"total":100000`},
		{"a cursor as a number", fault.ServicePath, `"next_cursor":""`, `"next_cursor":42`},
		{"an end of null", fault.ServicePath, `"next_cursor":""`, `"next_cursor":null`},
		{"an end without a cursor", fault.ServicePath, `"next_cursor":""`, `"done":true`},
		{"an invoice over an amount in quotes", fault.InvoicesPath, `"monthly_transaction_amount":6604.19`, `"monthly_transaction_amount":"6604.19"`},
		{"an invoice over an amount with commas", fault.InvoicesPath, `"monthly_transaction_amount":6604.19`, `"monthly_transaction_amount":"6,604.19"`},
		{"an invoice without a start", fault.InvoicesPath, `"billing_start_date":"2023-02-01T00:00:00Z",`, ``},
		{"a line with units in words", fault.InvoicesPath, `"units":5`, `"units":"plenty"`},
		{"an estimate over an amount without quotes", fault.MonthToDatePath, `"monthly_transaction_amount":"6604.19"`, `"monthly_transaction_amount":6604.19`},
		{"a line of an estimate without an amount", fault.MonthToDatePath, `"amount":1204.5,`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := truths[tt.path]
			if !strings.Contains(before, tt.without) {
				t.Fatalf("%q is not in the true answer", tt.without)
			}
			want := decoded(t, []byte(strings.Replace(before, tt.without, tt.with, 1)))
			if diff := cmp.Diff(want, decoded(t, fault.Named(tt.name).Rewrite([]byte(before), 1))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a fault makes of the rows of an answer, in the order in which they stand.
func TestWhatARewriteMakesOfAList(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		list       []string // keys to the list
		want       []any    // the field id of each, or nil
	}{
		{"services in another order", fault.ServicePath, []string{"data", "services"}, []any{"S2", "S1"}},
		{"a service twice", fault.ServicePath, []string{"data", "services"}, []any{"S1", "S2", "S1"}},
		{"a service of null", fault.ServicePath, []string{"data", "services"}, []any{"S1", "S2", nil}},
		{"invoices oldest first", fault.InvoicesPath, []string{"data"}, []any{"INV-2", "INV-1"}},
		{"an invoice twice", fault.InvoicesPath, []string{"data"}, []any{"INV-1", "INV-2", "INV-1"}},
		{"an invoice of null", fault.InvoicesPath, []string{"data"}, []any{"INV-1", "INV-2", nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			value := decoded(t, fault.Named(tt.name).Rewrite([]byte(truths[tt.path]), 1))
			for _, key := range tt.list {
				value = value.(map[string]any)[key]
			}
			got := []any{}
			for _, row := range value.([]any) {
				fields, _ := row.(map[string]any)
				id := fields["service_id"]
				if id == nil {
					id = fields["invoice_id"]
				}
				got = append(got, id)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACursorThatNeverEndsIsAnotherOneEachTime(t *testing.T) {
	for name, want := range map[string][2]string{
		"the same cursor again and again":             {"++++////c2FtZQ==", "++++////c2FtZQ=="},
		"pages without end":                           {"++++////00000001", "++++////00000002"},
		"invoices by the same cursor again and again": {"++++////c2FtZQ==", "++++////c2FtZQ=="},
		"invoices without end":                        {"++++////00000001", "++++////00000002"},
	} {
		f := fault.Named(name)
		for i, cursor := range want {
			if got := string(f.Rewrite([]byte(truths[f.Path]), i+1)); !strings.Contains(got, `"next_cursor":"`+cursor+`"`) {
				t.Errorf("%s, turn %d: no cursor %s in %s", name, i+1, cursor, got)
			}
		}
		if !f.AnyCursor {
			t.Errorf("%s: the cursor that it gives out is not taken", name)
		}
	}
}

// Bodies that are spoilt as a whole.
func TestWhatARewriteMakesOfABody(t *testing.T) {
	const body = `{"data":[{"quantity":1,"product_id":"p"}]}`
	for name, want := range map[string]string{
		"half of the body, well delivered": body[:len(body)/2],
		"the body and more":                body + "}garbage",
		"the body twice":                   body + body,
		"a byte order mark in front":       "\ufeff" + body,
		"a figure of NaN":                  `{"data":[{"product_id":"p","quantity":NaN}]}`,
		"indented":                         "{\n  \"data\": [\n    {\n      \"quantity\": 1,\n      \"product_id\": \"p\"\n    }\n  ]\n}",
	} {
		if got := string(fault.Named(name).Rewrite([]byte(body), 1)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestDigitsAreKeptWhereARewriteLeavesThem(t *testing.T) {
	const body = `{"data":[{"product_id":"p","quantity":146017.03690000000000000001,"unit":"gb"}]}`
	if got := string(fault.Named("a row without a unit").Rewrite([]byte(body), 1)); !strings.Contains(got, "146017.03690000000000000001") {
		t.Errorf("the figure is another one in %s", got)
	}
}

func TestAFaultByHand(t *testing.T) {
	for _, tt := range []struct {
		name          string
		fault         fault.Fault
		without, with string
	}{
		{"a field of the row that is named", fault.PutInRow("Asia Requests", "unit", "kg"), `"unit":"unit"`, `"unit":"kg"`},
		{"a field of the service that is named", fault.PutInService("api", "usage_units", "x"), `"usage_units":1}`, `"usage_units":"x"}`},
		{
			"a row more", fault.AddRow(`{"product_id":7}`), `"last_updated_at":"2023-02-28"}]`, `"last_updated_at":"2023-02-28"},{"product_id":7}]`,
		},
		{"no row has that usage type", fault.PutInRow("no such", "unit", "kg"), `"unit":"gb"`, `"unit":"gb"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := truths[tt.fault.Path]
			if tt.fault.Outcome != fault.SetsAside || strings.Count(before, tt.without) != 1 {
				t.Fatalf("outcome %d; %q stands %d times in %s", tt.fault.Outcome, tt.without, strings.Count(before, tt.without), before)
			}
			want := decoded(t, []byte(strings.Replace(before, tt.without, tt.with, 1)))
			if diff := cmp.Diff(want, decoded(t, tt.fault.Rewrite([]byte(before), 1))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	defer func() {
		if recover() == nil {
			t.Error("a row that is no JSON is taken")
		}
	}()
	fault.AddRow(`{"product_id":`)
}

func decoded(t *testing.T, body []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return value
}
