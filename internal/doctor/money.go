package doctor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
)

// money is what the doctor found of the account's bills.
type money struct {
	bills       []billing.Bill // of the months that are over
	billsErr    error
	estimate    billing.Bill // of the month that runs
	estimateErr error
	servesUsage bool // usage is read from it too
}

// readMoney reads the bills of the two months before this one, and the estimate.
func readMoney(ctx context.Context, client *fastly.Client) *money {
	m := &money{}
	months := service.LastMonths(time.Now())
	months.Last = months.Last.Add(-1)
	m.bills, m.billsErr = client.Bills(ctx, months)
	m.estimate, m.estimateErr = client.MonthToDate(ctx)
	return m
}

// newest is the bill that money budgets are compared with; nil if there is none.
func (m *money) newest() *billing.Bill {
	if m.estimateErr == nil {
		return &m.estimate
	}
	return billing.NewestKnown(m.bills)
}

// isThere reports whether this account is invoiced, as far as that could be read.
func (m *money) isThere() bool { return len(m.bills) > 0 || m.estimateErr == nil }

// serveUsage takes usage from the bills, as the service does for such an account.
func (m *money) serveUsage(months billing.Range, why string, found *Examination) []billing.Usage {
	m.servesUsage = true
	var rows []billing.Usage
	for _, bill := range m.bills {
		rows = append(rows, bill.Usage()...)
	}
	if m.estimateErr == nil {
		rows = append(rows, m.estimate.Usage()...)
	}
	if len(rows) == 0 {
		found.fail("Fastly usage", "ask Fastly what the invoices count", "%s, and its invoices of %s count nothing", why, months)
		return nil
	}
	found.ok("Fastly usage", "%s, and usage is read from its invoices: %s", why,
		blocks.Counted(len(billing.CatalogOf(rows).UsageTypes("")), "usage type"))
	return rows
}

// examine reports which bills are available, and which budgets depend on them. rules is nil if they could not be read.
func (m *money) examine(rows []billing.Usage, rules *rules.Rules, found *Examination) {
	switch {
	case m.estimateErr == nil:
		m.examineEstimate(found)
	case errors.Is(m.estimateErr, billing.ErrNoEstimate) && m.billsErr == nil:
		m.examineWithoutEstimate(rules, found)
	case errors.Is(m.estimateErr, billing.ErrNoEstimate):
		m.unread(m.billsErr, rows, found)
	default:
		m.unread(m.estimateErr, rows, found)
	}
	for _, bill := range m.bills {
		if bill.Unknown != "" {
			found.warn("Fastly bill", "ask Fastly about this month's statements", "%s is unclear, and cost budgets have no figure: %s", bill.Month, bill.Unknown)
		}
		for _, remark := range bill.Remarks {
			found.warn("Fastly bill", "", "%s: %s", bill.Month, remark)
		}
	}
}

// unread reports bills that could not be read; it is a failure if there are no usage rows either.
func (m *money) unread(err error, rows []billing.Usage, found *Examination) {
	say := found.fail
	if len(rows) > 0 {
		say = found.warn
	}
	say("Fastly bill", fastlyHint(err), "%s", billing.OneLine(err.Error()))
}

func (m *money) examineEstimate(found *Examination) {
	asOf := "month to date"
	if !m.estimate.AsOf.IsZero() {
		asOf += " as of " + blocks.PlainCountedTo(m.estimate.AsOf, found.now)
	}
	if m.estimate.Currency == "" {
		found.warn("Fastly bill", "", "%s; its currency is unknown before the first invoice, and cost budgets have no figure until then", asOf)
		return
	}
	budgets := "budgets in " + m.estimate.Currency
	if m.servesUsage {
		budgets = "budgets in units and in " + m.estimate.Currency
	}
	found.ok("Fastly bill", "%s; %s run on it", asOf, budgets)
}

func (m *money) examineWithoutEstimate(rules *rules.Rules, found *Examination) {
	why := "Fastly gives no month-to-date estimate"
	if api, ok := errors.AsType[*billing.APIError](m.estimateErr); ok && api.Status == http.StatusUnprocessableEntity {
		why = "a parent account pays the bill, and Fastly gives no estimate for it"
	}
	switch {
	case len(m.bills) == 0 && rules != nil && rules.HaveMoney():
		found.fail("Fastly bill", "give cost budgets a limit in units of usage", "none: %s. The cost budgets in the rules have no figure", why)
		return
	case len(m.bills) == 0:
		found.ok("Fastly bill", "none: %s. There are no costs and no cost budgets", why)
		return
	}
	newest := m.bills[len(m.bills)-1].Month
	found.warn("Fastly bill", "", "invoiced to %s, but %s: its costs are known once it is over", newest, why)
}

func fastlyHint(err error) string {
	if failed, ok := errors.AsType[*service.Failure](service.FastlyFailure(err)); ok {
		return failed.Hint
	}
	return ""
}
