-- What people answered to a budget's messages: each answer by whom (Slack's id, empty for none), when, why, and at which level.
-- A delivery's revision is that of the standing it speaks of: it says which of two edits is the later one.

-- +goose Up
ALTER TABLE standing ADD COLUMN ack_by     TEXT   NOT NULL DEFAULT '';
ALTER TABLE standing ADD COLUMN ack_at     BIGINT NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN ack_reason TEXT   NOT NULL DEFAULT '';
ALTER TABLE standing ADD COLUMN ack_level  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN mute_by    TEXT   NOT NULL DEFAULT '';
ALTER TABLE standing ADD COLUMN mute_at    BIGINT NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN mute_level BIGINT NOT NULL DEFAULT 0;

ALTER TABLE delivery ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

CREATE TABLE audit (
    id          TEXT   NOT NULL PRIMARY KEY,
    recorded_at BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    rule        TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    level       BIGINT NOT NULL,
    detail      TEXT   NOT NULL,
    revision    BIGINT NOT NULL
);

CREATE INDEX audit_budget ON audit (month, rule, scope, recorded_at);
