-- When the attempt under way began, 0 where none is. One that lasts too long is of a process that died.

-- +goose Up
ALTER TABLE delivery ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
