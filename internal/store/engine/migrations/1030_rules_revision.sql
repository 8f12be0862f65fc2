-- Which rules file is the current one: how many there were, and a hash of its content. saved_at is since when it is.

-- +goose Up
ALTER TABLE rules_file ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rules_file ADD COLUMN hash     TEXT   NOT NULL DEFAULT '';
