package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// envelopeLife is how long a claim of an envelope lasts: past Slack's last redelivery, about five minutes after the first.
const envelopeLife = 10 * time.Minute

// Envelopes is the memory that replicas share of what was taken in hand of what Slack delivered. It keeps the contract
// socket.Claims.
type Envelopes struct{ store *Store }

// Envelopes returns the shared memory. It reports false on SQLite, where one process has the database to itself and can
// remember without it.
func (s *Store) Envelopes() (Envelopes, bool) { return Envelopes{s}, s.isPostgres }

// Claim takes all keys for the caller and reports true, or takes none and reports false where one of them is taken. now is
// wall time. A key is free again ten minutes after it was claimed.
func (e Envelopes) Claim(ctx context.Context, now time.Time, keys []string) (bool, error) {
	rows := make([]query.ClaimEnvelopeParams, len(keys))
	for i, key := range slices.Sorted(slices.Values(keys)) { // in one order, so that two replicas never wait for each other
		rows[i] = query.ClaimEnvelopeParams{Key: key, ClaimedAt: millis(now), Expired: millis(now.Add(-envelopeLife))}
	}
	err := e.store.engine.Transact(ctx, "claim an envelope", func(ctx context.Context, w *engine.Work) error {
		return firstConflict(w.ClaimEnvelope(ctx, rows).QueryRow)
	})
	if errors.Is(err, alerts.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// Forget frees keys at once.
func (e Envelopes) Forget(ctx context.Context, keys []string) error {
	return e.store.engine.Transact(ctx, "forget an envelope", func(ctx context.Context, w *engine.Work) error {
		return firstError(w.ForgetEnvelope(ctx, keys).Exec)
	})
}
