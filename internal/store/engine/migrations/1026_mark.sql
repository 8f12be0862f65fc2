-- What a message carries to be found by: made of what it tells (key) and of how many of that there have been, so that an older copy of the
-- database finds what was posted since; empty for what is known by its id. And whether it is to be looked for before its first post.

-- +goose Up
ALTER TABLE delivery ADD COLUMN key        TEXT    NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN mark       TEXT    NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN look_first BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX delivery_key ON delivery (key);
