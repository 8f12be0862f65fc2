package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func TestTheVersionOfCostFollowsTheBill(t *testing.T) {
	version := func(keys string, change func(*billing.Bill)) string {
		bill := alertstest.NovemberBill()
		change(bill)
		return billed(t, keys, bill)[0].Version
	}
	same := func(*billing.Bill) {}
	whole, part := "budget: 70000 USD", "service: shop-www, budget: 1000 USD"
	for _, tt := range []struct {
		name   string
		change func(*billing.Bill)
		moves  bool
	}{
		{"the same bill", same, false},
		{"another amount", func(b *billing.Bill) { b.Charges[0].Amount = decimal.New(1, 0) }, true},
		{"another instant", func(b *billing.Bill) { b.AsOf = alertstest.AsOf.Add(4 * time.Hour) }, true},
		{"a charge less", func(b *billing.Bill) { b.Charges = b.Charges[:5] }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, keys := range []string{whole, part} {
				if moved := version(keys, tt.change) != version(keys, same); moved != tt.moves {
					t.Errorf("of %s it moves: %t", keys, moved)
				}
			}
			if version(alertstest.Bandwidths+"budget: 1 TB", tt.change) != version(alertstest.Bandwidths+"budget: 1 TB", same) {
				t.Error("the version of usage follows the bill")
			}
		})
	}
}

// fakeBills answers as its fields do. A call of one that is not set fails the test.
type fakeBills struct {
	t           *testing.T
	invoices    func(months billing.Range) ([]billing.Bill, error)
	monthToDate func(ctx context.Context) (billing.Bill, error)
}

func (f *fakeBills) Bills(_ context.Context, months billing.Range) ([]billing.Bill, error) {
	if f.invoices == nil {
		f.t.Errorf("Bills was called with %s", months)
		return nil, nil
	}
	return f.invoices(months)
}

func (f *fakeBills) MonthToDate(ctx context.Context) (billing.Bill, error) {
	if f.monthToDate == nil {
		f.t.Error("MonthToDate was called")
		return billing.Bill{}, nil
	}
	return f.monthToDate(ctx)
}

// newBillBench is a bench with a budget of usage and one of money, that remembers what it recorded.
func newBillBench(t *testing.T, bills *fakeBills) (*bench, *alerts.Outcome) {
	b := newBench(t, `defaults: {channel: cdn}
rules:
  - {name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}
  - {name: cost, budget: 70000 USD}`)
	bills.t, b.Bills = t, bills
	recorded := &alerts.Outcome{}
	b.ledger.OnRecord = func(outcome alerts.Outcome) error {
		*recorded = outcome
		return nil
	}
	return b, recorded
}

func noInvoices(billing.Range) ([]billing.Bill, error) { return nil, nil }

// budgetStates writes what was recorded as "rule used: why unknown", one each.
func budgetStates(o *alerts.Outcome) string {
	var lines []string
	for _, s := range o.BudgetStates {
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", s.Rule, s.Used, s.Unknown), ": "))
	}
	return strings.Join(lines, "; ")
}

func TestCheckReadsTheBillWhereABudgetIsOfMoney(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(context.Context) (billing.Bill, error)
		want   string // of the budget of money
		failed bool   // the check ends with an error
	}{
		{"Fastly's estimate of the month", func(context.Context) (billing.Bill, error) { return *alertstest.NovemberBill(), nil }, "cost 59908.43", false},
		{
			"a bill that fails leaves usage as it is",
			func(context.Context) (billing.Bill, error) {
				return billing.Bill{}, &billing.TransportError{Path: "/billing/v3/invoices/month-to-date", Kind: billing.ErrUnreachable}
			},
			"cost 0: Fastly can't be reached", true,
		},
		{
			"one that does not come in time too",
			func(ctx context.Context) (billing.Bill, error) {
				<-ctx.Done()
				return billing.Bill{}, &billing.TransportError{Kind: billing.ErrTimeout}
			},
			"cost 0: Fastly did not answer in time", true,
		},
		{
			"an account without an estimate is no failure",
			func(context.Context) (billing.Bill, error) {
				return billing.Bill{}, fmt.Errorf("read it: %w", billing.ErrNoEstimate)
			},
			"cost 0: Fastly gives no month-to-date estimate for this account (for example, because it gets no invoices or a parent account is billed)",
			false,
		},
		{
			"an estimate of the month before is not this month's",
			func(context.Context) (billing.Bill, error) {
				bill := *alertstest.NovemberBill()
				bill.Month = alertstest.November.Add(-1)
				return bill, nil
			},
			"cost 0: Fastly's estimate is still that of the month before", false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, recorded := newBillBench(t, &fakeBills{monthToDate: tt.answer, invoices: noInvoices})
				result := b.RunOnce(t.Context(), alertstest.Noon)
				if got, want := budgetStates(recorded), "na 402600000000000; "+tt.want; got != want {
					t.Errorf("recorded %s; want %s", got, want)
				}
				if (result.Err != nil) != tt.failed {
					t.Errorf("the check ended with %v", result.Err)
				}
			})
		})
	}
}

