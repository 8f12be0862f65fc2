package fastly

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/billing/statement"
)

// seeds adds every file of a folder of testdata; without any, fuzzing would begin with nothing and prove nothing.
func seeds(f *testing.F, folder string) {
	f.Helper()
	for _, body := range corpus(f, folder) {
		f.Add(body)
	}
}

// checkDecoded holds for any body at all: it is refused with a reason, or its figures can be believed.
func checkDecoded(t *testing.T, err error) (refused bool) {
	t.Helper()
	var body *billing.BodyError
	if err != nil && (!errors.As(err, &body) || body.Reason == "") {
		t.Fatalf("refused without a reason: %v", err)
	}
	return err != nil
}

func FuzzDecodeUsage(f *testing.F) {
	seeds(f, "usage")
	january := billing.NewMonth(2023, time.January)
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, _, err := decodeUsage(body, billing.One(january))
		if checkDecoded(t, err) {
			return
		}
		for _, u := range rows {
			if u.Unread != "" {
				checkAside(t, u.Month == january && u.Quantity.IsZero() && !u.Raw.Valid, u.Unread)
				continue
			}
			if u.Month != january || u.Product == "" || u.UsageType == "" || u.Unit == "" || u.Quantity.IsNegative() ||
				u.Quantity.GreaterThan(billing.MaxRaw) || u.Raw.Decimal.IsNegative() || u.CountedTo.After(january.End()) {
				t.Fatalf("read %+v", u)
			}
		}
		rows, unread := billing.Readable(rows)
		table := report.Tabulate(report.Question{Months: billing.One(january)}, report.Data{Rows: rows, Unread: unread}, longAfter)
		if len(rows) > 0 != (len(table.Groups)+len(table.LeftOut) > 0) || len(unread) > 0 != (len(table.LeftOut) > 0) {
			t.Fatalf("%d rows make %d groups, and %d unread ones %d", len(rows), len(table.Groups), len(unread), len(table.LeftOut))
		}
	})
}

// checkAside holds for whatever was set aside: it has no figure, and its reason fits on a line.
func checkAside(t *testing.T, empty bool, why string) {
	t.Helper()
	if !empty || len([]rune(why)) > billing.MaxTitle || why != billing.Clean(why) {
		t.Fatalf("set aside with a figure or a reason that is not fit to print: %q", why)
	}
}

func FuzzDecodeServiceUsage(f *testing.F) {
	seeds(f, "services")
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "North America Requests"}
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := decodeServiceUsage(body, query, "")
		rows, next := page.rows, page.next
		if checkDecoded(t, err) {
			return
		}
		for _, u := range rows {
			if u.Unread != "" {
				checkAside(t, u.Month == query.Month && u.Quantity.IsZero(), u.Unread)
				continue
			}
			if u.Month != query.Month || u.ServiceID == "" || u.Unit == "" || u.Quantity.IsNegative() || u.Quantity.GreaterThan(billing.MaxRaw) {
				t.Fatalf("read %+v", u)
			}
		}
		if len(next.cursor) > maxCursor {
			t.Fatalf("a cursor of %d bytes", len(next.cursor))
		}
	})
}

func FuzzDecodeInvoice(f *testing.F) {
	f.Add([]byte(published))
	f.Add([]byte(estimateBody))
	f.Add([]byte(`{"data":[` + dated("INV-2", "2026-08-20T00:00:00Z", "2892.03", supportLine, asiaLine) + `,` + julyInvoice("2892.03", supportLine) + `]}`))
	for _, good := range goodInvoices {
		f.Add([]byte(good.body))
	}
	for _, bad := range badInvoices {
		f.Add([]byte(`{"data":[` + bad.body + `],"meta":{"next_cursor":"x"}}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if read, err := decodeEstimate(body); !checkDecoded(t, err) {
			checkBill(t, read.Estimate())
		}
		listed, _, err := decodeInvoices(body)
		if checkDecoded(t, err) {
			return
		}
		for _, bill := range statement.Bills(listed) {
			if bill.IsEstimate() {
				t.Fatalf("a bill without an invoice: %+v", bill)
			}
			checkBill(t, bill)
		}
	})
}

// checkBill holds for every bill: it sums to the cent, and every charge is of a kind that goes with its figures.
func checkBill(t *testing.T, bill billing.Bill) {
	t.Helper()
	checkSum(t, bill)
	if bill.Month.IsZero() || bill.AsOf.After(bill.Month.End()) || bill.Currency != "" && len(bill.Currency) != 3 {
		t.Fatalf("read %+v", bill)
	}
	for _, c := range bill.Charges {
		usable := c.Kind == billing.ChargeFixed || c.Kind == billing.ChargeCredit && !c.Amount.IsPositive() || c.Kind == billing.ChargeUsage && c.Units.Valid && !c.Amount.IsNegative()
		if c.Name == "" || !usable || c.Amount.Abs().GreaterThan(decimal.New(1, 20)) {
			t.Fatalf("read %+v", c)
		}
	}
	bill.Rates()
	bill.MarginalRates()
}

func FuzzDecodeDays(f *testing.F) {
	for _, body := range []string{
		`{"status":"success","data":[{"start_time":1793491200,"bandwidth":1,"requests":2,"compute_requests":"3"}]}`,
		`{"status":"success","data":{"A":[{"service_id":"A","start_time":1793491200,"bandwidth":1}]}}`,
		`{"status":"success","data":{"A":[{"start_time":1793491200,"bandwidth":1},{"start_time":1793491200,"bandwidth":1e2}]}}`,
		`{"status":"success","data":null}`, `{"status":"error"}`, `[]`,
	} {
		f.Add([]byte(body))
	}
	days := billing.Days{First: day(1), Last: day(3)}
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, err := decodeTraffic(body, days)
		checkDecoded(t, err)
		gathered := newServiceDays(days)
		for field := range 2 {
			checkDecoded(t, gathered.add(field, body))
			gathered.has[0][1-field] = gathered.has[0][field]
		}
		for _, row := range append(rows, gathered.rows()...) {
			if !days.Contains(row.Day) || row.Bandwidth.IsNegative() || row.Bandwidth.GreaterThan(billing.MaxRaw) || row.Requests.IsNegative() || row.ComputeRequests.IsNegative() {
				t.Fatalf("read %+v", row)
			}
		}
	})
}
