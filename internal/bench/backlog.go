package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/store"
)

const (
	otherChannel   = "C0CDN0001"
	watchedByOther = 777              // rules, by which its message is known from what the service posts there itself
	watchedFor     = 10 * time.Second // with the backlog, for what it takes
)

// measureBacklog starts the service on a database in which many messages wait for one channel and one for another, and measures when
// that one is posted, and what the backlog takes meanwhile.
func measureBacklog(ctx context.Context, b *bench) error {
	for _, c := range []struct {
		what, channel string
		waiting       int
	}{
		{"a channel that Slack does not know", "C0GONE001", 1_000},
		{"a channel that Slack does not know", "C0GONE001", 10_000},
		{"a channel that takes one a second", "C0GENERAL", 1_000},
	} {
		if err := b.backlog(ctx, fmt.Sprintf("%d messages wait for %s", c.waiting, c.what), c.channel, c.waiting); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) backlog(ctx context.Context, what, channel string, waiting int) (err error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("backlog-%s-%d", channel, waiting))
	first, err := b.open(ctx, "bot", dir, fastlysim.Config{}) // makes the database
	if err != nil {
		return err
	}
	if err := first.close(); err != nil {
		return err
	}
	if err := b.fillBacklog(ctx, dir, channel, waiting); err != nil {
		return err
	}
	w, err := b.open(ctx, "bot", dir, fastlysim.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	soon, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	began := time.Now()
	if _, err := w.slack.WaitMessage(soon, otherChannel, isOther); err != nil {
		return fmt.Errorf("the other channel's message: %w\n%s", err, w.program.LastWords())
	}
	took := time.Since(began)
	b.report.judge(what+": another channel's is posted after", "≤ 5 s", brief(took), took <= 5*time.Second)
	before, err := w.program.CPU()
	if err != nil {
		return err
	}
	calls := w.slack.CallCount("chat.postMessage")
	if err := rest(ctx, watchedFor); err != nil {
		return err
	}
	after, err := w.program.CPU()
	if err != nil {
		return err
	}
	b.report.say(what+": CPU, and calls of chat.postMessage, in 10 s", fmt.Sprintf("%.1f %%, %d", 100*(after-before).Seconds()/watchedFor.Seconds(),
		w.slack.CallCount("chat.postMessage")-calls))
	return nil
}

func isOther(m slacksim.Message) bool {
	return strings.Contains(m.Text, fmt.Sprintf("%d rules", watchedByOther))
}

// fillBacklog writes what waits as the service writes it.
func (b *bench) fillBacklog(ctx context.Context, dir, channel string, waiting int) error {
	address, err := b.databases.of(ctx, dir)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Config{URL: address})
	if err != nil {
		return err
	}
	now := time.Now()
	deliveries := make([]alerts.Delivery, 0, waiting+1)
	for i := range waiting {
		deliveries = append(deliveries, waitingMessage(fmt.Sprintf("backlog-%05d", i), channel, now, 1))
	}
	deliveries = append(deliveries, waitingMessage("other", otherChannel, now.Add(time.Second), watchedByOther))
	return errors.Join(s.Record(ctx, alerts.Outcome{At: now, Deliveries: deliveries}), s.Close()) //nolint:contextcheck // what was opened is closed, whatever has ended
}

// waitingMessage is a summary of the start, which nothing overtakes while it waits.
func waitingMessage(id, channel string, at time.Time, watched int) alerts.Delivery {
	return alerts.Delivery{
		ID: id, Kind: alerts.DeliverStart, Channel: channel, State: alerts.DeliveryPending, CreatedAt: at,
		Message: alerts.Message{Reason: alerts.ReasonFirstStart, Rules: watched, Channels: 1},
	}
}
