package fastlysim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

func TestAnInvoiceFollowsFromUsage(t *testing.T) {
	s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Commitment = number("50000") })})
	for _, invoice := range listInvoices(t, s, "").Data {
		usage := map[string]decimal.Decimal{}
		for _, row := range s.Month(invoice.Start[:7]) {
			usage[row.Name] = row.Quantity
		}
		var total decimal.Decimal
		for _, item := range invoice.Items {
			total = total.Add(item.Amount)
			if item.Group == "CS: CSE" || item.Group == "TLS" || item.Group == "N/A" {
				continue
			}
			if due := item.Units.Mul(item.Rate).Round(2); !due.Equal(item.Amount) || item.ProductName != item.Description {
				t.Fatalf("%s: %+v comes to %s", invoice.Start, item, due)
			}
			usage[item.Description] = usage[item.Description].Sub(item.Units)
		}
		for name, left := range usage {
			if !left.IsZero() {
				t.Errorf("%s: %s of %s are not on the invoice", invoice.Start, left, name)
			}
		}
		if !total.Equal(invoice.Amount) || !total.Equal(total.Round(2)) {
			t.Errorf("%s: lines come to %s, the invoice says %s", invoice.Start, total, invoice.Amount)
		}
		if diff := cmp.Diff(s.Invoice(invoice.Start[:7]).Amount.String(), invoice.Amount.String()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestALineOfUsage(t *testing.T) {
	s := begin(t, Config{Account: invoiced(nil)})
	invoice := listInvoices(t, s, "billing_start_date=2023-03-01&billing_end_date=2023-03-31").Data[0]
	var got []string
	for _, item := range invoice.Items {
		got = append(got, strings.Join([]string{
			item.Description, item.Units.String(), item.Rate.String(), item.Amount.String(),
			item.Group, item.Line, item.Region, item.UsageType,
		}, "|"))
	}
	for _, want := range []string{
		"North America Bandwidth|100000|0.08|8000|Full Site Delivery|Network Services|North America|Bandwidth",
		"North America Bandwidth|200000|0.04|8000|Full Site Delivery|Network Services|North America|Bandwidth",
		"North America Bandwidth|148900|0.015|2233.5|Full Site Delivery|Network Services|North America|Bandwidth",
		"Asia Requests|1461000|0.002|2922|Full Site Delivery|Network Services|Asia|Requests",
		"Customer Success: Enterprise|1|6500|6500|CS: CSE|Services||",
		"TLS Certificates|1|1430|1430|TLS|Services||",
	} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %s in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestWhenAnInvoiceAppears(t *testing.T) {
	late := func(i *account.Invoicing) {
		i.PostedAfter = 3 * account.Day
		i.Late = map[string]time.Duration{"2026-10": 9 * account.Day}
	}
	for _, c := range []struct {
		name   string
		change func(*account.Invoicing)
		now    time.Time
		month  string
		status string
	}{
		{"not before two days are over", nil, time.Date(2026, 11, 2, 23, 59, 59, 0, time.UTC), "2026-10", ""},
		{"after two days", nil, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), "2026-10", "outstanding"},
		{"it is paid after a month", nil, time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC), "2026-10", "paid"},
		{"never for the running month", nil, november, "2026-11", ""},
		{"or as long as is set", late, time.Date(2026, 10, 3, 23, 0, 0, 0, time.UTC), "2026-09", ""},
		{"and then it is there", late, time.Date(2026, 10, 4, 0, 0, 0, 0, time.UTC), "2026-09", "outstanding"},
		{"one month may be late", late, time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC), "2026-10", ""},
		{"and comes at last", late, time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC), "2026-10", "outstanding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Clock: at(c.now), Lag: 30 * time.Hour, Account: invoiced(c.change)})
			if got := s.Invoice(c.month).Status; got != c.status {
				t.Errorf("status %q, want %q", got, c.status)
			}
			listed := ""
			for _, invoice := range listInvoices(t, s, "").Data {
				if invoice.Start[:7] == c.month {
					listed = invoice.Status
				}
			}
			if listed != c.status {
				t.Errorf("listed as %q, want %q", listed, c.status)
			}
		})
	}
}

