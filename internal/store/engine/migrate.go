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
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
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

func refuseNewer(current, target int64) error {
	if current/versionsPerMajor > target/versionsPerMajor {
		return fmt.Errorf("schema %d, and this program knows %d: %w", current, target, ErrNewer)
	}
	return nil
}

// checkVersion reports whether a database that may only be read has the tables this version reads. The last migration's file has its number.
func checkVersion(ctx context.Context, db query.DBTX) error {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	target, err := goose.NumericComponent(files[len(files)-1].Name())
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	var current int64
	err = db.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&current)
	if err != nil && !isNoTable(err) {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if current < target {
		return fmt.Errorf("schema %d, and this program reads %d: %w", current, target, ErrOlder)
	}
	return refuseNewer(current, target)
}
