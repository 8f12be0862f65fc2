-- Times are unix milliseconds, 0 where there is none; months are 2026-11, days 2026-11-21, both UTC; figures are decimals
-- in full. The thousands of a migration's number are the major version of the schema: within one, migrations only add,
-- with a default, so that the version before still runs.

-- +goose Up
CREATE TABLE standing (
    rule        TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    month       TEXT    NOT NULL,
    rule_hash   TEXT    NOT NULL,
    level       BIGINT  NOT NULL,
    used        TEXT    NOT NULL,
    "limit"     TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    counted_to  BIGINT  NOT NULL,
    unknown     TEXT    NOT NULL,
    root_id     TEXT    NOT NULL,
    said_at     BIGINT  NOT NULL,
    recorded_at BIGINT  NOT NULL,
    revision    BIGINT  NOT NULL,
    PRIMARY KEY (month, rule, scope)
);

CREATE TABLE alert (
    rule        TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    level       BIGINT NOT NULL,
    reason      TEXT   NOT NULL,
    used        TEXT   NOT NULL,
    "limit"     TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    delivery_id TEXT   NOT NULL,
    PRIMARY KEY (rule, scope, month, kind, level)
);

CREATE TABLE delivery (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    month      TEXT    NOT NULL,
    root_id    TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    attempts   BIGINT  NOT NULL,
    unsettled  BOOLEAN NOT NULL,
    error      TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    channel_id TEXT    NOT NULL,
    ts         TEXT    NOT NULL,
    sent_at    BIGINT  NOT NULL
);

CREATE INDEX delivery_state ON delivery (state);
CREATE INDEX delivery_root ON delivery (root_id);
CREATE INDEX delivery_created ON delivery (created_at);

CREATE TABLE snapshot (
    month      TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    product    TEXT   NOT NULL,
    usage_type TEXT   NOT NULL,
    region     TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    quantity   TEXT   NOT NULL,
    raw        TEXT,
    counted_to BIGINT NOT NULL,
    read_at    BIGINT NOT NULL,
    PRIMARY KEY (month, day, product, usage_type, region, unit)
);

CREATE INDEX snapshot_month_read ON snapshot (month, read_at);
CREATE INDEX snapshot_read ON snapshot (read_at);

CREATE TABLE schedule (
    name         TEXT   NOT NULL PRIMARY KEY,
    due_at       BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    holder       TEXT   NOT NULL,
    lease_until  BIGINT NOT NULL,
    succeeded_at BIGINT NOT NULL,
    failed_at    BIGINT NOT NULL,
    failure      TEXT   NOT NULL
);

INSERT INTO schedule (name, due_at, next_at, holder, lease_until, succeeded_at, failed_at, failure)
VALUES ('check', 0, 0, '', 0, 0, 0, '');

CREATE TABLE route (
    channel TEXT   NOT NULL PRIMARY KEY,
    reason  TEXT   NOT NULL,
    since   BIGINT NOT NULL
);

CREATE TABLE rules_file (
    name     TEXT   NOT NULL PRIMARY KEY,
    body     TEXT   NOT NULL,
    saved_at BIGINT NOT NULL
);
