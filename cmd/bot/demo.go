package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"budgetbot/alerts/check"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/internal/service"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/store"
)

const demoHelp = `Show the whole product in a terminal, without any account: a simulated Slack workspace, a
simulated Fastly account with a year and more of usage, and the real service between them, over real
sockets, with a database in memory.

A month passes quickly, alerts appear in their channels, and on the third working day of the next
month its close does, with a file of how every budget ended. Type commands as in Slack, or the number
of a button. After the close time stops; the demo ends with its input, with "quit" or with Ctrl-C.`

// leastPerDay is how long a day takes at least: a check takes some tenths of a second, and on shorter days budgets are without fresh data.
const leastPerDay = time.Second

func demoCommand() *cobra.Command {
	var perDay time.Duration
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole product in a terminal, without any account",
		Long:  demoHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if perDay < leastPerDay {
				return &service.Misuse{
					Problem: fmt.Sprintf("a day must take at least %s, or the service can't keep up with it", leastPerDay),
					Hint:    "budgetbot demo --day 2s",
				}
			}
			return demo(cmd.Context(), perDay, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().DurationVar(&perDay, "day", 2*time.Second, "how long a day takes")
	return cmd
}

func demo(ctx context.Context, perDay time.Duration, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	world, err := openDemoWorld(perDay) //nolint:contextcheck // the world ends with its Close
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	rules, err := rulesfile.Load("demo.rules.yaml", demoRules)
	if err != nil {
		return err
	}
	c := world.config()
	service, err := service.Build(ctx, c, service.Options{
		Log: service.NewLog(c, stderr), Now: world.clock.Now, Rules: rules, Poll: perDay / 24, BrokenWait: 5 * time.Second,
		Days: max(perDay/8, leastPoll), DayMonths: demoDayMonths,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, service.Close()) }()
	if err := world.remember(ctx, service.Sources.Fastly, service.Store); err != nil {
		return err
	}
	// The first check comes before the clock runs: on a slow machine it would else find budgets crossed already, and be silent.
	if first := service.Checker.RunOnce(ctx, world.clock.Now()); first.Err != nil {
		return fmt.Errorf("make the demo's first check: %w", first.Err)
	}
	count := service.Checker.Checked
	service.Checker.Checked = func(result check.Result) {
		count(result)
		posted(ctx, service.Store, func() bool { return hasDays(ctx, service.Store, world.clock.Now()) })
		world.clock.checked()
	}
	return play(ctx, world, service, stdin, stdout)
}

// postedWithin bounds how long the demo waits for its own messages.
const postedWithin = 30 * time.Second

// posted waits until no message is on its way and the rest is true as well.
func posted(ctx context.Context, queue *store.Store, rest func() bool) {
	ctx, cancel := context.WithTimeout(ctx, postedWithin)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if backlog, err := queue.QueueDepth(ctx); err != nil || backlog.Pending == 0 && rest() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// leastPoll is how often days are looked for at most: where a day takes a tenth of a second, reading each would slow the demo down.
const leastPoll = 500 * time.Millisecond

// demoDayMonths is how many months of days the demo reads: enough to compare twelve weeks with the twelve before.
const demoDayMonths = 7

// demoDayAfter is how long after its end the service has a day.
const demoDayAfter = 3 * time.Hour

// hasDays reports whether the service has the day of the spike, once that is over, so that it finds the spike on time. It first reads the days of two
// years, which the demo does not wait for at any other time.
func hasDays(ctx context.Context, kept *store.Store, now time.Time) bool {
	newest := billing.DayOf(now.Add(-demoDayAfter)).AddDate(0, 0, -1)
	if !newest.Equal(demoRunaway) {
		return true
	}
	reading, err := store.Days{Store: kept}.Services(ctx, billing.Days{First: newest, Last: newest}, "any")
	return err != nil || len(reading.Unknown) == 0
}

// play runs the service in its world until the person, or the input, ends it.
func play(ctx context.Context, world *demoWorld, service *service.Service, stdin io.Reader, stdout io.Writer) error {
	now := func() time.Time { return service.Local(world.clock.Now()) }
	show := &screen{out: stdout, width: widthOf(stdout), now: now, channels: map[string]string{}, fileName: world.fileName}
	for _, channel := range world.slack.Snapshot().Channels {
		show.channels[channel.ID] = channel.Name
	}
	watcher := world.slack.Watch(0)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer watcher.Stop()
		return service.Run(ctx)
	})
	group.Go(func() error {
		for event := range watcher.Events() {
			show.show(event)
		}
		return nil
	})
	group.Go(func() error {
		defer stop()
		return converse(ctx, world, service.Store, show, stdin)
	})
	return group.Wait()
}

