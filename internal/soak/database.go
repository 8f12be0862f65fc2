package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"budgetbot/internal/wire"
)

// database is a schema of its own on a PostgreSQL server, through a wire that can be cut.
type database struct {
	*wire.Wire

	server, schema string
	setting        string // for the environment
}

// openDatabase makes the schema on the server at TEST_DATABASE_URL, or without it at 127.0.0.1:5432.
func openDatabase(ctx context.Context) (*database, error) {
	d := &database{server: os.Getenv("TEST_DATABASE_URL"), schema: "soak_" + strings.ToLower(rand.Text())}
	if d.server == "" {
		d.server = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	at, err := url.Parse(d.server)
	if err != nil {
		return nil, errors.New("TEST_DATABASE_URL is no address")
	}
	if err := d.run(ctx, "CREATE SCHEMA "+d.schema); err != nil {
		return nil, fmt.Errorf("make a schema for the soak (TEST_DATABASE_URL names a server): %w", err)
	}
	if d.Wire, err = wire.New(at.Host); err != nil { //nolint:contextcheck // it ends with Close
		return nil, errors.Join(err, d.drop()) //nolint:contextcheck // what was made is dropped, whatever has ended
	}
	at.Host = d.Address()
	settings := at.Query()
	settings.Set("search_path", d.schema)
	at.RawQuery = settings.Encode()
	d.setting = "DATABASE_URL=" + at.String()
	return d, nil
}

func (d *database) run(ctx context.Context, statement string) error {
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

func (d *database) drop() error {
	return d.run(context.Background(), "DROP SCHEMA "+d.schema+" CASCADE")
}

// Close drops the schema.
func (d *database) Close() error { return errors.Join(d.Wire.Close(), d.drop()) }
