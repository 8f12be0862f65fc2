package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store"
	"budgetbot/slackapp/blocks"
)

// What a stop may take: answers in hand and messages in hand are finished side by side.
const (
	drainTimeout   = 8 * time.Second
	deliverTimeout = 9 * time.Second // an attempt at a delivery takes 8 s at most
)

// Run serves until ctx ends, or until Slack refuses for good. It then finishes the work in hand, within ten seconds.
func (s *Service) Run(ctx context.Context) error {
	if err := s.startDelivery(ctx); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopped in the moment between start and service, which is a good end
		}
		return err
	}
	s.awaited.set("database", "")
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := s.line.Load().Run(ctx); err != nil {
			return slackFailure(err)
		}
		return nil
	})
	for _, work := range []func(context.Context){s.warnOfToken, s.Checker.Run, s.app.Load().Watch, s.digester.Run, s.keepDays, s.prune} {
		group.Go(func() error {
			work(ctx)
			return nil
		})
	}
	group.Go(func() error {
		<-ctx.Done()
		s.log.Info("stopping, work in hand is finished first")
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
		defer cancel()
		return s.Store.StopDelivery(stopping)
	})
	err := group.Wait()
	s.log.Info("stopped")
	return err
}

func (s *Service) startDelivery(ctx context.Context) error {
	err := s.reach(ctx, func() error { return s.Store.StartDelivery(ctx, handler{s.deliverer, s}) })
	if err != nil {
		return &Failure{"deliveries cannot be started", "the log has the cause", err}
	}
	return nil
}

// deliverAllTimeout bounds how long a single check waits for Slack. What is not delivered by then is kept.
const deliverAllTimeout = 2 * time.Minute

// DeliverAll delivers what is waiting, and returns when only deliveries that a channel refuses are left.
func (s *Service) DeliverAll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deliverAllTimeout)
	defer cancel()
	if err := s.startDelivery(ctx); err != nil {
		return err
	}
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		backlog, err := s.Store.QueueDepth(ctx)
		if err != nil || backlog.Pending == 0 {
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
			defer cancel()
			return errors.Join(err, s.Store.StopDelivery(stopping), refusedBy(backlog))
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return &Failure{"Slack did not take every message in time; they are kept", "the service, or the next check --send, delivers them", ctx.Err()}
		}
	}
}

func refusedBy(backlog store.Backlog) error {
	if backlog.Broken == 0 {
		return nil
	}
	return &Failure{
		Problem: fmt.Sprintf("%s waiting, because a channel refuses the bot", blocks.Counted(backlog.Broken, "message")),
		Hint:    "/readyz of the service, /budget and the log name the channel; invite the bot there",
	}
}

// handler counts the outcomes of deliveries, and logs those that were posted; the store logs once why one is waiting.
type handler struct {
	*deliver.Deliverer
	service *Service
}

// Attempt makes one try at a delivery.
func (h handler) Attempt(ctx context.Context, attempt deliver.Attempt) deliver.Verdict {
	verdict := h.Deliverer.Attempt(ctx, attempt)
	h.service.metrics.Deliveries.WithLabelValues(string(attempt.Kind), string(verdict.State)).Inc()
	if verdict.State == alerts.DeliverySent {
		h.service.log.Info("delivery made", zap.String("delivery_id", attempt.ID), zap.String("kind", string(attempt.Kind)),
			zap.String("channel", attempt.Channel), zap.String("rule", attempt.Rule))
	}
	return verdict
}

// pruneEvery is how often what is older than 13 months is forgotten.
const pruneEvery = 24 * time.Hour

func (s *Service) prune(ctx context.Context) {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		s.pruneOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (s *Service) pruneOnce(ctx context.Context) {
	if trouble := s.skew.trouble(); trouble != "" {
		s.log.Warn("old records not removed: " + trouble)
		return
	}
	removed, err := s.Store.Prune(ctx, s.now())
	switch {
	case err != nil && ctx.Err() == nil:
		s.log.Warn("old records not removed", zap.Error(err))
	case removed > 0:
		s.log.Info("old records removed", zap.Int64("rows", removed))
	}
}
