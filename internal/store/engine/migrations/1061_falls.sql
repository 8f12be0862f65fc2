-- How often each level of a budget has come down in the month, and when last, as JSON; empty where none has.

-- +goose Up
ALTER TABLE standing ADD COLUMN falls TEXT NOT NULL DEFAULT '';
