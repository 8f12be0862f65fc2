package service

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/internal/ops"
	"budgetbot/internal/store/engine"
	"budgetbot/slackapp"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/webapi"
)

// CountCheck counts a check and remembers how it ended.
func (s *Service) CountCheck(result check.Result) {
	outcome := "ok"
	switch {
	case result.Err != nil:
		outcome = "failed"
	case result.Early:
		outcome = "early"
	}
	s.noteCheck(result)
	s.metrics.Checks.WithLabelValues(outcome).Inc()
	s.metrics.CheckSeconds.Observe(result.Took.Seconds())
}

func (s *Service) countSignal(signal socket.Signal) {
	s.metrics.Socket.WithLabelValues(string(signal.Name), string(signal.Kind)).Inc()
	if signal.Name == socket.SignalAcked {
		s.metrics.AckSeconds.Observe(signal.Took.Seconds())
	}
}

func (s *Service) countCall(call fastly.Call) {
	s.skew.note("Fastly", call.Date)
	s.metrics.FastlySeconds.WithLabelValues(call.Path, strconv.Itoa(call.Status)).Observe(call.Took.Seconds())
}

func (s *Service) countSlackCall(call webapi.Call) {
	s.skew.note("Slack", call.Date)
	if call.Code != "" {
		s.metrics.SlackErrors.WithLabelValues(call.Method, call.Code).Inc()
	}
}

func (s *Service) countAnswer(answered slackapp.Answered) {
	s.metrics.Requests.WithLabelValues(answered.What, answered.Outcome).Inc()
	s.metrics.AnswerSeconds.WithLabelValues(answered.What).Observe(answered.Took.Seconds())
}

// state is read at every scrape: from memory what is of this process, from the database what all replicas share.
func (s *Service) state() ops.State {
	var state ops.State
	if line := s.line.Load(); line != nil {
		status := line.Status()
		state.Connections, state.Queued, state.Unacked = status.Connected, status.Queued, status.Unacked
		state.Reconnects, state.Renewals = status.Reconnects, status.Renewals
	}
	if !s.opened.Load() {
		return state
	}
	state.RulesFileTrouble = s.rules.trouble != ""
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	if err := s.readState(ctx, &state); err != nil {
		state.Stored = false
	}
	return state
}

func (s *Service) readState(ctx context.Context, state *ops.State) error {
	set, now := s.rules.rules, s.now()
	snapshot, err := status.Read(ctx, s.Store, set, now)
	backlog, errQueue := s.Store.QueueDepth(ctx)
	routes, errRoutes := s.Store.Routes(ctx)
	rows, _, _, errUsage := s.Store.LatestUsage(ctx, billing.MonthOf(now))
	if err := errors.Join(err, errQueue, errRoutes, errUsage); err != nil {
		return err
	}
	state.Stored = true
	state.CheckSucceeded, state.CheckFailing = snapshot.Checks.SucceededAt, s.checkTrouble(ctx, snapshot.Checks) != ""
	state.ReadOnly = s.cannotWrite()
	state.PendingMessages, state.KeptMessages, state.OldestMessage = backlog.Pending, backlog.Broken, backlog.Oldest
	for _, route := range routes {
		if !route.Late {
			state.BrokenRoutes++
		}
	}
	state.Budgets, state.UnknownBudgets = budgetsOf(set, snapshot)
	state.Usage, state.CountedTo = usageOf(rows)
	return nil
}

// budgetsOf are the budgets of the rules in use, one for each rule and the worst first, and how many of all have no figure.
func budgetsOf(set *rules.Rules, snapshot *status.Snapshot) (budgets []ops.Budget, unknown int) {
	units := map[string]string{}
	for _, rule := range set.Rules {
		units[rule.Name] = unitOf(rule)
	}
	for _, b := range status.WorstFirst(snapshot.Undated(set.Rules), snapshot.Now) {
		budget := budgetOf(b)
		budget.Unit = units[budget.Rule]
		if unknown += budget.Unknown; budget.Known || budget.Unknown > 0 {
			budgets = append(budgets, budget)
		}
	}
	return budgets, unknown
}

