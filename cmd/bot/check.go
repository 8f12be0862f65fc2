package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/service"
	"budgetbot/internal/store"
	"budgetbot/slackapp/blocks"
)

const checkHelp = `Compare this month's usage with the budgets now, and print each budget's state and what the service
would post about it. It records and sends nothing, and works beside a running service.

With --send it records the check and delivers its messages, as the service would; the service must
not be running on the same SQLite file then. It counts as a start: replicas that run on another
rules file make no further checks.

  budgetbot check -o csv > budgets.csv

The CSV has the columns of "/budget csv", with exact figures, and as "usage -o csv" has it is for spreadsheets if it
goes to a new file.`

// planPrinters are the forms in which a check is printed; now is in the zone in which people read instants.
var planPrinters = map[string]func(w io.Writer, plan decide.Plan, now time.Time) error{"table": printPlan, "csv": printPlanCSV}

func checkCommand() *cobra.Command {
	var send bool
	var form string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compare usage with the budgets once",
		Long:  checkHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			printed := planPrinters[form]
			if printed == nil {
				return &service.Misuse{Problem: fmt.Sprintf("unknown output format %q", form), Hint: "use table or csv"}
			}
			show := func(plan decide.Plan, now time.Time) error { return printed(cmd.OutOrStdout(), plan, now) }
			if send {
				return checkAndSend(cmd.Context(), show, cmd.ErrOrStderr())
			}
			return checkOnly(cmd.Context(), show, cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", "table", "table or csv")
	cmd.Flags().BoolVar(&send, "send", false, "record the check and deliver its messages")
	return cmd
}

func checkOnly(ctx context.Context, show func(decide.Plan, time.Time) error, stderr io.Writer) (err error) {
	c, err := service.LoadConfig(service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	_, set, err := service.ReadRules(c.RulesFile)
	if err != nil {
		return err
	}
	fastly, err := service.OpenSources(c)
	if err != nil {
		return err
	}
	defer fastly.Close()
	config := check.CheckerConfig{
		Source: fastly.Usage.Fresh(), Bills: fastly.Bills.Fresh(), Traffic: fastly.Fastly, Rules: func() *rules.Rules { return set }, NewID: rand.Text,
	}
	switch opened, unread := service.LookInto(ctx, c); {
	case unread == nil:
		defer func() { err = errors.Join(err, opened.Close()) }() //nolint:contextcheck // it closes also when ctx has ended
		config.Ledger, config.Traffic = opened, daily.Traffic{Kept: store.Days{Store: opened}, Fastly: fastly.Fastly}
	case !service.IsAbsent(unread): // without a database nothing was recorded yet
		return unread
	}
	now := time.Now()
	plan, err := showProgress(stderr, "asking Fastly for usage", func() (decide.Plan, error) { return check.NewChecker(config).Preview(ctx, now) })
	if err != nil {
		return service.FastlyFailure(err)
	}
	return show(plan, set.Local(now))
}

// checkAndSend makes one check as the service does, and returns when its messages are delivered.
func checkAndSend(ctx context.Context, show func(decide.Plan, time.Time) error, stderr io.Writer) (err error) {
	c, err := service.LoadConfig(service.NeedSlack | service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	c.HTTPAddr = "127.0.0.1:0" // a single check needs no health endpoint, and the usual port may be taken
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
	return errors.Join(show(result.Plan, s.Local(time.Now())), s.DeliverAll(ctx))
}

// statusOf returns how the nth budget of a plan stands.
func statusOf(plan *decide.Plan, n int) alerts.BudgetStatus {
	f := &plan.Findings[n]
	return alerts.BudgetStatus{Line: plan.Line(n), Known: f.Unknown == "", Unknown: f.Unknown, Channel: f.Route().Channel}
}

// printPlanCSV writes the budgets as "/budget csv" has them.
func printPlanCSV(w io.Writer, plan decide.Plan, now time.Time) error {
	all := make([]alerts.BudgetStatus, len(plan.Findings))
	for i := range all {
		all[i] = statusOf(&plan, i)
	}
	return status.WriteCSV(w, csvFormOf(w), status.WorstFirst(all, now), now)
}

// printPlan writes a line for each budget, the worst first, with instants in the zone of now.
func printPlan(w io.Writer, plan decide.Plan, now time.Time) error {
	type row struct {
		alerts.BudgetStatus
		limit, follows string
	}
	all := make([]row, len(plan.Findings))
	for i, f := range plan.Findings {
		all[i].BudgetStatus = statusOf(&plan, i)
		all[i].limit = f.Rule.BudgetOf(f.Month, rules.Instance{Name: f.Instance, ServiceID: f.ServiceID}).String()
		all[i].follows = follows(plan.Decisions[i])
	}
	slices.SortStableFunc(all, func(a, b row) int { return status.Compare(a.BudgetStatus, b.BudgetStatus, now) })
	table := [][]string{{"rule", "used", "limit", "percent", "counted to", "state", "message"}}
	for _, r := range all {
		l, state := r.Line, string(r.State(now))
		name := budgetName(l.BudgetID)
		if r.Unknown != "" {
			table = append(table, []string{name, billing.Dash, r.limit, billing.Dash, billing.Dash, state, "no figure: " + r.Unknown})
			continue
		}
		percent := l.Used.Shift(2).Div(l.Limit).RoundFloor(1) // as in Slack: 99.99% is not yet 100%
		table = append(table, []string{name, l.Measure.Format(l.Used), r.limit, percent.String() + "%", countedTo(l.CountedTo, now), state, r.follows})
	}
	writeColumns(w, table, len(table[0])-1)
	return nil
}

// budgetName is the rule's name, with the service or team where it has a budget for each.
func budgetName(id alerts.BudgetID) string {
	if id.Instance == "" {
		return id.Rule
	}
	return id.Rule + ": " + id.Instance
}

func countedTo(at, now time.Time) string {
	if at.IsZero() {
		return billing.Dash
	}
	return blocks.PlainCountedTo(at, now)
}

// follows describes the effect of a decision in the channel.
func follows(d decide.Decision) string {
	switch {
	case d.IsSummed():
		return fmt.Sprintf("summary at %s: %s", d.BudgetState.Threshold, d.Reason)
	case d.Posts == "":
		return "nothing to post: " + string(d.Reason)
	}
	return fmt.Sprintf("%s at %s: %s", d.Posts, d.BudgetState.Threshold, d.Reason)
}
