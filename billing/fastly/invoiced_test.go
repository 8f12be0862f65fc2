package fastly

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/billing/source"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// invoiced starts an account that gets invoices. On its clock June 2023 runs, and every month before it is invoiced.
func invoiced(t *testing.T, config fastlysim.Config, change func(*account.Invoicing)) (*fastlysim.Server, *Client) {
	t.Helper()
	config.Account.Invoices = account.DefaultInvoicing()
	change(config.Account.Invoices)
	server := startFastly(t, config)
	client := quick(server.URL())
	client.EstimateEvery, client.MaxPages = time.Millisecond, 100
	return server, newClient(t, client)
}

var june2023 = billing.NewMonth(2023, time.June)

// lines writes charges, or the lines of the simulator's invoice, to compare them.
func lines(bill billing.Bill) (lines []string) {
	for _, c := range bill.Charges {
		lines = append(lines, strings.Join([]string{c.Name, c.Region, c.What, c.Amount.String(), c.Units.Decimal.String(), c.Rate.Decimal.String()}, "|"))
	}
	return lines
}

func trueLines(invoice account.Invoice) (lines []string) {
	for _, i := range invoice.Items {
		lines = append(lines, strings.Join([]string{i.Description, i.Region, i.UsageType, i.Amount.String(), i.Units.String(), i.Rate.String()}, "|"))
	}
	return lines
}

func checkBilled(t *testing.T, invoice account.Invoice, bill billing.Bill) {
	t.Helper()
	if diff := cmp.Diff(trueLines(invoice), lines(bill)); diff != "" || len(invoice.Items) < 10 {
		t.Errorf("lines of %s (-want +got):\n%s", bill.Month, diff)
	}
	if !bill.Total.Equal(invoice.Amount) || bill.Currency != "USD" || bill.Month.String() != invoice.Month {
		t.Errorf("bill of %s is over %s %s, in truth of %s over %s", bill.Month, bill.Total, bill.Currency, invoice.Month, invoice.Amount)
	}
	checkSum(t, bill)
}

func TestClientReadsWhatIsBilled(t *testing.T) {
	for i, numbers := range []fastlysim.NumberForm{fastlysim.Plain, fastlysim.Quoted, fastlysim.Exponent} {
		t.Run(fmt.Sprintf("numbers %d", numbers), func(t *testing.T) {
			server, client := invoiced(t, fastlysim.Config{Numbers: numbers, ExtraFields: i == 1}, func(rules *account.Invoicing) {
				rules.Pending, rules.Commitment = 3, decimal.New(1, 9)
			})
			bills, err := client.Bills(t.Context(), billing.Range{First: june2023.Add(-14), Last: june2023})
			if err != nil || len(bills) != 14 {
				t.Fatalf("%d bills, %v; want those of the 14 months that are over", len(bills), err)
			}
			for _, bill := range bills {
				checkBilled(t, server.Invoice(bill.Month.String()), bill)
				kinds := map[billing.ChargeKind]int{}
				for _, c := range bill.Charges {
					kinds[c.Kind]++
				}
				if kinds[billing.ChargeFixed] != 3 || kinds[billing.ChargeUsage] != len(bill.Charges)-3 || len(bill.Remarks) > 0 {
					t.Errorf("%s has charges of %v, and remarks %v; want support, TLS and a shortfall fixed", bill.Month, kinds, bill.Remarks)
				}
			}
			estimate, err := client.MonthToDate(t.Context())
			if err != nil || !estimate.IsEstimate() || !estimate.AsOf.Equal(time.Date(2023, 6, 20, 9, 0, 0, 0, time.UTC)) {
				t.Fatalf("estimate is as of %s, %v", estimate.AsOf, err)
			}
			checkBilled(t, server.MonthToDate(), estimate)
		})
	}
}

func TestAMonthThatWasInvoicedAgainCountsOnce(t *testing.T) {
	for _, tt := range []struct {
		name     string
		reissues account.Reissues
		remark   bool
	}{
		{"in place of the first invoice", account.Replaces, false},
		{"beside the first invoice", account.Beside, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, client := invoiced(t, fastlysim.Config{}, func(rules *account.Invoicing) { rules.Reissues = tt.reissues })
			may := june2023.Add(-1)
			if err := server.Restate(may.String(), "cdn_usage", "Asia Requests", dec("1.5")); err != nil {
				t.Fatal(err)
			}
			bills, err := client.Bills(t.Context(), billing.One(may))
			if err != nil || len(bills) != 1 {
				t.Fatalf("%d bills, %v", len(bills), err)
			}
			checkBilled(t, server.Invoice(may.String()), bills[0])
			if tt.remark != (len(bills[0].Remarks) == 1) {
				t.Errorf("remarks are %q", bills[0].Remarks)
			}
		})
	}
}

