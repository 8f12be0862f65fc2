package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// Revision is a rules file as all replicas know it: the current one is what the newest of them started with.
type Revision struct {
	Number int64
	Hash   string    // of the content
	Since  time.Time // when it became the current one
}

// LastGoodRules returns the text of the current rules file and when it became current. It reports false if none is
// stored.
func (s *Store) LastGoodRules(ctx context.Context) (text string, since time.Time, found bool, err error) {
	row, err := ask(ctx, "read the last good rules", s.queries.LastGoodRules)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	return row.Body, instant(row.SavedAt), err == nil, err
}

// JoinRules makes the text of a good rules file the current one, unless it is that already, and has this store take part with it. A
// check is then due at once. Stores that have joined with another text make no checks and digests from then on.
func (s *Store) JoinRules(ctx context.Context, text string, now time.Time) (Revision, error) {
	ours := Revision{Hash: hashOf(text)}
	err := s.engine.Transact(ctx, "join with the rules", func(ctx context.Context, w *engine.Work) error {
		before, err := w.LastGoodRules(ctx)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		row, err := w.JoinRules(ctx, query.JoinRulesParams{Body: text, SavedAt: millis(now), Hash: ours.Hash})
		if err != nil {
			return err
		}
		ours.Number, ours.Since = row.Revision, instant(row.SavedAt)
		if before.Body == "" || before.Body == text {
			return nil
		}
		return w.CheckNow(ctx, alerts.TaskCheck)
	})
	if err != nil {
		return Revision{}, err
	}
	s.rules.Store(ours.Hash)
	return ours, nil
}

// JoinLastGood has this store take part with a text that LastGoodRules returned. It never makes it the current one.
func (s *Store) JoinLastGood(ctx context.Context, text string) error {
	hash := hashOf(text)
	err := run(ctx, "join with the last good rules", s.queries.HashRules, query.HashRulesParams{Hash: hash, Body: text})
	if err == nil {
		s.rules.Store(hash)
	}
	return err
}

// CurrentRules returns the current rules file, and whether this store has joined with another one.
func (s *Store) CurrentRules(ctx context.Context) (current Revision, isOld bool, err error) {
	row, err := ask(ctx, "read which rules are current", s.queries.LastGoodRules)
	if errors.Is(err, sql.ErrNoRows) {
		return Revision{}, false, nil
	}
	ours := s.joined()
	return Revision{row.Revision, row.Hash, instant(row.SavedAt)}, err == nil && ours != "" && ours != row.Hash, err
}

// joined is the hash of the rules that this store works with; empty if it has not joined any, and then none is enforced.
func (s *Store) joined() string {
	hash, _ := s.rules.Load().(string)
	return hash
}

// holdRules keeps the current rules from being replaced until the transaction ends. It is alerts.ErrOldRules where that has happened
// already.
func (s *Store) holdRules(ctx context.Context, w *engine.Work) error {
	ours := s.joined()
	if ours == "" {
		return nil
	}
	held, err := w.HoldRules(ctx, ours)
	if err == nil && held == 0 {
		err = alerts.ErrOldRules
	}
	return err
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
