-- The whole life of an alert: what forecasts have come to (ForecastTrack) and the level that was said; where the root is, and
-- until when it is held back; since when a budget is over and how often its owners were called; the closed month. And what was
-- foreseen of each budget on each day, the last look at a day.

-- +goose Up
ALTER TABLE standing ADD COLUMN forecast_likely  BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE standing ADD COLUMN forecast_against BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN forecast_version TEXT    NOT NULL DEFAULT '';
ALTER TABLE standing ADD COLUMN foretold         BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN root_channel     TEXT    NOT NULL DEFAULT '';
ALTER TABLE standing ADD COLUMN held_until       BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN over_at          BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN calls            BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN closed_at        BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN final            TEXT    NOT NULL DEFAULT '0';
ALTER TABLE standing ADD COLUMN restated_at      BIGINT  NOT NULL DEFAULT 0;

ALTER TABLE delivery ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;

CREATE TABLE outlook (
    rule      TEXT             NOT NULL,
    scope     TEXT             NOT NULL,
    month     TEXT             NOT NULL,
    day       TEXT             NOT NULL,
    used      TEXT             NOT NULL,
    "limit"   TEXT             NOT NULL,
    low       TEXT             NOT NULL,
    expected  TEXT             NOT NULL,
    high      TEXT             NOT NULL,
    deviation DOUBLE PRECISION NOT NULL,
    method    TEXT             NOT NULL,
    version   TEXT             NOT NULL,
    PRIMARY KEY (month, rule, scope, day)
);