func TestAnAccountWhoseParentPays(t *testing.T) {
	for _, tt := range []struct {
		estimates account.Estimates
		status    int
	}{{account.ParentPays, 422}, {account.NotFound, 404}} {
		_, client := invoiced(t, fastlysim.Config{}, func(rules *account.Invoicing) { rules.Estimates = tt.estimates })
		var api *billing.APIError
		if _, err := client.MonthToDate(t.Context()); !errors.Is(err, billing.ErrNoEstimate) || !errors.As(err, &api) || api.Status != tt.status {
			t.Errorf("error is %v", err)
		}
	}
}

// selectorOf connects everything as the service does.
func selectorOf(t *testing.T, server *fastlysim.Server, client *Client) *source.Selector {
	t.Helper()
	now := func() time.Time { return june2023.Start().Add(19*24*time.Hour + 9*time.Hour) }
	bills := source.NewBillCache(client, now)
	usage := source.NewInvoiceUsage(bills.Fresh(), client, now)
	t.Cleanup(func() { usage.Close(); bills.Close(); server.Heal() })
	return &source.Selector{Metrics: client, Invoices: usage, Bills: bills, Now: now}
}

func TestTheSourceOfEachKindOfAccount(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*account.Invoicing)
		want   billing.Origin
		rows   bool
	}{
		{"invoices alone", func(i *account.Invoicing) { i.WithoutUsage = true }, billing.FromInvoices, true},
		{"invoices alone, and no estimate", func(i *account.Invoicing) { i.WithoutUsage, i.Estimates = true, account.ParentPays }, billing.FromInvoices, true},
		{"invoices and usage", func(*account.Invoicing) {}, billing.FromMetrics, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, client := invoiced(t, fastlysim.Config{}, tt.change)
			chooser := selectorOf(t, server, client)
			rows, err := chooser.Usage(t.Context(), billing.Range{First: june2023.Add(-2), Last: june2023})
			if err != nil || chooser.Origin() != tt.want || (len(rows) > 0) != tt.rows {
				t.Errorf("%d rows from %s, %v", len(rows), chooser.Origin(), err)
			}
		})
	}
}

