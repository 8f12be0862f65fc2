package store

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// openTimeout bounds the opening of a database, with its migrations and the wait for a replica that migrates first.
const openTimeout = 2 * time.Minute

// Config is which database to open, and how.
type Config struct {
	// URL is sqlite://FILE, with a relative or (three slashes) absolute path, sqlite://:memory:, which is gone when the
	// Store is closed, or postgres://….
	URL string
	// ReadOnly opens an existing database beside the service that writes it. Whatever would write returns an error.
	ReadOnly bool
	// Log receives what goes wrong with deliveries; nil discards it.
	Log *zap.Logger
	// PostEvery is how long a channel takes for a message, beyond a few at once; 0 is no time at all.
	PostEvery time.Duration
	// Business is business time, by which deliveries are deferred; nil means wall time.
	Business func() time.Time
}

// Store is an open database. Its methods may be called from any goroutine until Close.
type Store struct {
	engine     *engine.Engine
	isPostgres bool
	queries    *query.Queries // outside any transaction
	log        *zap.Logger
	now        func() time.Time // this process's clock
	// leaseClock is the clock by which claims expire: the database's, which all replicas share.
	leaseClock func(context.Context) (time.Time, error)
	file       *engine.WatchedFile // nil but for a service on a SQLite file

	rules atomic.Value // the hash of the rules that this store takes part with; nothing before it has joined

	shut func() error // closes the engine, once

	mu         sync.Mutex // guards the start and the stop of the dispatcher
	dispatcher dispatcher
	skewed     bool // as the dispatcher's loop saw the clocks last
}

// Open opens the database, brings its tables up to date and, on SQLite, takes over what an earlier service that died has
// left claimed. Its errors wrap the sentinels of engine where one fits, and never show the URL's password.
func Open(ctx context.Context, config Config) (*Store, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	where, err := engine.ParseAddress(config.URL)
	if err != nil {
		return nil, err
	}
	log := cmp.Or(config.Log, zap.NewNop())
	s := &Store{isPostgres: where.Postgres != "", log: log, now: time.Now}
	s.dispatcher = dispatcher{
		store: s, business: config.Business, pace: config.PostEvery, started: time.Now(), nudge: make(chan struct{}, 1),
	}
	if s.engine, err = engine.Open(ctx, where, config.ReadOnly, s.dispatcher.wake); err != nil {
		return nil, err
	}
	s.queries = query.New(s.engine)
	s.leaseClock = func(ctx context.Context) (time.Time, error) { return s.engine.Clock(ctx, s.engine) }
	s.shut = sync.OnceValue(s.engine.Shut)
	if !s.isPostgres && !config.ReadOnly && where.File != engine.InMemory {
		if s.file, err = engine.Watch(where.File, log); err != nil {
			return nil, errors.Join(err, s.shut())
		}
	}
	return s, nil
}

// Close ends the delivery that still runs, as StopDelivery does, closes the database and lets go of its file. A second call
// does nothing.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), softStop+hardStop)
	defer cancel()
	return errors.Join(s.StopDelivery(ctx), s.shut())
}

// FileTrouble is a sentence that the SQLite file was removed or replaced since it was opened; empty for a file that was not, and elsewhere.
func (s *Store) FileTrouble() string {
	if s.file == nil {
		return ""
	}
	return s.file.Look()
}
