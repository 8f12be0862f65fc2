package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/source"
	"budgetbot/internal/service"
	"budgetbot/internal/store/engine"
)

const checkHelp = `Compare this month's usage with the budgets now, and print how each stands and what the service
would say about it. Nothing is recorded and nothing is sent; it works beside a running service.

With --send the check is recorded and its messages are delivered, as the service would; for that the
service must not be running on the same SQLite file. It counts as a start: replicas that run on another
rules file make no further checks.`

func checkCommand() *cobra.Command {
	var send bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compare usage with the budgets once",
		Long:  checkHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if send {
				return checkAndSend(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return checkOnly(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&send, "send", false, "record the check and deliver its messages")
	return cmd
}

func checkOnly(ctx context.Context, stdout, stderr io.Writer) (err error) {
	c, err := service.LoadConfig(service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	_, rules, err := service.ReadRules(c.RulesFile)
	if err != nil {
		return err
	}
	client, err := service.NewFastly(c, nil, nil)
	if err != nil {
		return err
	}
	fastly := service.OpenSources(c, client, source.CacheConfig{}, zap.NewNop())
	defer func() { err = errors.Join(err, fastly.Close()) }()
	now := time.Now()
	month := billing.MonthOf(now)
	memory, err := rememberedOf(ctx, c, month)
	if err != nil {
		return err
	}
	reading, err := showProgress(stderr, "asking Fastly for usage", func() (evaluate.Reading, error) {
		read := check.Sources{Usage: fastly.Usage.Fresh(), Bills: fastly.Bills.Fresh()}
		return check.Read(ctx, read, rules.Rules, month, now)
	})
	if err != nil {
		return service.FastlyFailure(err)
	}
	findings := evaluate.Evaluate(rules.Rules, reading)
	findings = append(findings, evaluate.Absent(findings, memory.BudgetStates)...)
	printFindings(stdout, decide.MakePlan(rules, findings, memory, now, rand.Text))
	return nil
}

// rememberedOf reads what the service has recorded of the month; nothing where there is no database yet.
func rememberedOf(ctx context.Context, c *service.Config, month billing.Month) (memory alerts.Memory, err error) {
	opened, err := service.LookInto(ctx, c)
	if errors.Is(err, engine.ErrAbsent) {
		return alerts.Memory{}, nil
	}
	if err != nil {
		return alerts.Memory{}, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }() //nolint:contextcheck // it closes also when ctx has ended
	return check.Recall(ctx, opened, month)
}

// checkAndSend makes one check as the service does, and returns when its messages are delivered.
func checkAndSend(ctx context.Context, stdout, stderr io.Writer) (err error) {
	c, err := service.LoadConfig(service.NeedSlack | service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	c.HTTPAddr = "127.0.0.1:0" // nobody looks at the health of a single check, and the usual port may be taken
	s, err := service.Build(ctx, c, service.Options{Log: service.NewLog(c, stderr)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	result, err := showProgress(stderr, "checking usage", func() (check.Result, error) {
		result := s.Checker.Check(ctx, time.Now())
		if result.Early { // as checkOnly says it: nothing was compared
			result.Err = fmt.Errorf("read usage for %s: %w", result.Month, alerts.ErrNoUsage)
		}
		return result, result.Err
	})
	if err != nil {
		return service.FastlyFailure(err)
	}
	printFindings(stdout, result.Plan)
	return s.DeliverAll(ctx)
}

// printFindings writes a line for each budget, in the order of the rules.
func printFindings(w io.Writer, plan decide.Plan) {
	table := [][]string{{"rule", "used", "limit", "percent", "counted to", "what follows"}}
	for i, f := range plan.Findings {
		name, limit := budgetName(f.BudgetID), f.Rule.BudgetOf(f.Month, rules.Instance{Instance: f.Instance, ServiceID: f.ServiceID}).String()
		if f.Unknown != "" {
			table = append(table, []string{name, billing.Dash, limit, billing.Dash, billing.Dash, "unknown: " + f.Unknown})
			continue
		}
		table = append(table, []string{
			name, f.Rule.Measure().Format(f.Used), limit, percent(f.Used, f.Limit),
			countedTo(f.CountedTo), follows(plan.Decisions[i]),
		})
	}
	writeColumns(w, table, len(table[0])-1)
}

// budgetName is the rule's name, with the service or team where it has a budget for each.
func budgetName(id alerts.BudgetID) string {
	if id.Instance == "" {
		return id.Rule
	}
	return id.Rule + ": " + id.Instance
}

// percent is rounded down, as in Slack: 99.99% is not yet 100%.
func percent(used, limit decimal.Decimal) string {
	return used.Shift(2).Div(limit).RoundFloor(1).String() + "%"
}

func countedTo(at time.Time) string {
	if at.IsZero() {
		return billing.Dash
	}
	return at.UTC().Format("Jan 2 15:04")
}

// follows says what a decision does in the channel.
func follows(d decide.Decision) string {
	switch {
	case d.IsSummed():
		return fmt.Sprintf("summary at %s: %s", d.BudgetState.Threshold, d.Reason)
	case d.Speak == "":
		return "silent: " + string(d.Reason)
	}
	return fmt.Sprintf("%s at %s: %s", d.Speak, d.BudgetState.Threshold, d.Reason)
}
