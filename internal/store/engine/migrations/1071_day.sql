-- What was measured on each UTC day: a row has a month of a region or a service, and in each column the figures of its days, separated by
-- commas, an empty one where there was no traffic. Beside them, which days of a month are known, as 1 or 0 a day, and when they were read; and the
-- names of services, as they were seen last.

-- +goose Up
CREATE TABLE traffic (
    month            TEXT NOT NULL,
    kind             TEXT NOT NULL,
    place            TEXT NOT NULL,
    bandwidth        TEXT NOT NULL,
    requests         TEXT NOT NULL,
    compute_requests TEXT NOT NULL,
    PRIMARY KEY (month, kind, place)
);

CREATE TABLE traffic_month (
    month    TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    known    TEXT   NOT NULL,
    read_to  TEXT   NOT NULL,
    read_at  BIGINT NOT NULL,
    whole_at BIGINT NOT NULL,
    unkept   BIGINT NOT NULL,
    PRIMARY KEY (month, kind)
);

CREATE TABLE service_name (
    service_id TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    seen_at    BIGINT NOT NULL
);
