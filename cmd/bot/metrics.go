package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/ops"
	"budgetbot/slackapp"
	"budgetbot/slackapp/socket"
)

func (s *service) countCheck(result alerts.Result) {
	outcome := "ok"
	switch {
	case result.Err != nil:
		outcome = "failed"
	case result.Early:
		outcome = "early"
	}
	s.metrics.Checks.WithLabelValues(outcome).Inc()
	s.metrics.CheckSeconds.Observe(result.Took.Seconds())
}

func (s *service) countSignal(signal socket.Signal) {
	s.metrics.Socket.WithLabelValues(string(signal.Name), string(signal.Kind)).Inc()
	if signal.Name == socket.SignalAcked {
		s.metrics.AckSeconds.Observe(signal.Took.Seconds())
	}
}

func (s *service) countCall(call billing.Call) {
	s.metrics.FastlySeconds.WithLabelValues(call.Path, strconv.Itoa(call.Status)).Observe(call.Took.Seconds())
}

func (s *service) countAnswer(answered slackapp.Answered) {
	s.metrics.Requests.WithLabelValues(answered.What, answered.Outcome).Inc()
	s.metrics.AnswerSeconds.WithLabelValues(answered.What).Observe(answered.Took.Seconds())
}

func (s *service) countDelivery(attempt alerts.Attempt, verdict alerts.Verdict) {
	s.metrics.Deliveries.WithLabelValues(string(attempt.Kind), string(verdict.State)).Inc()
}

// state is read at every scrape: from memory what is of this process, from the database what all replicas share.
func (s *service) state() ops.State {
	var state ops.State
	if line := s.line.Load(); line != nil {
		status := line.Status()
		state.Connections, state.Queued, state.Unacked = status.Connected, status.Queued, status.Unacked
		state.Reconnects, state.Renewals = status.Reconnects, status.Renewals
	}
	if !s.isOpen() {
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

func (s *service) readState(ctx context.Context, state *ops.State) error {
	status, err := s.store.CheckStatus(ctx)
	if err != nil {
		return err
	}
	backlog, err := s.store.QueueDepth(ctx)
	if err != nil {
		return err
	}
	routes, err := s.store.Routes(ctx)
	if err != nil {
		return err
	}
	month := billing.MonthOf(s.now())
	standings, err := s.store.Standings(ctx, month)
	if err != nil {
		return err
	}
	rows, _, _, err := s.store.LatestUsage(ctx, month)
	if err != nil {
		return err
	}
	state.Stored = true
	state.CheckSucceeded, state.CheckFailing = status.SucceededAt, status.FailedAt.After(status.SucceededAt)
	state.PendingMessages, state.KeptMessages, state.OldestMessage = backlog.Pending, backlog.Broken, backlog.Oldest
	for _, route := range routes {
		if !route.Late {
			state.BrokenRoutes++
		}
	}
	state.Budgets = ratios(s.rules.rules, standings)
	state.Usage, state.CountedTo = usageOf(rows)
	return nil
}

// ratios are of the rules in use; where one has a budget for each service or team, that of the worst. A budget of which
// nothing is known yet has none.
func ratios(rules *alerts.Rules, standings []alerts.Standing) []ops.Budget {
	byRule := map[string][]alerts.Standing{}
	for _, standing := range standings {
		byRule[standing.Rule] = append(byRule[standing.Rule], standing)
	}
	var budgets []ops.Budget
	for _, rule := range rules.Rules {
		worst, known := 0.0, false
		for _, standing := range byRule[rule.Name] {
			isOurs := rule.Per == "" && standing.Scope == "" || rule.Holds(standing)
			if !isOurs || standing.Version == "" || !standing.Limit.IsPositive() {
				continue
			}
			ratio, _ := standing.Used.Div(standing.Limit).Float64()
			worst, known = max(worst, ratio), true
		}
		if known {
			budgets = append(budgets, ops.Budget{Rule: rule.Name, Ratio: worst})
		}
	}
	return budgets
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
	slices.SortFunc(usage, func(a, b ops.Usage) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.UsageType, b.UsageType), cmp.Compare(a.Unit, b.Unit))
	})
	return usage, countedTo
}
