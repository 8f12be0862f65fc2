package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"budgetbot/internal/store/query"
)

// migrationLock is the advisory lock under which one replica at a time migrates. Services in other schemas of the database have locks of their own.
const (
	migrationLock = "$1::bigint + hashtext(current_schema())"
	lockNumber    = int64(0x627564676574) // "budget"
)

const (
	connectTimeout = 5 * time.Second
	fewestConns    = 4 // a migration holds one while it works on others
	ourName        = "budgetbot"
)

type pgPool struct{ *pgxpool.Pool }

func (p pgPool) begin(ctx context.Context) (openTx, error) { return p.Begin(ctx) }

func (pgPool) Clock(ctx context.Context, db query.DBTX) (time.Time, error) {
	var ms int64
	if err := db.QueryRow(ctx, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)").Scan(&ms); err != nil {
		return time.Time{}, fmt.Errorf("ask the database for its clock: %w", err)
	}
	return time.UnixMilli(ms).UTC(), nil
}

func (p pgPool) Shut() error {
	p.Close()
	return nil
}

// prepare brings the tables up to date while no other replica does. The server lets go of the lock when the connection ends, however it ends.
func (p pgPool) prepare(ctx context.Context) error {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock("+migrationLock+")", lockNumber); err != nil {
		return fmt.Errorf("wait for another replica to bring the tables up to date: %w", err)
	}
	db := stdlib.OpenDBFromPool(p.Pool)
	err = errors.Join(migrate(ctx, goose.DialectPostgres, db), db.Close())
	unlock, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	if _, failure := conn.Exec(unlock, "SELECT pg_advisory_unlock("+migrationLock+")", lockNumber); failure != nil {
		err = errors.Join(err, fmt.Errorf("let other replicas go on: %w", failure), conn.Conn().Close(unlock))
	}
	return err
}

func (p pgPool) judge(ctx context.Context, err error) error {
	return judgePostgres(ctx, p.Config(), p.Pool, err)
}

func dialPostgres(ctx context.Context, where Address, readOnly bool) (pool, error) {
	config, err := readPostgres(where.Postgres)
	if err != nil {
		return nil, err
	}
	if readOnly {
		config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "SET default_transaction_read_only = on")
			return err
		}
	}
	conns, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if err := conns.Ping(ctx); err != nil {
		conns.Close()
		return nil, judgePostgres(ctx, config, nil, err)
	}
	return pgPool{conns}, nil
}

// readPostgres reads the settings that a URL, and the environment that PostgreSQL's own programs read, ask for.
func readPostgres(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		if file, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, &OpenError{"the file " + file.Path + " that DATABASE_URL names cannot be read", "see whether the file is there, and give this user the right to read it", file}
		}
		return nil, ErrAddress // the cause repeats the URL, and with it the password
	}
	if config.MaxConns < fewestConns {
		return nil, &OpenError{
			fmt.Sprintf("pool_max_conns=%d is too few: budgetbot needs %d connections at least", config.MaxConns, fewestConns),
			fmt.Sprintf("set pool_max_conns in DATABASE_URL to %d or more, or leave it out", fewestConns), nil,
		}
	}
	if wait := config.ConnConfig.ConnectTimeout; wait == 0 || wait > connectTimeout {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = ourName
	}
	return config, nil
}