func TestUsageOfInvoicesIsWhatFastlyCounted(t *testing.T) {
	server, client := invoiced(t, fastlysim.Config{}, func(i *account.Invoicing) { i.WithoutUsage = true })
	may := june2023.Add(-1)
	chooser := selectorOf(t, server, client)
	rows, err := chooser.Usage(t.Context(), billing.Range{First: may, Last: june2023})
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for _, row := range server.Invoice(may.String()).Items {
		if row.UsageType != "" {
			want[row.Description+"|"+row.Region] = dec("0" + want[row.Description+"|"+row.Region]).Add(row.Units).String()
		}
	}
	for _, u := range rows {
		if u.Month == may {
			got[u.UsageType+"|"+u.Region] = u.Quantity.String()
		}
		if counted := map[billing.Month]time.Time{may: may.End(), june2023: chooser.Now()}[u.Month]; !u.CountedTo.Equal(counted) {
			t.Errorf("%s of %s counts to %s", u.UsageType, u.Month, u.CountedTo)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 10 {
		t.Errorf("units (-want +got):\n%s", diff)
	}
}

func TestServicesOfAnAccountWithInvoicesAlone(t *testing.T) {
	may := june2023.Add(-1)
	for _, envelope := range []fastlysim.Envelope{fastlysim.DataObject, fastlysim.DataList, fastlysim.BareObject} {
		t.Run(fmt.Sprintf("envelope %d", envelope), func(t *testing.T) {
			config := fastlysim.Config{Service: envelope, Account: account.Account{Services: 150}}
			server, client := invoiced(t, config, func(i *account.Invoicing) { i.WithoutUsage = true })
			chooser := selectorOf(t, server, client)
			chooser.Fixed = billing.FromInvoices
			got, want := map[string]string{}, map[string]string{}
			for _, row := range server.Services(may.String(), "cdn_usage", "Europe Requests") {
				want[row.ServiceID] = row.Units.String()
			}
			query := billing.ServiceQuery{Month: may, Product: "Full Site Delivery", UsageType: "Europe Requests"}
			err := chooser.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error {
				for _, u := range page {
					got[u.ServiceID] = u.Quantity.String()
				}
				return nil
			})
			if diff := cmp.Diff(want, got); diff != "" || err != nil || len(want) < 100 {
				t.Errorf("%v; services (-want +got):\n%s", err, diff)
			}
		})
	}
	t.Run("the earlier revision wants product ids", func(t *testing.T) {
		server, client := invoiced(t, fastlysim.Config{Revision: fastlysim.Seed}, func(i *account.Invoicing) { i.WithoutUsage = true })
		chooser := selectorOf(t, server, client)
		chooser.Fixed = billing.FromInvoices
		err := chooser.ServiceUsage(t.Context(), billing.ServiceQuery{Month: may, Product: "Full Site Delivery", UsageType: "Europe Requests"}, nil)
		if !errors.Is(err, billing.ErrNoServices) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestUsageAndBillOfTheSameAccountAgree(t *testing.T) {
	_, client := invoiced(t, fastlysim.Config{}, func(*account.Invoicing) {})
	may := june2023.Add(-1)
	rows, err := client.Usage(t.Context(), billing.One(may))
	if err != nil {
		t.Fatal(err)
	}
	bills, err := client.Bills(t.Context(), billing.One(may))
	if err != nil {
		t.Fatal(err)
	}
	if apart := report.Difference(rows, bills[0]); len(apart) > 0 {
		t.Errorf("they differ by %v", apart)
	}
	products := billing.CatalogOf(rows).ProductIDs()
	for _, c := range bills[0].WithProducts(rows).Charges {
		if c.Kind == billing.ChargeUsage && !slices.Contains(products, c.Product) {
			t.Errorf("%s is of %s", c.Name, c.Product)
		}
	}
}

// What goes wrong at an endpoint must never become a wrong amount.
func TestMoneyAgainstEveryFault(t *testing.T) {
	server, _ := invoiced(t, fastlysim.Config{}, func(*account.Invoicing) {})
	may := june2023.Add(-1)
	for _, path := range []string{fastlysim.InvoicesPath, fastlysim.MonthToDatePath} {
		want := map[string]string{may.String(): server.Invoice(may.String()).Amount.String()}
		if path == fastlysim.MonthToDatePath {
			want = map[string]string{june2023.String(): server.MonthToDate().Amount.String()}
		}
		for _, failing := range fault.List() {
			if failing.Path != "" || failing.Pad > 1<<20 {
				continue
			}
			t.Run(failing.Name+" at "+path, func(t *testing.T) {
				server.Heal()
				server.Fail(path, 0, failing)
				config := quick(server.URL())
				config.EstimateEvery, config.EstimateWithin = time.Millisecond, 5*time.Millisecond
				if failing.Line != fault.LineHolds || failing.Trickle > 0 {
					config.AttemptTimeout = 300 * time.Millisecond
				}
				got, err := totals(t, newClient(t, config), path, may)
				if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
					t.Errorf("the token leaks: %v", err)
				}
				estimate := path == fastlysim.MonthToDatePath
				if estimate && failing.Status == http.StatusAccepted {
					failing.Kind = fault.Unreachable // it is asked for again, until time is up
				}
				if estimate && failing.Outcome == fault.HasNoData {
					failing.Outcome, failing.Kind = fault.Refuses, fault.NotUnderstood // an estimate is one, or a 404
				}
				if failing.Rewrite == nil && !errors.Is(err, billing.ErrNoEstimate) {
					checkOutcome(t, failing, got, want, err)
				} else if diff := cmp.Diff(want, got); diff != "" && err == nil {
					t.Errorf("amounts (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// totals reads one endpoint of money.
func totals(t *testing.T, client *Client, path string, month billing.Month) (map[string]string, error) {
	t.Helper()
	var bills []billing.Bill
	var err error
	if path == fastlysim.InvoicesPath {
		bills, err = client.Bills(t.Context(), billing.One(month))
	} else {
		bills = make([]billing.Bill, 1)
		bills[0], err = client.MonthToDate(t.Context())
	}
	totals := map[string]string{}
	for _, bill := range bills {
		totals[bill.Month.String()] = bill.Total.String()
	}
	return totals, err
}
