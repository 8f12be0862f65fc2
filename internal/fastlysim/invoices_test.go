package fastlysim

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// invoiced is an account of few services that gets invoices.
func invoiced(change func(*account.Invoicing)) account.Account {
	rules := account.DefaultInvoicing()
	if change != nil {
		change(rules)
	}
	return account.Account{Services: 12, Invoices: rules}
}

type invoiceAnswer struct {
	ID        string          `json:"invoice_id"`
	Posted    string          `json:"invoice_posted_on"`
	Start     string          `json:"billing_start_date"`
	End       string          `json:"billing_end_date"`
	Statement string          `json:"statement_number"`
	Currency  string          `json:"currency_code"`
	Amount    decimal.Decimal `json:"monthly_transaction_amount"`
	Status    string          `json:"payment_status"`
	Items     []itemAnswer    `json:"transaction_line_items"`
}

type itemAnswer struct {
	Description string          `json:"description"`
	Amount      decimal.Decimal `json:"amount"`
	Coupon      string          `json:"credit_coupon_code"`
	Rate        decimal.Decimal `json:"rate"`
	Units       decimal.Decimal `json:"units"`
	ProductName string          `json:"product_name"`
	Group       string          `json:"product_group"`
	Line        string          `json:"product_line"`
	Region      string          `json:"region"`
	UsageType   string          `json:"usage_type"`
}

type invoiceList struct {
	Data []invoiceAnswer `json:"data"`
	Meta metaJSON        `json:"meta"`
}

func listInvoices(t *testing.T, s *Server, query string) invoiceList {
	t.Helper()
	got := get(t, s, InvoicesPath, query)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	var list invoiceList
	got.decode(t, &list)
	return list
}

func TestInvoicesAreStrict(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	for _, c := range []struct{ name, path, query, says string }{
		{"unknown parameters are refused", InvoicesPath, "start_month=2026-10", `unknown parameter "start_month"`},
		{"a parameter comes once", InvoicesPath, "limit=5&limit=6", "parameter limit is given 2 times"},
		{"a date is no month", InvoicesPath, "billing_start_date=2026-10", `billing_start_date: "2026-10" is not a date`},
		{"a date has no time", InvoicesPath, "billing_end_date=2026-10-31T00:00:00Z", `billing_end_date: "2026-10-31T00:00:00Z" is not a date`},
		{"a date is in the calendar", InvoicesPath, "billing_end_date=2026-02-30", `"2026-02-30" is not a date`},
		{"the end is not before the start", InvoicesPath, "billing_start_date=2026-10-01&billing_end_date=2026-09-30", "billing_end_date 2026-09-30 is before"},
		{"a limit is a number", InvoicesPath, "limit=many", `limit "many" is not a number`},
		{"a page holds something", InvoicesPath, "limit=0", "limit 0 is not between 1 and 200"},
		{"500 is too many", InvoicesPath, "limit=500", "limit 500 is not between 1 and 200"},
		{"a cursor is one of ours", InvoicesPath, "cursor=bm9uc2Vuc2U%3D", "cursor does not belong"},
		{"one invoice takes no parameters", InvoicePath("INV-243210"), "limit=1", `unknown parameter "limit"`},
		{"an estimate takes no parameters", MonthToDatePath, "billing_start_date=2026-11-01", "unknown parameter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := get(t, s, c.path, c.query)
			var refused refusal
			got.decode(t, &refused)
			if got.status != 400 || refused.Status != 400 || !strings.Contains(refused.Title, c.says) {
				t.Errorf("got %d %s, want 400 saying %s", got.status, got.body, c.says)
			}
		})
	}
}

func TestWhatInvoicesAreListed(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	for _, c := range []struct {
		name, query        string
		count, limit, more int
		newest, oldest     string
	}{
		{"all of them, newest first", "", 58, 100, 0, "2026-10-01", "2022-01-01"},
		{"empty parameters are none", "billing_start_date=&limit=&cursor=", 58, 100, 0, "2026-10-01", "2022-01-01"},
		{"those within the dates, both included", "billing_start_date=2026-03-01&billing_end_date=2026-04-30", 2, 100, 0, "2026-04-01", "2026-03-01"},
		{"not those that begin earlier or end later", "billing_start_date=2026-03-02&billing_end_date=2026-05-30", 1, 100, 0, "2026-04-01", "2026-04-01"},
		{"a start alone has no end", "billing_start_date=2026-09-01", 2, 100, 0, "2026-10-01", "2026-09-01"},
		{"an end alone has no start", "billing_end_date=2022-02-28", 2, 100, 0, "2022-02-01", "2022-01-01"},
		{"more than 200 are cut to 200 and not refused", "limit=499", 58, 200, 0, "2026-10-01", "2022-01-01"},
		{"a page at a time", "limit=7", 7, 7, 1, "2026-10-01", "2026-04-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := listInvoices(t, s, c.query)
			if len(list.Data) != c.count || list.Meta.Limit != c.limit || list.Meta.Sort != "billing_start_date" {
				t.Fatalf("%d invoices, meta %+v", len(list.Data), list.Meta)
			}
			newest, oldest := list.Data[0].Start, list.Data[len(list.Data)-1].Start
			if newest[:10] != c.newest || oldest[:10] != c.oldest || (list.Meta.NextCursor != "") != (c.more > 0) {
				t.Errorf("from %s to %s, next %q", newest, oldest, list.Meta.NextCursor)
			}
		})
	}
	if got := get(t, s, InvoicesPath, "billing_start_date=2030-01-01"); !strings.HasPrefix(string(got.body), `{"data":[],"meta":`) {
		t.Errorf("no invoices are written %s", got.body)
	}
}

