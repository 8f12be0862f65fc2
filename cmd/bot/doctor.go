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
)

const doctorHelp = `Look at everything that the service needs, and say for each what is the matter and what to do next:
the environment, the rules, both Slack tokens, scopes and channels, the Fastly token, usage, services
and bills, the database. It works beside a running service.

Nothing is posted: where a scope lets it, a channel is looked at; elsewhere a message is scheduled
months ahead and taken back at once, which shows whether the bot could post. --post says hello in
each channel instead.

--save DIR keeps Fastly's answers as they came, to attach to a report. Tokens, ids, mails and service
names are taken out, and every digit of an amount or a rate is a 1; units stay.
Exit codes: 0 nothing fails, 1 something does.`

func doctorCommand() *cobra.Command {
	var o doctor.Options
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is the matter, and what to do next",
		Long:  doctorHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Output != "text" && o.Output != "json" {
				return &service.Misuse{Problem: fmt.Sprintf("there is no output form %q", o.Output), Hint: "it is text or json"}
			}
			return examineAndPrint(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&o.Post, "post", false, "say hello in each channel")
	cmd.Flags().StringVar(&o.Save, "save", "", "keep Fastly's redacted answers in this `directory`")
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
	verb := "need"
	if attention == 1 {
		verb = "needs"
	}
	fmt.Fprintf(w, "%d of %d %s attention\n", attention, len(r.Exams), verb)
	return nil
}
