package check

import (
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// ErrNoSuchBudget means that the rule has no budget of that instance this month.
var ErrNoSuchBudget = errors.New("the rule has no such budget this month")

// Trial is what a check would make of one budget, were it made now.
type Trial struct {
	// Unknown is why the usage is unknown, for a person; else empty. If it is set, the other fields mean nothing.
	Unknown string
	// Posts is what the check would post; empty if it would post nothing.
	Posts alerts.DeliveryKind
	// Message shows the budget, whether a check would post it or not, with the reason for either.
	Message alerts.Message
	// Posted is the threshold that the budget's alert is out for; zero without one.
	Posted rules.Threshold
}

// Try makes a check of one rule up to its record, on figures of now or of a moment ago, and returns the trial of one of its
// budgets. It may run beside Run.
func (c *Checker) Try(ctx context.Context, rule rules.Rule, id alerts.BudgetID, now time.Time) (Trial, error) {
	r := c.newReader(c.Trial)
	plan, reading, err := c.preview(ctx, &r, []rules.Rule{rule}, id.Month, now)
	if err != nil {
		return Trial{}, err
	}
	for i, f := range plan.Findings {
		if f.BudgetID != id && (f.Unknown == "" || f.Instance != "") { // a rule whose budgets are unknown has a single finding
			continue
		}
		if f.Unknown != "" {
			return Trial{Unknown: f.Unknown}, nil
		}
		plan.Explained = map[alerts.BudgetID]alerts.Explanation{}
		r.explain(ctx, &plan, reading, func(n int) bool { return n == i })
		return Trial{Posts: plan.Decisions[i].Posts, Message: plan.Message(i), Posted: plan.Decisions[i].BudgetState.Threshold}, nil
	}
	return Trial{}, ErrNoSuchBudget
}

// Preview makes a check of the month up to its record, and returns what it would decide on every budget.
func (c *Checker) Preview(ctx context.Context, now time.Time) (decide.Plan, error) {
	r := c.newReader(c.Source)
	plan, _, err := c.preview(ctx, &r, c.Rules().Rules, billing.MonthOf(now), now)
	return plan, err
}

func (c *Checker) preview(ctx context.Context, r *reader, compared []rules.Rule, month billing.Month, now time.Time) (decide.Plan, evaluate.Reading, error) {
	reading, err := r.read(ctx, compared, month, now)
	if err != nil {
		return decide.Plan{}, reading, err
	}
	plan, err := c.plan(ctx, c.Rules(), evaluate.Evaluate(compared, reading), month, now)
	return plan, reading, err
}

// plan decides on findings of the month from what the ledger remembers of it.
func (c *Checker) plan(ctx context.Context, set *rules.Rules, findings []evaluate.Finding, month billing.Month, now time.Time) (decide.Plan, error) {
	memory, err := recall(ctx, c.Ledger, set, month)
	if err != nil {
		return decide.Plan{}, err
	}
	return decide.MakePlan(set, evaluate.Settle(findings, memory.BudgetStates), memory, now), nil
}

// recall reads from the ledger what decisions about the month depend on. Without a ledger it returns nothing.
func recall(ctx context.Context, ledger Ledger, set *rules.Rules, month billing.Month) (m alerts.Memory, err error) {
	if ledger == nil {
		return m, nil
	}
	if m.BudgetStates, err = ledger.BudgetStates(ctx, month); err != nil {
		return m, fmt.Errorf("read the budget states of %s: %w", month, err)
	}
	if m.Known, err = ledger.KnownRules(ctx); err != nil {
		return m, fmt.Errorf("read the known rules: %w", err)
	}
	if m.Waiting, err = ledger.Waiting(ctx, month); err != nil {
		return m, fmt.Errorf("read what waits of %s: %w", month, err)
	}
	m.Parents = map[string]alerts.Delivery{}
	for _, state := range decide.Unwatched(set, m.BudgetStates) {
		parent, found, err := ledger.ByParent(ctx, state.ParentID)
		if err != nil {
			return m, fmt.Errorf("read the message about %s: %w", state.BudgetID, err)
		}
		if found {
			m.Parents[state.ParentID] = parent
		}
	}
	return m, nil
}