func TestFees(t *testing.T) {
	customer := invoiced(func(i *account.Invoicing) {
		i.Commitment = number("100000.55")
		i.Currency, i.Currencies = "GBP", map[string]string{"2026-03": "EUR", "2026-09": "USD"}
	})
	s := begin(t, Config{Account: customer})
	items := func(month string) map[string]account.LineItem {
		found := map[string]account.LineItem{}
		for _, item := range s.Invoice(month).Items {
			found[item.Description] = item
		}
		return found
	}
	if got := items("2026-10")["Promotional Credit"]; got.Coupon != "LAUNCH-2025" || !got.Amount.Equal(number("-1200")) {
		t.Errorf("a credit lowers the bill: %+v", got)
	}
	if got, ok := items("2025-06")["Promotional Credit"]; ok {
		t.Errorf("a credit came before its time: %+v", got)
	}
	used := decimal.Zero
	for _, item := range s.Invoice("2026-10").Items {
		if item.UsageType != "" {
			used = used.Add(item.Amount)
		}
	}
	if got := items("2026-10")["commit shortfall"].Amount; !got.Add(used).Equal(number("100000.55")) {
		t.Errorf("usage of %s and a shortfall of %s", used, got)
	}
	for month, want := range map[string]string{"2026-02": "GBP", "2026-03": "EUR", "2026-08": "EUR", "2026-10": "USD"} {
		if got := s.Invoice(month).Currency; got != want {
			t.Errorf("%s is in %s, want %s", month, got, want)
		}
	}
}

func TestACommitmentThatIsReachedHasNoLine(t *testing.T) {
	s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Commitment = number("10") })})
	for _, item := range s.Invoice("2026-10").Items {
		if item.Description == "commit shortfall" {
			t.Errorf("got %+v", item)
		}
	}
}

func TestARestatedMonthHasAnotherStatement(t *testing.T) {
	for _, c := range []struct {
		name    string
		form    account.Reissues
		listed  string
		byOldID string
	}{
		{"which takes the place of the first", account.Replaces, "INV-243180 as INV-243181", "INV-243181"},
		{"or stands beside it", account.Beside, "INV-243181 as INV-243181, INV-243180 as INV-243180", "INV-243180"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Reissues = c.form })})
			before, earlier := s.Invoice("2026-07"), november.Add(-time.Second)
			if err := s.Restate("2026-07", "cdn_usage", "Asia Requests", number("1.25")); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, invoice := range listInvoices(t, s, "billing_start_date=2026-07-01&billing_end_date=2026-07-31").Data {
				got = append(got, invoice.ID+" as "+invoice.Statement)
			}
			if strings.Join(got, ", ") != c.listed {
				t.Errorf("got %v, want %s", got, c.listed)
			}
			var old invoiceAnswer
			get(t, s, InvoicePath("INV-243180"), "").decode(t, &old)
			if old.Statement != c.byOldID {
				t.Errorf("the old id has %s", old.Statement)
			}
			after := s.Invoice("2026-07")
			if !after.Amount.GreaterThan(before.Amount) || !after.Posted.Equal(november) || !after.Amount.Equal(account.AmountOf(after.Items)) {
				t.Errorf("restated to %s of %s from %s", after.Amount, after.Posted, before.Amount)
			}
			if was := s.InvoiceAt("2026-07", earlier); !was.Amount.Equal(before.Amount) || was.Statement != "INV-243180" {
				t.Errorf("before, it was %s of %s", was.Amount, was.Statement)
			}
			if err := s.Restate("2026-07", "cdn_usage", "Asia Requests", number("0.5")); err != nil {
				t.Fatal(err)
			}
			if again := s.Invoice("2026-07"); again.Statement != "INV-243182" || !again.Amount.LessThan(before.Amount) {
				t.Errorf("the second time: %s over %s", again.Statement, again.Amount)
			}
		})
	}
}

