-- Which services were seen in a month, each by the product that it used, and how much of that it made; and the months that were
-- looked through to the end, and when.

-- +goose Up
CREATE TABLE service_seen (
    month      TEXT NOT NULL,
    product    TEXT NOT NULL,
    service_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    share      TEXT NOT NULL,
    PRIMARY KEY (month, product, service_id)
);

CREATE TABLE service_month (
    month   TEXT   NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
