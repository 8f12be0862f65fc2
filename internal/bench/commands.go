package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

const (
	senders   = 16
	perSender = 150 // commands of each sender in a round
)

// questions are ten that are unlike: of one month and of many, of an account, a product and a usage type, in every breakdown that usage has.
var questions = []string{
	"2023-01..2023-03 cdn_usage",
	"2023-02",
	"last month",
	"2023-01..2023-06 by region",
	"2022-10..2023-03 by type",
	"2023-01..2023-12 cdn_usage",
	"2023-03 cdn_usage north america bandwidth",
	"2023-04..2023-05 by type top 3",
	"q1 2022 asia requests",
	"2022 image optimizer",
}

// measureCommands lets sixteen people ask ten questions whose months are in memory, of the service and of the floor in turn.
func measureCommands(ctx context.Context, b *bench) (err error) {
	bot, err := b.open(ctx, "bot", filepath.Join(b.dir, "commands"), fastlysim.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bot.close()) }()
	var answers []slacksim.Message
	for _, question := range questions {
		_, _, answer, err := bot.ask(ctx, person(0), question)
		if err != nil {
			return err
		}
		answers = append(answers, answer)
	}
	file := filepath.Join(b.dir, "bodies.json")
	size, err := writeBodies(file, answers)
	if err != nil {
		return err
	}
	floor, err := b.open(ctx, "floor", filepath.Join(b.dir, "floor-files"), fastlysim.Config{}, "FLOOR_BODIES="+file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.close()) }()
	var calm, renewed comparison
	for i := range 2*b.rounds + 1 {
		to := &calm
		if i%2 == 0 {
			to = &renewed
		}
		if i == 0 { // warms up
			to = &comparison{}
		}
		if err := to.round(ctx, bot, floor, to == &renewed); err != nil {
			return err
		}
	}
	b.reportCommands(calm, renewed, size)
	return nil
}

// writeBodies writes the answers as the floor is to post them, and returns their mean length in bytes.
func writeBodies(file string, answers []slacksim.Message) (int, error) {
	var bodies []json.RawMessage
	size := 0
	for _, m := range answers {
		body, err := json.Marshal(map[string]any{
			"text": m.Text, "blocks": m.Blocks, "response_type": "ephemeral", "replace_original": false,
		})
		if err != nil {
			return 0, err
		}
		bodies = append(bodies, body)
		size += len(body)
	}
	text, err := json.Marshal(bodies)
	if err != nil {
		return 0, err
	}
	return size / len(answers), os.WriteFile(file, text, 0o600)
}

// comparison is rounds of the service and of the floor, side by side.
type comparison struct{ bot, floor []burst }

// round lets both run once, the one that was second before first.
func (c *comparison) round(ctx context.Context, bot, floor *world, renewing bool) error {
	turn := len(c.bot)
	for i := range 2 {
		w, to := bot, &c.bot
		if (i+turn)%2 == 1 {
			w, to = floor, &c.floor
		}
		one, err := w.burst(ctx, renewing)
		if err != nil {
			return err
		}
		*to = append(*to, one)
	}
	return nil
}

// burst is what came of one round of commands.
type burst struct {
	answers, refused, lost int
	renewals               int
	took, cpu              time.Duration
	acks                   []time.Duration
}

func (r burst) perSecond() float64 { return float64(r.answers) / r.took.Seconds() }

func (r burst) perCommand() time.Duration { return r.cpu / time.Duration(max(r.answers, 1)) }

// burst lets every sender ask one command after another, each as soon as the answer before is there.
func (w *world) burst(ctx context.Context, renewing bool) (burst, error) {
	var (
		all     burst
		mu      sync.Mutex
		sending sync.WaitGroup
	)
	before, err := w.program.CPU()
	if err != nil {
		return all, err
	}
	renewed := w.renewMeanwhile(renewing)
	began := time.Now()
	for n := range senders {
		sending.Go(func() {
			one := w.sender(ctx, n)
			mu.Lock()
			defer mu.Unlock()
			all.answers += one.answers
			all.refused += one.refused
			all.lost += one.lost
			all.acks = append(all.acks, one.acks...)
		})
	}
	sending.Wait()
	all.took = time.Since(began)
	all.renewals = renewed()
	after, err := w.program.CPU()
	all.cpu = after - before
	if all.answers == 0 {
		err = errors.Join(err, fmt.Errorf("no command was answered\n%s", w.program.LastWords()))
	}
	return all, err
}