func TestAMonthRestatedBeforeItsInvoiceHasOne(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	s := begin(t, Config{Clock: at(now), Account: invoiced(nil)})
	if err := s.Restate("2026-10", "cdn_usage", "Asia Requests", number("2")); err != nil {
		t.Fatal(err)
	}
	if got := s.InvoiceAt("2026-10", now.Add(account.Day)); got.Statement != "INV-243210" || !got.Posted.Equal(got.Start) {
		t.Errorf("%s of %s", got.Statement, got.Posted)
	}
}

func TestExactRowsAreInvoicedToo(t *testing.T) {
	s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.Fees = nil })})
	row, unknown := exactRow(), exactRow()
	unknown.UsageType, unknown.ProductID, unknown.Region = "Moon Requests", "moon", ""
	s.Set(row, unknown)
	got := s.Invoice("2026-09")
	if len(got.Items) != 2 || got.Amount.String() != "146.02" || !got.Items[1].Rate.IsZero() || got.Items[1].Group != "Unknown" {
		t.Errorf("got %+v", got)
	}
}

func TestAnInvoicedAccountMayHaveNoUsageRows(t *testing.T) {
	s := begin(t, Config{Account: invoiced(func(i *account.Invoicing) { i.WithoutUsage, i.WithoutServices = true, true })})
	if got := get(t, s, UsagePath, "start_month=2026-10&end_month=2026-10"); string(got.body) != `{"data":[]}` {
		t.Errorf("got %s", got.body)
	}
	var services serviceAnswer
	get(t, s, ServicePath, oneMonth+onePair).decode(t, &services)
	if len(services.Data.Details) != 0 {
		t.Errorf("%d services", len(services.Data.Details))
	}
	if len(s.Month("2026-10")) == 0 || len(s.Invoice("2026-10").Items) < 20 {
		t.Error("the truth has gone too")
	}
	both := begin(t, Config{Account: invoiced(nil)})
	var usage usageAnswer
	get(t, both, UsagePath, "start_month=2026-10&end_month=2026-10").decode(t, &usage)
	if len(usage.Data) != 20 || len(both.Invoices()) == 0 {
		t.Error("an account cannot have both")
	}
}

func TestStartRefusesInvoicesThatCannotBe(t *testing.T) {
	priced := func(tiers ...account.Tier) account.Account {
		types := account.DefaultUsageTypes()
		types[0].Price.Tiers = tiers
		return account.Account{Types: types}
	}
	for _, c := range []struct {
		name    string
		account account.Account
		says    string
	}{
		{"a fee begins in a month", invoiced(func(i *account.Invoicing) { i.Fees[0].From = "2026" }), `"2026" is not a month`},
		{"a fee ends in a month", invoiced(func(i *account.Invoicing) { i.Fees[0].Until = "June" }), `"June" is not a month`},
		{"a currency changes in a month", invoiced(func(i *account.Invoicing) { i.Currencies = map[string]string{"2026-13": "EUR"} }), "is not a month"},
		{"a month is late", invoiced(func(i *account.Invoicing) { i.Late = map[string]time.Duration{"x": account.Day} }), `"x" is not a month`},
		{"the last step has no end", priced(account.Tier{UpTo: number("5")}), "ends somewhere"},
		{"the other steps have one", priced(account.Tier{}, account.Tier{}), "ends somewhere"},
		{"steps rise", priced(account.Tier{UpTo: number("5")}, account.Tier{UpTo: number("5")}, account.Tier{}), "which is not after 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Start(Config{Token: "x", Account: c.account})
			if err == nil {
				_ = s.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %s in it", err, c.says)
			}
		})
	}
}