// converse takes what is typed, until the input has ended and the month is closed.
func converse(ctx context.Context, world *demoWorld, queue *store.Store, show *screen, stdin io.Reader) error {
	connecting, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := world.slack.WaitConnected(connecting, 1); err != nil {
		return fmt.Errorf("wait for the service to connect: %w", err)
	}
	show.say(demoWelcome, demoStart.Format("January 2"), world.clock.perDay)
	world.clock.run()
	over := settledAtTheEnd(ctx, world, queue)
	for lines := readLines(ctx, stdin); over != nil || lines != nil; {
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			switch {
			case line == "quit", line == "exit":
				return nil
			case more:
				if err := typed(ctx, world, show, line); err != nil {
					show.say("Slack says: %v", err)
				}
			default:
				lines = nil // the input has ended
				if over == nil {
					settle(ctx, world)
				}
			}
		case <-over:
			over = nil
			show.say(demoOver, demoMonth.Start().Format("January"), demoEnd.Format("January 2"))
		}
	}
	return nil
}

const demoWelcome = `A simulated workspace and a simulated Fastly account on this machine; the service between them is the real one.
You are Alice in #cdn-budget. It is %s, and a day takes %s. The first alert is seconds away.

  /usage                                      this month so far
  /usage 2023-01..2023-03 cdn_usage           a range, by month
  /usage last 3 months cdn_usage by service   the largest services
  /usage help                                 everything that can be asked
  /budget                                     the state of the budgets
  /invite shop-cdn                            let the bot into a channel it could not post to
  1                                           press the first button shown
  quit`

const demoOver = `
%s is closed, and on %s time has stopped. You can keep asking; "quit" or Ctrl-C ends the demo.`

// settledAtTheEnd returns a channel that is closed when the clock has reached its end and what was still on its way has appeared.
func settledAtTheEnd(ctx context.Context, world *demoWorld, queue *store.Store) <-chan struct{} {
	settled := make(chan struct{})
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for world.clock.Now().Before(demoEnd) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		posted(ctx, queue, func() bool {
			closes, err := queue.Closes(ctx, demoMonth)
			return err == nil && len(closes) > 0
		})
		settle(ctx, world)
		close(settled)
	}()
	return settled
}

// settle waits until what is still on its way has appeared, which is when nothing more appears for a while.
func settle(ctx context.Context, world *demoWorld) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	more := world.slack.Watch(0)
	defer more.Stop()
	for {
		select {
		case <-more.Events():
		case <-time.After(3 * time.Second):
			return
		case <-ctx.Done():
			return
		}
	}
}

// typed carries out one line as Slack would.
func typed(ctx context.Context, world *demoWorld, show *screen, line string) error {
	command, text, _ := strings.Cut(line, " ")
	n, notNumber := strconv.Atoi(line)
	var err error
	switch {
	case line == "":
	case notNumber == nil:
		button, ok := show.button(n)
		if !ok {
			return fmt.Errorf("there is no button %d to press", n)
		}
		_, err = world.slack.Press(ctx, button)
	case command == "/invite":
		err = invite(world, show, strings.TrimPrefix(strings.TrimSpace(text), "#"))
	case strings.HasPrefix(command, "/"):
		_, err = world.slack.Command(ctx, slacksim.Slash{User: demoUser, Channel: demoChannel, Command: command, Text: text})
	default:
		show.say("Type a command such as /usage help, the number of a button, or quit.")
	}
	return err
}

// invite lets the bot into a channel, as a person would by /invite @budgetbot in it.
func invite(world *demoWorld, show *screen, name string) error {
	for id, known := range show.channels {
		if known == name && world.slack.Invite(id) {
			show.say("budgetbot was invited to #%s.", name)
			return nil
		}
	}
	return fmt.Errorf("there is no channel %q to invite budgetbot to; type /invite shop-cdn", name)
}

// readLines reads until the input ends, and then closes the channel. The reading itself cannot be interrupted, so its goroutine may outlive
// the demo when a terminal is left open: the process ends then.
func readLines(ctx context.Context, stdin io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(stdin)
		for scanner.Scan() {
			select {
			case lines <- strings.TrimSpace(scanner.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}
