package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	"modernc.org/sqlite/lib"

	"budgetbot/internal/store/query"
)

// litePool is a SQLite database with its single connection: more of them only wait for one another, and one in memory has
// nothing to share.
type litePool struct {
	liteDB

	db   *sql.DB
	lock *fileLock // nil in memory and for readers
}

func (p *litePool) begin(ctx context.Context) (openTx, error) {
	tx, err := p.db.BeginTx(ctx, nil)
	return liteTx{liteDB{tx}, tx}, err
}

// Clock is this process's: no other one writes the file.
func (*litePool) Clock(context.Context, query.DBTX) (time.Time, error) { return time.Now(), nil }

func (p *litePool) Shut() error {
	err := p.db.Close()
	if p.lock != nil {
		err = errors.Join(err, p.lock.release())
	}
	return err
}

type liteTx struct {
	liteDB

	tx *sql.Tx
}

// Commit makes the transaction's writes last.
func (t liteTx) Commit(context.Context) error { return t.tx.Commit() }

// Rollback undoes the transaction's writes.
func (t liteTx) Rollback(context.Context) error { return t.tx.Rollback() }

func openSQLite(ctx context.Context, where Address, wake func()) (*Engine, error) {
	conns, err := holdSQLite(where)
	if err != nil {
		return nil, err
	}
	if err := prepareSQLite(ctx, conns); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", where.File, judgeSQLite(err)), conns.Shut())
	}
	return &Engine{conns, wake}, nil
}

// holdSQLite takes the file's lock and sets up the connection. Nothing is read yet.
func holdSQLite(where Address) (*litePool, error) {
	var held *fileLock
	if where.File != InMemory {
		var err error
		if where.File, err = realName(where.File); err != nil {
			return nil, err
		}
		if held, err = lock(where.File); err != nil {
			return nil, err
		}
		if err := reserve(where.File); err != nil {
			return nil, errors.Join(err, held.release())
		}
	}
	return dialSQLite(where, held, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	})
}

// reserve creates a new file readable by this user alone, because a company's usage is confidential.
func reserve(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open %s: %w: %w", path, ErrNotWritable, err)
	}
	return file.Close()
}

func dialSQLite(where Address, held *fileLock, settings url.Values) (*litePool, error) {
	db, err := sql.Open("sqlite", where.dsn(settings))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", where.File, err)
	}
	db.SetMaxOpenConns(1)
	return &litePool{liteDB: liteDB{&prepared{DB: db, known: map[string]*sql.Stmt{}}}, db: db, lock: held}, nil
}

func prepareSQLite(ctx context.Context, conns *litePool) error {
	if err := inspectSQLite(ctx, conns); err != nil {
		return err
	}
	if err := migrate(ctx, goose.DialectSQLite3, conns.db); err != nil {
		return err
	}
	return takeOver(ctx, conns)
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

func openSQLiteReader(ctx context.Context, where Address) (*Engine, error) {
	if _, err := os.Stat(where.File); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open %s: %w", where.File, ErrAbsent)
	}
	conns, err := dialSQLite(where, nil, url.Values{
		"mode":    {"ro"},
		"_pragma": {"busy_timeout(5000)", "query_only(1)"},
	})
	if err != nil {
		return nil, err
	}
	if err := checkVersion(ctx, conns); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", where.File, judgeSQLite(err)), conns.Shut())
	}
	return &Engine{pool: conns}, nil
}

// judgeSQLite adds to a SQLite error the sentinel for what it means to the operator.
func judgeSQLite(err error) error {
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch failure.Code() & 0xff { // the rest is detail
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrNotWritable, err)
	}
	return err
}
