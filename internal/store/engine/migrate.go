package engine

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"budgetbot/internal/store/query"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionsPerMajor is how many migrations a major version of the schema has room for: the thousands of a migration's number
// are its major version. Within one, migrations only add, so that one version back still runs on what they leave.
const versionsPerMajor = 1000

// migrate brings the tables up to date. It must not run twice at a time: goose does not guard against that.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	provider, err := newProvider(dialect, db)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if err := refuseNewer(current, target); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil && !errors.Is(err, goose.ErrNoMigrations) {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}

func newProvider(dialect goose.Dialect, db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

func refuseNewer(current, target int64) error {
	if current/versionsPerMajor > target/versionsPerMajor {
		return fmt.Errorf("schema %d, and this program knows %d: %w", current, target, ErrNewer)
	}
	return nil
}

// checkVersion reports whether a database that may only be read has the tables this version reads.
func checkVersion(ctx context.Context, db query.DBTX, target int64, isAbsent func(error) bool) error {
	var current int64
	err := db.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&current)
	if err != nil && !isAbsent(err) {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if current < target {
		return fmt.Errorf("schema %d, and this program reads %d: %w", current, target, ErrOlder)
	}
	return refuseNewer(current, target)
}

// newestVersion returns the number of the last migration.
func newestVersion(dialect goose.Dialect, db *sql.DB) (int64, error) {
	provider, err := newProvider(dialect, db)
	if err != nil {
		return 0, err
	}
	sources := provider.ListSources()
	return sources[len(sources)-1].Version, nil
}