func TestPagesOfInvoicesAreTheWhole(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	var ids []string
	question, cursor := "billing_start_date=2023-01-01&limit=13", ""
	for range 10 {
		list := listInvoices(t, s, question+"&cursor="+url.QueryEscape(cursor))
		if list.Meta.Total != 46 {
			t.Errorf("total says %d", list.Meta.Total)
		}
		for _, invoice := range list.Data {
			ids = append(ids, invoice.ID)
		}
		if list.Meta.NextCursor == "" {
			break
		}
		cursor = list.Meta.NextCursor
	}
	var want []string
	for _, invoice := range listInvoices(t, s, "billing_start_date=2023-01-01").Data {
		want = append(want, invoice.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" || len(ids) != 46 {
		t.Errorf("%d ids: %s", len(ids), diff)
	}
	for _, c := range []struct{ name, query string }{
		{"another limit", "billing_start_date=2023-01-01&limit=14"},
		{"another date", "billing_start_date=2023-02-01&limit=13"},
		{"no date", "limit=13"},
	} {
		if got := get(t, s, InvoicesPath, c.query+"&cursor="+url.QueryEscape(cursor)); got.status != 400 {
			t.Errorf("%s takes the cursor: %d %s", c.name, got.status, got.body)
		}
	}
}

func TestOneInvoice(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	listed := listInvoices(t, s, "limit=1").Data[0]
	var one invoiceAnswer
	get(t, s, InvoicePath(listed.ID), "").decode(t, &one)
	if diff := cmp.Diff(listed, one, cmp.Comparer(decimal.Decimal.Equal)); diff != "" || one.ID == "" {
		t.Error(diff)
	}
	for _, c := range []struct{ name, path, says string }{
		{"an unknown id is a 404 of its own kind", InvoicePath("4183280"), `{"title":"requested id:4183280 doesn't exist","status":404}`},
		{"a month that is not posted yet is unknown", InvoicePath("INV-243220"), `{"title":"requested id:INV-243220 doesn't exist","status":404}`},
		{"there is nothing below an invoice", InvoicePath(listed.ID) + "/lines", `{"msg":"Record not found"}`},
		{"an id is needed", InvoicesPath + "/", `{"msg":"Record not found"}`},
		{"the removed contract is gone", "/billing/v2/account_customers/x/invoices", `{"msg":"Record not found"}`},
	} {
		if got := get(t, s, c.path, ""); got.status != 404 || string(got.body) != c.says {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
}

func TestThePublishedInvoice(t *testing.T) {
	example := account.ExampleInvoice()
	if !account.AmountOf(example.Items).Equal(example.Amount) || example.Amount.String() != "6604.19" {
		t.Errorf("lines come to %s of %s", account.AmountOf(example.Items), example.Amount)
	}
	for _, item := range example.Items {
		if !item.Units.Mul(item.Rate).Round(2).Equal(item.Amount) {
			t.Errorf("%s × %s is not %s", item.Units, item.Rate, item.Amount)
		}
	}
	s := begin(t, Config{Account: account.Account{CustomerID: "…", Services: 1}})
	s.SetInvoices(example)
	example.Items[0].Description = "changed after it was given"
	const head = `{"customer_id":"…","invoice_id":"INV-375119","invoice_posted_on":"2026-07-01T00:00:00Z","billing_start_date":"2026-07-01T00:00:00Z",` +
		`"billing_end_date":"2026-07-31T00:00:00Z","statement_number":"INV-375119","currency_code":"USD","monthly_transaction_amount":6604.19,` +
		`"payment_status":"outstanding","transaction_line_items":[{"description":"Asia Requests","amount":292.03,"credit_coupon_code":"",` +
		`"rate":0.002,"units":146017.0369,"product_name":"Asia Requests","product_group":"Full Site Delivery","product_line":"Network Services",` +
		`"region":"Asia","usage_type":"Requests"},`
	if got := get(t, s, InvoicePath("INV-375119"), ""); !strings.HasPrefix(string(got.body), head) {
		t.Errorf("got %s", got.body)
	}
	listed := s.Invoices()
	if len(listed) != 1 {
		t.Fatalf("%d invoices", len(listed))
	}
	listed[0].Items[0].Description = "changed after it was read"
	if again := s.Invoices()[0].Items[0].Description; again != "Asia Requests" {
		t.Errorf("the list has %q", again)
	}
}

func TestAFieldMayBeWrittenInAnyWay(t *testing.T) {
	item := account.LineItem{
		Description: "Asia Requests", Amount: number("0.123456789012"), Units: number("0"),
		Written: map[string]string{"rate": `"1,234.50"`, "units": "null", "region": "", "note": `{"a":1}`},
	}
	s := begin(t, Config{})
	s.SetInvoices(account.Invoice{
		Month: "2026-09", ID: "INV-1", Amount: number("12.5"), Items: []account.LineItem{item, {Amount: number("3")}},
		Written: map[string]string{"currency_code": "", "monthly_transaction_amount": `"12.50"`},
	}, account.Invoice{Month: "2026-08", ID: "INV-0", Written: map[string]string{"transaction_line_items": ""}})
	got := string(get(t, s, InvoicesPath, "").body)
	for _, want := range []string{
		`"amount":0.123456789012,"credit_coupon_code":"","rate":"1,234.50","units":null,"product_name"`,
		`"product_line":"","usage_type":"","note":{"a":1}}`,
		`"statement_number":"INV-1","monthly_transaction_amount":"12.50"`,
		`"monthly_transaction_amount":0,"payment_status":"outstanding"}]`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestInvoicesMayHaveFiguresInQuotesAndUnknownFields(t *testing.T) {
	s := begin(t, Config{Numbers: Quoted, ExtraFields: true})
	s.SetInvoices(account.ExampleInvoice())
	got := string(get(t, s, InvoicesPath, "").body)
	for _, want := range []string{`"monthly_transaction_amount":"6604.19"`, `"units":"146017.0369"`, `"usage_type":"Requests","edition":"2031-01"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestALongInvoice(t *testing.T) {
	s := begin(t, Config{})
	items := make([]account.LineItem, 5000)
	for i := range items {
		items[i] = account.LineItem{Description: "line " + strconv.Itoa(i), Amount: number("0.01")}
	}
	s.SetInvoices(account.Invoice{Month: "2026-09", ID: "INV-1", Amount: number("50"), Items: items})
	got := listInvoices(t, s, "").Data[0]
	if len(got.Items) != 5000 || got.Items[4999].Description != "line 4999" {
		t.Errorf("%d lines", len(got.Items))
	}
}

func TestExactInvoicesAppearWhenTheySay(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	second := account.Invoice{Month: "2026-09", ID: "INV-2", Posted: november.Add(-account.Day), Appears: november.Add(-account.Day)}
	s.SetInvoices(account.Invoice{Month: "2026-09", ID: "INV-1"}, second, account.Invoice{Month: "2026-10", ID: "INV-3", Appears: november.Add(time.Second)})
	list := listInvoices(t, s, "").Data
	if len(list) != 2 || list[0].ID != "INV-2" || list[1].ID != "INV-1" {
		t.Errorf("%+v", list)
	}
	if got := s.InvoiceAt("2026-09", november.Add(-2*account.Day)).ID; got != "INV-1" {
		t.Errorf("two days ago it was %s", got)
	}
}

func TestAnAccountWithoutInvoices(t *testing.T) {
	s := begin(t, Config{})
	if list := listInvoices(t, s, ""); len(list.Data) != 0 || list.Meta.Total != 0 {
		t.Errorf("%+v", list)
	}
	if got := get(t, s, MonthToDatePath, ""); got.status != 404 || !strings.Contains(string(got.body), `"status":404`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if s.Invoice("2026-10").ID != "" || s.MonthToDate().ID != "" {
		t.Error("the truth has invoices")
	}
}

func TestFaultsMeetInvoices(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	for _, path := range []string{InvoicesPath, InvoicePath("INV-243210"), MonthToDatePath} {
		s.Fail(path, 1, fault.ServerError)
		s.Fail(path, 1, fault.Named("indented"))
		if got := get(t, s, path, ""); got.status != 500 {
			t.Errorf("%s: %d", path, got.status)
		}
		if got := get(t, s, path, ""); got.status != 200 || !strings.HasPrefix(string(got.body), "{\n") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
