package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"budgetbot/alerts/check"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
)

func rulesCommand() *cobra.Command {
	rules := &cobra.Command{
		Use:   "rules",
		Short: "Work with the rules file",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	rules.AddCommand(lintCommand())
	return rules
}

const lintHelp = `Report everything wrong with a rules file, each problem as FILE:LINE:COLUMN.

An amount such as 1.500 TB, which might mean 1500 TB, is a warning.
With FASTLY_API_TOKEN set, lint also compares the names in the rules with what the account used in
the last three months: a glob over two units or a budget in another unit is a problem; a name that
Fastly does not list, or that several services share, is a warning. With the service's database at
hand, a rule that seems renamed is a warning too: it starts over under the new name unless was: gives
the old one. With --strict a warning is a problem.
Exit codes: 0 nothing is wrong, 1 Fastly could not be reached, 2 something is wrong.`

func lintCommand() *cobra.Command {
	var strict bool
	command := &cobra.Command{
		Use:   "lint [FILE]",
		Short: "Report everything wrong with a rules file",
		Long:  lintHelp,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := service.LoadConfig(0)
			if err != nil {
				return err
			}
			file := c.RulesFile
			if len(args) == 1 {
				file = args[0]
			}
			return lint(cmd.Context(), c, file, strict, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&strict, "strict", false, "treat warnings as problems: exit with 2 if there are any")
	return command
}

func lint(ctx context.Context, c *service.Config, file string, strict bool, stdout, stderr io.Writer) error {
	_, set, err := service.ReadRules(file)
	if err != nil {
		return err
	}
	var wrong rules.Problems
	warnings := set.Doubts
	checked := "names not compared with the account, because FASTLY_API_TOKEN is not set"
	if c.FastlyAPIToken != "" {
		problems, doubts, err := auditRules(ctx, c, file, set, stderr)
		if err != nil {
			return err
		}
		wrong, warnings = problems, append(warnings, doubts...)
		checked = "names compared with what the account used in the last three months"
	}
	if known, err := service.KnownRules(ctx, c); err == nil { // a database that is not there, or not to be read from here, is no matter of the file
		warnings = append(warnings, rulesfile.Renamed(file, set, known)...)
	}
	if strict {
		wrong, warnings = append(wrong, warnings...), nil
	}
	for _, warning := range warnings {
		fmt.Fprintf(stderr, "%s (a warning)\n", billing.OneLine(fmt.Sprint(warning)))
	}
	if len(wrong) > 0 {
		return wrong
	}
	fmt.Fprintf(stdout, "%s: %s, nothing wrong; %s\n", file, blocks.Counted(len(set.Rules), "rule"), checked)
	return nil
}

func auditRules(ctx context.Context, c *service.Config, file string, rules *rules.Rules, stderr io.Writer) (problems, warnings rules.Problems, _ error) {
	fastly, err := service.OpenSources(c)
	if err != nil {
		return nil, nil, err
	}
	defer fastly.Close()
	account, err := showProgress(stderr, "asking Fastly for the account's usage types", func() (evaluate.Account, error) {
		return fastly.ReadAccount(ctx, rules, zap.NewNop())
	})
	if err != nil {
		return nil, nil, service.FastlyFailure(err)
	}
	problems, warnings = evaluate.Audit(file, rules, account)
	shared, unread := check.SharedNames(ctx, fastly.Usage, file, rules, account.Rows)
	if unread == nil { // some accounts have no usage by service, and their rules are right all the same
		warnings = append(warnings, shared...)
	}
	return problems, warnings, ctx.Err()
}