func TestACheckWithoutItsBill(t *testing.T) {
	unreachable := &billing.TransportError{Path: "/billing/v3/invoices/month-to-date", Kind: billing.ErrUnreachable}
	none := func(*bench) {}
	for _, tt := range []struct {
		name     string
		breaks   func(*bench)
		bill     error
		failure  string // as recorded
		onlyBill bool
		incident string // "kind, state" that is watched for operators
	}{
		{"a check that read everything succeeds", none, nil, "", false, ""},
		{"the check has not failed where only the bill can't be read, and the bot tells operators about the bill", none, unreachable, "", true, "bill, watched"},
		{"usage that cannot be read as well is one", func(b *bench) {
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return nil, billing.ErrTimeout }
		}, unreachable, "Fastly did not answer in time", false, "failing, watched"},
		{"so are findings that cannot be recorded", func(b *bench) {
			b.ledger.OnRecord = func(alerts.Outcome) error { return errors.New("disk full") }
		}, unreachable, "the check failed", false, "failing, watched"},
		{"an end that cannot be recorded is more than a bill", func(b *bench) {
			b.ledger.OnFinish = func(_ string, _ time.Time, failure string) error {
				b.finished = append(b.finished, failure)
				return errors.New("disk full")
			}
		}, unreachable, "", false, "bill, watched"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBillBench(t, &fakeBills{invoices: noInvoices, monthToDate: func(context.Context) (billing.Bill, error) {
				return *alertstest.NovemberBill(), tt.bill
			}})
			var incidents []string
			b.ledger.Health = func(o alerts.Outcome) error {
				for _, e := range o.Incidents {
					if e.Kind != alerts.IncidentUnknown {
						incidents = append(incidents, string(e.Kind)+", "+string(e.State))
					}
				}
				return nil
			}
			tt.breaks(b)
			got := b.RunOnce(t.Context(), alertstest.Noon)
			if (got.Err != nil) != (tt.bill != nil) || got.OnlyBillUnread() != tt.onlyBill || got.Failure != tt.failure {
				t.Errorf("the check ended with %v, for the bill alone %t, failure %q", got.Err, got.OnlyBillUnread(), got.Failure)
			}
			if len(b.finished) != 1 || b.finished[0] != tt.failure {
				t.Errorf("recorded failures %q, want %q", b.finished, tt.failure)
			}
			if got := strings.Join(incidents, "; "); got != tt.incident {
				t.Errorf("incidents %q, want %q", got, tt.incident)
			}
		})
	}
}

