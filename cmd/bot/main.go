package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	_ "time/tzdata"

	"github.com/spf13/cobra"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
)

// The exit codes, as the README states them.
const (
	exitOK     = 0
	exitFailed = 1 // something outside did not work: the database, Slack, Fastly
	exitMisuse = 2 // the command line, the environment or the rules file is wrong
)

func main() {
	os.Exit(run(untilSignal(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it, so that tests can call it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand() //nolint:contextcheck // commands get theirs from ExecuteContext
	root.SetArgs(args)
	out := &outlet{Writer: stdout}
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("write the answer: %w", out.err)
	}
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = errInterrupted
	}
	return complain(stderr, err)
}

// outlet remembers the first error of writing, since an answer that did not arrive is no success.
type outlet struct {
	io.Writer

	err error
}

// Write implements io.Writer.
func (o *outlet) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// errInterrupted is the end of a command that a signal stopped before it had done its work.
var errInterrupted = errors.New("interrupted")

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "budgetbot",
		Short:         "Fastly usage and budgets in Slack",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          runService,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &service.Misuse{Problem: err.Error(), Hint: fmt.Sprintf("%q lists the options", cmd.CommandPath()+" --help")}
	})
	root.AddCommand(runCommand(), demoCommand(), usageCommand(), checkCommand(), rulesCommand(), doctorCommand(), viewsCommand(), versionCommand())
	return root
}

const rootHelp = `budgetbot answers questions about a company's Fastly usage in Slack, and alerts the right channel
when usage crosses a budget. With no subcommand it runs the service.

Configure it with environment variables and one rules file; "budgetbot run --help" lists them.
Exit codes: 0 done, 1 something outside failed, 2 the command line, the environment or the
rules file is wrong.`

// complain prints what went wrong and what to do, and returns the exit code. The text is lower case without a full stop,
// like the lines of other programs beside it.
func complain(w io.Writer, err error) int {
	var (
		wrong  *service.Misuse
		failed *service.Failure
		rules  rules.Problems
	)
	code, hint := exitFailed, ""
	switch {
	case errors.As(err, &wrong):
		code, hint = exitMisuse, wrong.Hint
	case errors.As(err, &rules):
		for _, problem := range rules {
			fmt.Fprintln(w, billing.OneLine(fmt.Sprint(problem)))
		}
		fmt.Fprintf(w, "budgetbot: error: %s in the rules file\n", blocks.Counted(len(rules), "problem"))
		return exitMisuse
	case errors.Is(err, errUnwell):
		return exitFailed // the report has all of it
	case errors.As(err, &failed):
		hint = failed.Hint
	case strings.HasPrefix(err.Error(), "unknown command"), strings.Contains(err.Error(), " arg(s)"):
		code, hint = exitMisuse, `"budgetbot --help" lists the commands`
	}
	fmt.Fprintf(w, "budgetbot: error: %s\n", printableLines(err.Error()))
	if hint != "" {
		fmt.Fprintf(w, "budgetbot: hint: %s\n", printableLines(hint))
	}
	return code
}