// budgetOf returns the figures of a rule: of several budgets those of the one that is used most.
func budgetOf(b alerts.BudgetStatus) ops.Budget {
	budget := ops.Budget{Rule: b.Line.Rule}
	of := b.Instances
	if len(of) == 0 {
		of = []alerts.BudgetStatus{b}
	}
	for _, one := range of {
		if one.Unknown != "" && !one.Stale {
			budget.Unknown++
		}
		if !one.Known || !one.Line.Limit.IsPositive() {
			continue
		}
		if ratio := share(one.Line.Used, one.Line.Limit); !budget.Known || ratio > budget.Ratio {
			budget.Known, budget.Ratio = true, ratio
			budget.Limit, _ = one.Line.Limit.Float64()
		}
		if f := one.Line.Forecast; f != nil {
			budget.Likely = max(budget.Likely, share(f.Expected, one.Line.Limit))
		}
	}
	return budget
}

// share is how much of the limit a figure is.
func share(figure, limit decimal.Decimal) float64 {
	ratio, _ := figure.Div(limit).Float64()
	return ratio
}

// unitOf is the unit of a rule's limit.
func unitOf(rule rules.Rule) string {
	if rule.Budget.Kind == billing.Money {
		return rule.Budget.Currency
	}
	return string(rule.Budget.Kind)
}

// checkEnd is how the newest check of this process ended. It is kept in memory too: where the database takes no writes, it does not
// hear of it.
type checkEnd struct {
	at      time.Time
	err     error
	trouble string // a clause for operators; empty where there is no error
}

func (s *Service) noteCheck(result check.Result) {
	if !errors.Is(result.Err, context.Canceled) {
		end := &checkEnd{at: s.now(), err: result.Err}
		switch {
		case result.Failure != "":
			end.trouble = checkFailed + result.Failure
		case result.OnlyBillUnread():
			end.trouble = billUnread + alerts.CauseOf(result.Err)
		case result.Err != nil:
			end.trouble = checkFailed + billing.OneLine(result.Err.Error())
		}
		s.newestCheck.Store(end)
	}
}

// cannotWrite reports whether the newest check found that the database takes no writes.
func (s *Service) cannotWrite() bool {
	end := s.newestCheck.Load()
	return end != nil && engine.CannotWrite(end.err)
}

// What operators read of the newest check, before the cause.
const (
	checkFailed = "the newest check of usage failed: "
	billUnread  = "the newest check could not read the bill: "
)

// checkTrouble says what the newest check could not do, and is empty where it did everything. An unread bill does not fail a check; other replicas,
// and this one after a restart, learn of it from the incident that the check recorded.
func (s *Service) checkTrouble(ctx context.Context, recorded alerts.CheckStatus) string {
	if end := s.newestCheck.Load(); end != nil && end.err != nil && end.at.After(recorded.SucceededAt) && end.at.After(recorded.FailedAt) {
		return end.trouble
	}
	if failure := recorded.Trouble(); failure != "" {
		return checkFailed + failure
	}
	incidents, err := s.Store.Incidents(ctx, billing.MonthOf(s.now()))
	if cause := alerts.UnreadBill(incidents); err == nil && cause != "" {
		return billUnread + cause
	}
	return "" // where the database does not answer the readiness page says that itself
}

// usageOf adds up the regions of each usage type, and finds up to when the newest of them counts.
func usageOf(rows []billing.Usage) (usage []ops.Usage, countedTo time.Time) {
	type key struct{ product, usageType, unit string }
	sums := map[key]decimal.Decimal{}
	for _, row := range rows {
		k := key{row.Product, row.UsageType, row.Unit}
		sums[k] = sums[k].Add(row.Quantity)
		if row.CountedTo.After(countedTo) {
			countedTo = row.CountedTo
		}
	}
	for k, sum := range sums {
		quantity, _ := sum.Float64()
		usage = append(usage, ops.Usage{Product: k.product, UsageType: k.usageType, Unit: k.unit, Quantity: quantity})
	}
	return usage, countedTo
}
