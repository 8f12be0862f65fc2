package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"budgetbot/billing"
)

// part is where one month of an answer comes from: the cached lot and, if that is not fresh, the running read or the reason why there is
// none.
type part[V any] struct {
	what   string
	month  billing.Month
	held   *lot[V]
	flight *flight[V]
	err    error
}

// waitFor waits for the running reads; if the cache has an older lot it waits no longer than the cache's patience. It fails only if the
// caller gave up.
func waitFor[V any](ctx context.Context, patience time.Duration, parts []part[V]) error {
	if !slices.ContainsFunc(parts, func(p part[V]) bool { return p.flight != nil }) {
		return nil
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for i := range parts {
		p, until := &parts[i], patient
		if p.flight == nil {
			continue
		}
		if p.held == nil {
			until = ctx
		}
		select {
		case <-p.flight.done:
			p.err = p.flight.err
		case <-until.Done():
			p.err = billing.ErrTimeout
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for %s of %s: %w", p.what, p.month, ctx.Err())
		}
	}
	return nil
}

// result returns the newest rows, and in stale why they are not newer. It fails if there are none.
func (p *part[V]) result() (rows []V, readAt time.Time, stale, err error) {
	switch {
	case p.flight != nil && p.err == nil:
		return p.flight.rows[p.month], p.flight.readAt, nil, nil
	case p.held != nil:
		return p.held.rows, p.held.readAt, p.err, nil
	}
	return nil, time.Time{}, nil, p.err
}

// assemble puts the months together. The age is that of the newest month, or, if any is stale, of the oldest stale one.
func assemble[V any](parts []part[V]) (all []V, fresh billing.Freshness, err error) {
	var oldest time.Time
	lots := make([][]V, len(parts))
	for i, p := range parts {
		rows, readAt, stale, err := p.result()
		if err != nil {
			return nil, billing.Freshness{}, err
		}
		lots[i], fresh.ReadAt = rows, readAt
		if stale != nil && (oldest.IsZero() || readAt.Before(oldest)) {
			oldest, fresh.Stale = readAt, staleReason(stale)
		}
	}
	if !oldest.IsZero() {
		fresh.ReadAt = oldest
	}
	return slices.Concat(lots...), fresh, nil
}

// staleReason gives in a few words the reason why Fastly could not be asked again.
func staleReason(err error) string {
	reasons := []struct {
		kind error
		text string
	}{
		{billing.ErrUnauthorised, "Fastly no longer accepts the token"},
		{billing.ErrForbidden, "Fastly no longer lets the token read usage"},
		{billing.ErrRateLimited, "Fastly asks to be left alone for a while"},
		{billing.ErrTimeout, "Fastly did not answer in time"},
		{billing.ErrReset, "the connection to Fastly broke"},
		{billing.ErrUnreachable, "Fastly cannot be reached"},
		{billing.ErrUnavailable, "Fastly has a fault"},
		{billing.ErrNoEstimate, "Fastly no longer makes an estimate"},
		{billing.ErrNotUnderstood, "Fastly's answer was not understood"},
	}
	for _, r := range reasons {
		if errors.Is(err, r.kind) {
			return r.text
		}
	}
	return "Fastly could not be asked"
}
