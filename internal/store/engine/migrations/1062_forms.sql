-- What was posted and answered of a budget under other forms that its rule had in the month, as JSON; empty where there is nothing.

-- +goose Up
ALTER TABLE standing ADD COLUMN forms TEXT NOT NULL DEFAULT '';