// sender asks the questions in turn, each person beginning with another one.
func (w *world) sender(ctx context.Context, who int) burst {
	var one burst
	for i := range perSender {
		acked, _, _, err := w.ask(ctx, person(who), questions[(who+i)%len(questions)])
		switch {
		case errors.Is(err, errRefused):
			one.refused++
		case err != nil:
			one.lost++
		default:
			one.answers++
			one.acks = append(one.acks, acked)
		}
	}
	return one
}

// oldEnough is the age from which a connection is renewed while commands are sent; with Slack it is hours. One that ends
// earlier counts as a failure, for which the service waits before it opens the next, and so it should.
const oldEnough = 11 * time.Second

// renewMeanwhile renews every connection that is old enough, where it is to, until the function that it returns is called,
// which shows how often it did.
func (w *world) renewMeanwhile(renewing bool) (end func() int) {
	if !renewing {
		return func() int { return 0 }
	}
	done := make(chan struct{})
	var working sync.WaitGroup
	renewals := 0
	working.Go(func() {
		turns := time.NewTicker(250 * time.Millisecond)
		defer turns.Stop()
		for {
			select {
			case <-done:
				return
			case <-turns.C:
			}
			if open := w.slack.Connections(); len(open) > 1 && time.Since(open[0].Opened) > oldEnough {
				w.slack.Disconnect("refresh_requested", open[0].ID)
				renewals++
			}
		}
	})
	return func() int {
		close(done)
		working.Wait()
		return renewals
	}
}

func (b *bench) reportCommands(calm, renewed comparison, size int) {
	r := &b.report
	answers := calm.each(func(bot, floor burst) float64 { return bot.perSecond() / floor.perSecond() })
	ratio := median(answers)
	r.judge(fmt.Sprintf("answers a second to %d questions whose months are in memory, %d senders, against the floor (%d bytes an answer)",
		len(questions), senders, size), "≥ 0.6",
		fmt.Sprintf("%.2f (%.0f against %.0f)", ratio, median(rates(calm.bot)), median(rates(calm.floor))), ratio >= 0.6)
	botAcks, floorAcks := acksOf(calm.bot), acksOf(calm.floor)
	r.say("ack p50, service and floor", brief(quantile(botAcks, 0.5))+" and "+brief(quantile(floorAcks, 0.5)))
	late := quantile(botAcks, 0.99).Seconds() / quantile(floorAcks, 0.99).Seconds()
	r.judge("ack p99 against the floor", "≤ 2", fmt.Sprintf("%.2f (%s against %s)",
		late, brief(quantile(botAcks, 0.99)), brief(quantile(floorAcks, 0.99))), late <= 2)
	cost := median(calm.each(func(bot, floor burst) float64 { return bot.perCommand().Seconds() / floor.perCommand().Seconds() }))
	r.judge("CPU a command against the floor", "≤ 2.1", fmt.Sprintf("%.2f (%s against %s)",
		cost, brief(median(costs(calm.bot))), brief(median(costs(calm.floor)))), cost <= 2.1)
	failed, asked, _ := calm.failures()
	r.judge("commands refused or lost", "0", fmt.Sprintf("%d of %d", failed, asked), failed == 0)
	failed, asked, renewals := renewed.failures()
	r.judge("the same while connections are renewed", "0", fmt.Sprintf("%d of %d, %d renewals", failed, asked, renewals), failed == 0)
	ratio = median(renewed.each(func(bot, floor burst) float64 { return bot.perSecond() / floor.perSecond() }))
	r.say("answers a second against the floor while connections of both are renewed", fmt.Sprintf("%.2f", ratio))
}

func (c *comparison) each(of func(bot, floor burst) float64) []float64 {
	var values []float64
	for i := range c.bot {
		values = append(values, of(c.bot[i], c.floor[i]))
	}
	return values
}

// failures counts what the service refused or lost.
func (c *comparison) failures() (failed, asked, renewals int) {
	for _, round := range c.bot {
		failed += round.refused + round.lost
		asked += senders * perSender
		renewals += round.renewals
	}
	return failed, asked, renewals
}

func rates(rounds []burst) (values []float64) {
	for _, r := range rounds {
		values = append(values, r.perSecond())
	}
	return values
}

func costs(rounds []burst) (values []time.Duration) {
	for _, r := range rounds {
		values = append(values, r.perCommand())
	}
	return values
}

func acksOf(rounds []burst) (values []time.Duration) {
	for _, r := range rounds {
		values = append(values, r.acks...)
	}
	return values
}
