package evaluate

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Evaluate returns a finding for each budget, in the order of the rules. A rule has one finding, or, if it is per service or team, one for
// each that was used in the month, by name; if those are unknown, it has a single
// finding with the reason. A rule of another kind than RuleBudget has none. Nor has a money budget while the month is over and not
// invoiced: its last estimate stays.
func Evaluate(set []rules.Rule, reading Reading) []Finding {
	e := newEvaluation(reading)
	findings := make([]Finding, 0, len(set))
	for i := range set {
		rule := &set[i]
		if rule.Kind != rules.RuleBudget || rule.IsMoney() && reading.BillPending {
			continue
		}
		for _, t := range e.totalsOf(questionOf(rule)) {
			findings = append(findings, e.finding(rule, t))
		}
	}
	return findings
}

// finding is what the total means for the rule's budget.
func (e *evaluation) finding(rule *rules.Rule, total Finding) Finding {
	f := total
	f.Rule, f.BudgetID = rule, alerts.BudgetID{Rule: rule.Name, Instance: total.Instance, Month: e.Month}
	f.Limit, f.Estimate = rule.BudgetOf(e.Month, f.instance()).Value, rule.IsEstimate()
	f.Version, f.ReadAt = e.versionFor(rule, total.Used), e.ReadAt
	if f.Unknown == "" {
		f.Threshold = f.Reached()
		f.Forecast = e.forecast(&f, questionOf(rule))
	}
	return f
}

// forecast forecasts the end of the finding's month. Budgets with the same question share it, except for the range by their own forecast
// errors. What services use or cost is not known by day.
func (e *evaluation) forecast(f *Finding, q question) forecast.Forecast {
	return e.shared(f, outlook{q, planKey(f.Rule.Planned)}).WithErrors(e.ForecastErrors[f.BudgetName()])
}

// outlook is what a forecast is about. Rules with the same question and the same planned events share it.
type outlook struct {
	question
	planned *billing.Event // the first; rules without events of their own have those of the file, in one list
}

func planKey(events []billing.Event) *billing.Event {
	if len(events) == 0 {
		return nil
	}
	return &events[0]
}

func (e *evaluation) shared(f *Finding, q outlook) forecast.Forecast {
	isShared := q.isOfBill() || f.Instance == ""
	if o, known := e.forecasts[q]; known && isShared {
		return o
	}
	position := forecast.Position{Month: e.Month, Used: f.Used, CountedTo: f.CountedTo}
	var o forecast.Forecast
	if q.isOfBill() {
		o = e.likelyCost(q.question, f.Rule.Planned).Forecast(position)
	} else {
		var past forecast.History
		if q.kind != billing.Money && q.selection() == (selection{}) {
			past = e.Archive.History(q.Match, q.kind)
			past.Months = slices.DeleteFunc(past.Months, func(m forecast.MonthUsage) bool { return e.UnreadOf(q.Match, m.Month) != "" })
		}
		past.Planned = f.Rule.Planned
		o = forecast.OfMonth(past, position)
	}
	if isShared {
		e.forecasts[q] = o
	}
	return o
}

// likelyCost is how the question's part of the bill is likely to end.
func (e *evaluation) likelyCost(q question, events []billing.Event) forecast.CostForecast {
	var last *billing.Bill
	if before := newBill(e.LastBill, e.Closed); before != nil && before.Currency == e.bill.Currency {
		part := q.partOf(before)
		last = &part
	}
	return forecast.Cost(q.partOf(e.bill), last, e.Archive.ChargeHistory(last, events))
}

// versionFor is the version of the data that the rule is compared with. Figures of services may change while those of the account stay, so
// that their sum is part of it.
func (e *evaluation) versionFor(rule *rules.Rule, used decimal.Decimal) string {
	version := e.version
	switch {
	case !rule.IsMoney() || e.bill == nil:
	case rule.IsOfServices():
		version += "+" + e.bill.version
	default:
		version = e.bill.version
	}
	if rule.IsOfServices() {
		version += "+" + used.String()
	}
	return version
}
