package servicetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"budgetbot/internal/wire"
)

// Postgres returns the DATABASE_URL of an empty schema, through a wire that can be cut. It skips the test where there is no
// server.
func (w *World) Postgres() (databaseURL string, server *wire.Wire) {
	w.T.Helper()
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	at, err := url.Parse(address)
	if err != nil {
		w.T.Fatal("TEST_DATABASE_URL is no address")
	}
	schema := "test_" + strings.ToLower(rand.Text())
	if err := OnPostgres(address, "CREATE SCHEMA "+schema); err != nil {
		if os.Getenv("TEST_REQUIRE_POSTGRES") == "1" {
			w.T.Fatalf("no PostgreSQL server, and TEST_REQUIRE_POSTGRES=1: %v", err)
		}
		w.T.Skipf("no PostgreSQL server (TEST_DATABASE_URL names one): %v", err)
	}
	w.T.Cleanup(func() {
		if err := OnPostgres(address, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			w.T.Error(err)
		}
	})
	if server, err = wire.New(at.Host); err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { _ = server.Close() })
	at.Host = server.Address()
	settings := at.Query()
	settings.Set("search_path", schema)
	at.RawQuery = settings.Encode()
	return at.String(), server
}

// OnPostgres carries a statement out.
func OnPostgres(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
