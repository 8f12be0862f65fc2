package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// databases are where the programs keep what they know: a SQLite file in the directory of each, or a schema for each on a PostgreSQL server.
type databases struct {
	server  string // a postgres:// address; empty for SQLite
	schemas map[string]bool
}

// of returns the address of the database that belongs to a directory.
func (d *databases) of(ctx context.Context, dir string) (string, error) {
	if d.server == "" {
		return "sqlite://" + filepath.Join(dir, "budgetbot.db"), nil
	}
	at, err := url.Parse(d.server)
	if err != nil {
		return "", errors.New("-postgres is no address")
	}
	schema := strings.ToLower(strings.ReplaceAll(filepath.Base(filepath.Dir(dir))+"_"+filepath.Base(dir), "-", "_"))
	if !d.schemas[schema] {
		if err := d.run(ctx, "CREATE SCHEMA "+schema); err != nil {
			return "", fmt.Errorf("make a schema for the benchmark: %w", err)
		}
		if d.schemas == nil {
			d.schemas = map[string]bool{}
		}
		d.schemas[schema] = true
	}
	settings := at.Query()
	settings.Set("search_path", schema)
	at.RawQuery = settings.Encode()
	return at.String(), nil
}

// drop drops what of has made.
func (d *databases) drop() error {
	var errs []error
	for schema := range d.schemas {
		errs = append(errs, d.run(context.Background(), "DROP SCHEMA "+schema+" CASCADE"))
	}
	return errors.Join(errs...)
}

func (d *databases) run(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, d.server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
