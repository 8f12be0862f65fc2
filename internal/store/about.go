package store

import (
	"context"
	"fmt"
	"strings"

	"budgetbot/internal/store/engine"
)

// About names the database and the version of its schema: "PostgreSQL 15.20, schema 1001".
func (s *Store) About(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, engine.StatementTimeout)
	defer cancel()
	name, statement := "SQLite", "SELECT sqlite_version()"
	if s.isPostgres {
		name, statement = "PostgreSQL", "SHOW server_version"
	}
	var server string
	if err := s.engine.QueryRow(ctx, statement).Scan(&server); err != nil {
		return "", fmt.Errorf("ask the database for its version: %w", err)
	}
	server, _, _ = strings.Cut(server, " ")
	var schema int64
	if err := s.engine.QueryRow(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&schema); err != nil {
		return "", fmt.Errorf("ask the database for its schema: %w", err)
	}
	return fmt.Sprintf("%s %s, schema %d", name, server, schema), nil
}
