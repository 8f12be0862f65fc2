-- When a mute ends before its month does, of a budget's state and of the entry that says who muted it; 0 where it lasts for the month.

-- +goose Up
ALTER TABLE standing ADD COLUMN mute_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN mute_until BIGINT NOT NULL DEFAULT 0;
