// Package engine is two databases behind one face: SQLite and PostgreSQL, opened, migrated, locked and asked in one way. Statements are
// written once, for pgx; SQLite runs the same ones on database/sql. It knows the tables and why a database cannot be opened, and nothing of
// what the rows mean.
package engine
