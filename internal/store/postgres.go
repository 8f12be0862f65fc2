package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// migrationLock is the advisory lock under which one replica at a time migrates.
const migrationLock = 0x627564676574 // "budget"

const (
	connectTimeout = 5 * time.Second
	fewestConns    = 4 // the queue listens on one, and a migration holds one while it works on others
	undefinedTable = "42P01"
)

type pgPool struct{ *pgxpool.Pool }

func (p pgPool) begin(ctx context.Context) (pgx.Tx, openTx, error) {
	tx, err := p.Begin(ctx)
	return tx, tx, err
}

func (p pgPool) close() error {
	p.Close()
	return nil
}

func openPostgres(ctx context.Context, where address, config *river.Config) (engine, error) {
	conns, err := dialPostgres(ctx, where, func(*pgxpool.Config) {})
	if err != nil {
		return nil, err
	}
	opened, err := preparePostgres(ctx, conns, config)
	if err != nil {
		conns.Close()
		return nil, err
	}
	return opened, nil
}

func preparePostgres(ctx context.Context, conns pgPool, config *river.Config) (engine, error) {
	driver := riverpgxv5.New(conns.Pool)
	err := alone(ctx, conns, func() error {
		db := stdlib.OpenDBFromPool(conns.Pool)
		return errors.Join(migrate(ctx, goose.DialectPostgres, db, driver, config.Logger), db.Close())
	})
	if err != nil {
		return nil, err
	}
	return newQueueEngine(driver, conns, config)
}

// alone runs do while no other replica does. The server lets go of the lock when the connection ends, however it ends.
func alone(ctx context.Context, conns pgPool, do func() error) error {
	conn, err := conns.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("wait for another replica to bring the tables up to date: %w", err)
	}
	err = do()
	unlock, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	if _, failure := conn.Exec(unlock, "SELECT pg_advisory_unlock($1)", int64(migrationLock)); failure != nil {
		err = errors.Join(err, fmt.Errorf("let other replicas go on: %w", failure), conn.Conn().Close(unlock))
	}
	return err
}

func openPostgresReader(ctx context.Context, where address) (engine, error) {
	conns, err := dialPostgres(ctx, where, func(config *pgxpool.Config) {
		config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "SET default_transaction_read_only = on")
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(conns.Pool)
	target, err := newestVersion(goose.DialectPostgres, db)
	if err == nil {
		err = checkVersion(ctx, conns, target, isUndefinedTable)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		conns.Close()
		return nil, err
	}
	return reader{conns, conns.close}, nil
}

func dialPostgres(ctx context.Context, where address, adjust func(*pgxpool.Config)) (pgPool, error) {
	config, err := pgxpool.ParseConfig(where.postgres)
	if err != nil {
		return pgPool{}, ErrAddress // the cause repeats the URL, and with it the password
	}
	if wait := config.ConnConfig.ConnectTimeout; wait == 0 || wait > connectTimeout {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	config.MaxConns = max(config.MaxConns, fewestConns)
	adjust(config)
	conns, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return pgPool{}, fmt.Errorf("connect: %w", err)
	}
	if err := conns.Ping(ctx); err != nil {
		conns.Close()
		return pgPool{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return pgPool{conns}, nil
}

func isUndefinedTable(err error) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && failure.Code == undefinedTable
}
