package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
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

// health is what an examination comes to.
type health string

const (
	healthOK   health = "ok"
	healthWarn health = "warn"
	healthFail health = "FAIL"
)

// exam is one line of the doctor's report.
type exam struct {
	Health health `json:"health"`
	Of     string `json:"of"`
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"`
}

// examination is the doctor's findings, in the order in which they were made.
type examination struct{ exams []exam }

func (r *examination) ok(of, format string, args ...any) {
	r.exams = append(r.exams, exam{healthOK, of, fmt.Sprintf(format, args...), ""})
}

func (r *examination) warn(of, next, format string, args ...any) {
	r.exams = append(r.exams, exam{healthWarn, of, fmt.Sprintf(format, args...), next})
}

func (r *examination) fail(of, next, format string, args ...any) {
	r.exams = append(r.exams, exam{healthFail, of, fmt.Sprintf(format, args...), next})
}

// needAttention counts what is not in order, and how much of that fails.
func (r *examination) needAttention() (attention, failing int) {
	for _, e := range r.exams {
		if e.Health != healthOK {
			attention++
		}
		if e.Health == healthFail {
			failing++
		}
	}
	return attention, failing
}

// doctorOptions are the flags.
type doctorOptions struct {
	post   bool
	save   string
	output string
}

func doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is the matter, and what to do next",
		Long:  doctorHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.output != "text" && o.output != "json" {
				return &misuse{fmt.Sprintf("there is no output form %q", o.output), "it is text or json"}
			}
			return doctor(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&o.post, "post", false, "say hello in each channel")
	cmd.Flags().StringVar(&o.save, "save", "", "keep Fastly's redacted answers in this `directory`")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "text or json")
	return cmd
}

// errUnwell ends the doctor with an exit code after the report was printed.
var errUnwell = errors.New("something needs attention")

func doctor(ctx context.Context, o doctorOptions, stdout, stderr io.Writer) error {
	found, err := showProgress(stderr, "examining", func() (*examination, error) { return examine(ctx, o) })
	if err != nil {
		return err
	}
	if err := found.print(stdout, o.output); err != nil {
		return err
	}
	if _, failing := found.needAttention(); failing > 0 {
		return errUnwell
	}
	return nil
}

func examine(ctx context.Context, o doctorOptions) (*examination, error) {
	c, found := environment()
	if o.save != "" {
		if err := os.MkdirAll(o.save, 0o700); err != nil {
			return nil, &misuse{"--save: the directory cannot be made: " + plainCause(err), "name one that can"}
		}
	}
	rules := examineRules(c, found)
	if c.SlackBotToken != "" {
		examineSlack(ctx, c, rules, o.post, found)
	}
	if c.SlackAppToken != "" {
		examineLine(ctx, c, found)
	}
	if c.FastlyAPIToken != "" {
		examineFastly(ctx, c, rules, o.save, found)
	}
	examineDatabase(ctx, c, found)
	return found, nil
}

// environment reads the variables and reports everything that is wrong with them. What is set is examined all the same.
func environment() (*config, *examination) {
	found := &examination{}
	c, err := readEnvironment(needSlack | needFastly | needDatabase)
	for _, problem := range c.missingAndWrong {
		found.fail("environment", "", "%s", problem)
	}
	if err != nil {
		found.fail("environment", "", "%v", err)
	}
	if len(found.exams) == 0 {
		found.ok("environment", "every variable is set or has its default")
	}
	return c, found
}

func examineRules(c *config, found *examination) *rules.Rules {
	_, set, err := readRules(c.RulesFile)
	if problems, ok := errors.AsType[rules.Problems](err); ok {
		for _, problem := range problems {
			found.fail("rules", "", "%s", problem)
		}
		return nil
	}
	if err != nil {
		found.fail("rules", "", "%v", err)
		return nil
	}
	digests := ""
	if len(set.Digests) > 0 {
		digests = ", " + count(len(set.Digests), "digest")
	}
	found.ok("rules", "%s%s in %s", count(len(set.Rules), "rule"), digests, c.RulesFile)
	return set
}

func examineDatabase(ctx context.Context, c *config, found *examination) {
	opened, err := lookInto(ctx, c)
	if failed, ok := errors.AsType[*failure](err); ok {
		if isAbsent(err) {
			found.warn("database", "", "there is none yet; the service makes it")
			return
		}
		found.fail("database", failed.hint, "%s", failed.problem)
		return
	}
	if err != nil {
		found.fail("database", "", "%v", err)
		return
	}
	defer func() { _ = opened.Close() }() //nolint:contextcheck // it was only read, and closes also when ctx has ended
	about, err := opened.About(ctx)
	if err != nil {
		found.fail("database", "", "it does not answer")
		return
	}
	status, err := opened.CheckStatus(ctx)
	switch {
	case err != nil:
		found.fail("database", "", "it does not answer")
	case status.FailedAt.After(status.SucceededAt):
		found.warn("database", "", "%s; the newest check failed: %s", about, status.Failure)
	case status.SucceededAt.IsZero():
		found.ok("database", "%s; no check yet", about)
	default:
		found.ok("database", "%s; last check %s ago", about, time.Since(status.SucceededAt).Round(time.Second))
	}
	examineRoutes(ctx, opened, found)
}

func (r *examination) print(w io.Writer, form string) error {
	if form == "json" {
		return writeJSON(w, r.exams)
	}
	width := 0
	for _, e := range r.exams {
		width = max(width, len(e.Of))
	}
	for _, e := range r.exams {
		fmt.Fprintf(w, "%-4s  %-*s  %s", e.Health, width, e.Of, billing.OneLine(e.Detail))
		if e.Next != "" {
			fmt.Fprintf(w, ". Next: %s", billing.OneLine(e.Next))
		}
		fmt.Fprintln(w)
	}
	attention, _ := r.needAttention()
	if attention == 0 {
		fmt.Fprintf(w, "all %d in order\n", len(r.exams))
		return nil
	}
	verb := "need"
	if attention == 1 {
		verb = "needs"
	}
	fmt.Fprintf(w, "%d of %d %s attention\n", attention, len(r.exams), verb)
	return nil
}
