package fastlysim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/fault"
)

// billQuestions take several pages of invoices, and one estimate.
var billQuestions = map[string]string{
	InvoicesPath:    "billing_start_date=2026-01-01&limit=4",
	MonthToDatePath: "",
}

// TestTheFaultsOfBillsAreFair shows what TestTheCatalogueIsFair does, of invoices.
func TestTheFaultsOfBillsAreFair(t *testing.T) {
	account := invoiced(nil)
	honest := begin(t, Config{Account: account})
	truth := map[string]figures{}
	for path, question := range billQuestions {
		found, err := askBills(t, honest, path, question, patient)
		if err != nil || len(found) < 10 {
			t.Fatalf("%s: %v %v", path, found, err)
		}
		truth[path] = found
	}
	for _, failing := range fault.List() {
		for path, question := range billQuestions {
			// A list may be empty; an estimate has no such answer.
			general := failing.Path == "" && (failing.Outcome != fault.HasNoData || path == InvoicesPath)
			if !general && failing.Path != path {
				continue
			}
			t.Run(failing.Name+" on "+path, func(t *testing.T) {
				t.Parallel()
				s := begin(t, Config{Account: account})
				s.Fail(path, 0, failing)
				patience := patient
				if failing.Kind == fault.Unreachable {
					patience = hasty
				}
				found, err := askBills(t, s, path, question, patience)
				judge(t, failing, truth[path], found, err)
			})
		}
	}
}

// askBills is ask for invoices and estimates.
func askBills(t *testing.T, s *Server, path, question string, patience time.Duration) (figures, error) {
	t.Helper()
	c := client(t)
	c.Timeout = patience
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	found, cursor := figures{}, ""
	for range mostPages {
		address := s.URL() + path + "?" + question
		if cursor != "" {
			address += "&cursor=" + url.QueryEscape(cursor)
		}
		root, err := askOnce(c, newRequest(t, http.MethodGet, address))
		if err != nil {
			return nil, err
		}
		next, err := found.takeBills(root, path)
		if err != nil || next == "" {
			return found, err
		}
		if next == cursor {
			return nil, notUnderstoodAs("cursor %s again", next)
		}
		cursor = next
	}
	return nil, notUnderstoodAs("more than %d pages", mostPages)
}

func (f figures) takeBills(root any, path string) (next string, err error) {
	if path == MonthToDatePath {
		return "", f.takeBill(root)
	}
	if all, ok := root.([]any); ok && len(all) == 0 {
		return "", nil
	}
	outer, _ := root.(map[string]any)
	all, ok := outer["data"].([]any)
	if data, there := outer["data"]; there && data == nil { // how Go writes an empty list
		return "", nil
	}
	if !ok {
		return "", notUnderstoodAs("data is %T", outer["data"])
	}
	for _, bill := range all {
		if err := f.takeBill(bill); err != nil {
			return "", err
		}
	}
	meta, _ := outer["meta"].(map[string]any)
	if meta["next_cursor"] == nil || meta["next_cursor"] == "" {
		return "", nil
	}
	return text(meta, "next_cursor")
}

// takeBill wants a bill whose lines come to its amount.
func (f figures) takeBill(value any) error {
	bill, _ := value.(map[string]any)
	id, err := text(bill, "invoice_id")
	if err != nil {
		return err
	}
	start, err := text(bill, "billing_start_date")
	if err != nil {
		return err
	}
	if _, err := time.Parse(time.RFC3339, start); err != nil {
		return notUnderstoodAs("start %q", start)
	}
	amount, err := money(bill["monthly_transaction_amount"])
	if err != nil {
		return err
	}
	items, ok := bill["transaction_line_items"].([]any)
	if !ok {
		return notUnderstoodAs("lines are %T", bill["transaction_line_items"])
	}
	for n, value := range items {
		item, _ := value.(map[string]any)
		charged, err := money(item["amount"])
		if err != nil {
			return err
		}
		name, err := text(item, "product_name")
		if err != nil {
			return err
		}
		f[fmt.Sprintf("%s line %d %s", id, n, name)] = charged.String()
		amount = amount.Sub(charged)
	}
	if !amount.IsZero() {
		return notUnderstoodAs("%s is off by %s", id, amount)
	}
	if _, twice := f[id]; twice {
		return notUnderstoodAs("%s twice", id)
	}
	f[id] = start
	return nil
}

var plainAmount = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

func money(value any) (decimal.Decimal, error) {
	written := strings.ReplaceAll(fmt.Sprint(value), ",", "")
	if !plainAmount.MatchString(written) {
		return decimal.Zero, notUnderstoodAs("amount %q", written)
	}
	return decimal.RequireFromString(written), nil
}