// TestOperatorsHearOfTheBillOfTheMonthBefore, and by the incident all replicas do: the month before is checked as well.
func TestOperatorsHearOfTheBillOfTheMonthBefore(t *testing.T) {
	down := &billing.TransportError{Path: "/billing/v3/invoices", Kind: billing.ErrUnreachable}
	for _, tt := range []struct {
		name              string
		invoice, estimate error
		want              billing.Month // of the trouble; zero for the running month
		lasts             bool
	}{
		{"both are read", nil, nil, billing.Month{}, false},
		{"only the bill of the month before is not", down, nil, alertstest.October, true},
		{"only that of the running month is not", nil, down, billing.Month{}, true},
		{"neither is: the running month matters more", down, down, billing.Month{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBillBench(t, &fakeBills{
				invoices:    func(billing.Range) ([]billing.Bill, error) { return nil, tt.invoice },
				monthToDate: func(context.Context) (billing.Bill, error) { return *alertstest.NovemberBill(), tt.estimate },
			})
			b.lateDay = time.Time{}
			october := alertstest.BandwidthTo(alertstest.October, "North America", 400_000, 31)
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
				return append(alertstest.Account(), october), nil
			}
			b.ledger.OnBudgetStates = func(m billing.Month) ([]alerts.BudgetState, error) {
				if m == alertstest.October {
					return []alerts.BudgetState{{BudgetID: alerts.BudgetID{Rule: "cost", Month: m}}}, nil
				}
				return nil, nil
			}
			var recorded []alerts.Incident
			b.ledger.Health = func(o alerts.Outcome) error { recorded = append(recorded, o.Incidents...); return nil }
			b.RunOnce(t.Context(), alertstest.Noon)
			recorded = slices.DeleteFunc(recorded, func(e alerts.Incident) bool { return e.Kind != alerts.IncidentBill })
			if lasts := alerts.UnreadBill(recorded) != ""; lasts != tt.lasts || lasts && recorded[0].Report.Trouble.BillOf != tt.want {
				t.Errorf("incidents %+v", recorded)
			}
		})
	}
}

// TestCheckReadsNoBillForUsage: the bill costs calls, and is read where a rule needs it.
func TestCheckReadsNoBillForUsage(t *testing.T) {
	b := newBench(t, checkedRule)
	b.Bills = &fakeBills{t: t}
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	if result := b.RunOnce(t.Context(), alertstest.Noon); result.Err != nil {
		t.Fatal(result.Err)
	}
}

// TestTheLastEstimateStandsUntilThereIsAnInvoice: of a month that is over a budget of money is held against the invoice, and
// left alone before there is one.
func TestTheLastEstimateStandsUntilThereIsAnInvoice(t *testing.T) {
	invoice := *alertstest.NovemberBill()
	invoice.Invoices, invoice.AsOf = []string{"1042"}, time.Time{}
	invoice.Charges = append(invoice.Charges, alertstest.Charge(billing.ChargeFixed, "TLS", "TLS", "", "2000", ""))
	december2 := time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		invoices []billing.Bill
		err      error
		want     string
	}{
		{"before there is one", nil, nil, "na 402600000000000"},
		{"once there is one", []billing.Bill{invoice}, nil, "na 402600000000000; cost 61908.43"},
		{"where that cannot be known", nil, errors.New("reset"), "na 402600000000000; cost 59908.43: the check failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBillBench(t, &fakeBills{
				invoices: func(months billing.Range) ([]billing.Bill, error) {
					if months.Len() == billing.InvoiceLag { // December's forecast looks at the newest invoice too
						return nil, nil
					}
					if months != billing.One(alertstest.November) {
						t.Errorf("bills of %s were asked for", months)
					}
					return tt.invoices, tt.err
				},
				monthToDate: func(context.Context) (billing.Bill, error) {
					return billing.Bill{Month: alertstest.November.Add(1)}, nil
				},
			})
			b.ledger.OnBudgetStates = func(_ billing.Month) ([]alerts.BudgetState, error) {
				var all []alerts.BudgetState
				for _, rule := range b.Rules().Rules {
					s := alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: rule.Name, Month: alertstest.November}, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Version: "v", Revision: 1}
					if rule.IsMoney() {
						s.Used = decimal.RequireFromString("59908.43")
					}
					all = append(all, s)
				}
				return all, nil
			}
			var late string
			b.ledger.OnRecord = func(outcome alerts.Outcome) error {
				if len(outcome.BudgetStates) > 0 && outcome.BudgetStates[0].Month == alertstest.November {
					late = budgetStates(&outcome)
				}
				return nil
			}
			b.RunOnce(t.Context(), december2)
			if late != tt.want {
				t.Errorf("recorded of November: %s; want %s", late, tt.want)
			}
		})
	}
}
