package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"budgetbot/billing"
	"budgetbot/internal/doctor"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
)

const doctorHelp = `Check everything the service needs, and report what is wrong and what to do next:
the environment, the rules, both Slack tokens, scopes and channels, the Fastly token, usage, services
and bills, the database. It works beside a running service.

It posts nothing: where the scopes allow, it looks the channel up; otherwise it schedules a message
months ahead and deletes it at once, which shows whether the bot could post. --post says hello in
each channel instead.

--save DIR saves Fastly's answers, to attach to a report. It removes tokens, ids, mail addresses and
service names, and turns every digit of an amount or a rate into a 1; units stay.
Exit codes: 0 everything works, 1 something needs attention.`

func doctorCommand() *cobra.Command {
	var o doctor.Options
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Report what is wrong, and what to do next",
		Long:  doctorHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Output != "text" && o.Output != "json" {
				return &service.Misuse{Problem: fmt.Sprintf("unknown output format %q", o.Output), Hint: "use text or json"}
			}
			return examineAndPrint(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&o.Post, "post", false, "say hello in each channel")
	cmd.Flags().StringVar(&o.Save, "save", "", "save Fastly's redacted answers in this `directory`")
	cmd.Flags().StringVarP(&o.Output, "output", "o", "text", "text or json")
	return cmd
}

// errUnwell ends the doctor with an exit code after the report was printed.
var errUnwell = errors.New("something needs attention")

func examineAndPrint(ctx context.Context, o doctor.Options, stdout, stderr io.Writer) error {
	found, err := showProgress(stderr, "examining", func() (*doctor.Examination, error) { return doctor.Examine(ctx, o) })
	if err != nil {
		return err
	}
	if err := printExamination(found, stdout, o.Output); err != nil {
		return err
	}
	if _, failing := found.NeedAttention(); failing > 0 {
		return errUnwell
	}
	return nil
}

func printExamination(r *doctor.Examination, w io.Writer, form string) error {
	if form == "json" {
		return writeJSON(w, r.Exams)
	}
	width := 0
	for _, e := range r.Exams {
		width = max(width, len(e.Of))
	}
	for _, e := range r.Exams {
		fmt.Fprintf(w, "%-4s  %-*s  %s", e.Health, width, e.Of, billing.OneLine(e.Detail))
		if e.Next != "" {
			fmt.Fprintf(w, ". Next: %s", billing.OneLine(e.Next))
		}
		fmt.Fprintln(w)
	}
	attention, _ := r.NeedAttention()
	if attention == 0 {
		fmt.Fprintf(w, "all %d in order\n", len(r.Exams))
		return nil
	}
	fmt.Fprintf(w, "%d of %d %s attention\n", attention, len(r.Exams), blocks.Plural(attention, "needs", "need"))
	return nil
}
