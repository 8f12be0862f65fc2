package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	"modernc.org/sqlite/lib"

	"budgetbot/internal/store/query"
)

// litePool is a SQLite database with its single connection: more of them only wait for one another, and one in memory has
// nothing to share.
type litePool struct {
	*liteDB

	name string // of the file, as it was given
	db   *sql.DB
	lock *os.File // nil in memory and for readers
}

func (p *litePool) begin(ctx context.Context) (openTx, error) {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return liteTx{newLiteDB(tx.PrepareContext), tx}, nil
}

// Clock is this process's: no other one writes the file.
func (*litePool) Clock(context.Context, query.DBTX) (time.Time, error) { return time.Now(), nil }

func (p *litePool) Shut() error {
	err := p.db.Close()
	if p.lock != nil {
		// The lock's file stays: removing it would let two services lock two files of one name.
		err = errors.Join(err, p.lock.Close())
	}
	return err
}

type liteTx struct {
	*liteDB

	tx *sql.Tx
}

// Commit makes the transaction's writes last.
func (t liteTx) Commit(context.Context) error { return t.tx.Commit() }

// Rollback undoes the transaction's writes.
func (t liteTx) Rollback(context.Context) error { return t.tx.Rollback() }

// dialSQLite sets up the connection, for a service under the file's lock. Nothing is read yet.
func dialSQLite(_ context.Context, where Address, readOnly bool) (pool, error) {
	settings := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}
	conns := &litePool{name: where.File}
	switch {
	case readOnly:
		if _, err := os.Stat(where.File); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open %s: %w", where.File, ErrAbsent)
		}
		settings = url.Values{
			"mode":    {"ro"},
			"_pragma": {"busy_timeout(5000)", "query_only(1)"},
		}
	case where.File != InMemory:
		var err error
		if where.File, err = reserve(where.File); err != nil {
			return nil, err
		}
		if conns.lock, err = lock(where.File); err != nil {
			return nil, err
		}
	}
	db, err := sql.Open("sqlite", where.dsn(settings))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", where.File, err)
	}
	db.SetMaxOpenConns(1)
	conns.db, conns.liteDB = db, newLiteDB(db.PrepareContext)
	return conns, nil
}

// reserve creates a new file readable by this user alone, because a company's usage is confidential. It returns the file's real name, since
// symbolic links may give it other ones.
func reserve(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", path, ErrNoDirectory)
	}
	if err != nil {
		return "", fmt.Errorf("open %s: %w: %w", path, ErrNotWritable, err)
	}
	name, err := filepath.EvalSymlinks(path)
	return name, errors.Join(err, file.Close())
}

func (p *litePool) prepare(ctx context.Context) error {
	if err := inspectSQLite(ctx, p); err != nil {
		return err
	}
	if err := migrate(ctx, goose.DialectSQLite3, p.db); err != nil {
		return err
	}
	return takeOver(ctx, p)
}

// inspectSQLite looks through the file for damage, since a service that finds it later has already lost something.
func inspectSQLite(ctx context.Context, conns *litePool) error {
	var finding string
	if err := conns.QueryRow(ctx, "PRAGMA quick_check(1)").Scan(&finding); err != nil {
		return err
	}
	if finding != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, finding)
	}
	return nil
}

// takeOver frees what an earlier holder of the file left behind: its claim, its lanes and the attempts that were under way.
// The lock that we hold proves it dead.
func takeOver(ctx context.Context, conns *litePool) error {
	for _, statement := range []string{
		"UPDATE schedule SET holder = '', lease_until = 0",
		"UPDATE lane SET busy_until = 0, due_at = 0",
		"UPDATE delivery SET unsure_at = begun_at, looked_at = 0, begun_at = 0, retry_at = 0 WHERE begun_at > 0",
	} {
		if _, err := conns.Exec(ctx, statement); err != nil {
			return fmt.Errorf("take over from an earlier service: %w", err)
		}
	}
	return nil
}

func (p *litePool) judge(_ context.Context, err error) error {
	code := 0
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		code = failure.Code() & 0xff // the rest is detail
	}
	switch code {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		err = fmt.Errorf("%w: %w", ErrNotWritable, err)
	}
	return fmt.Errorf("open %s: %w", p.name, err)
}
