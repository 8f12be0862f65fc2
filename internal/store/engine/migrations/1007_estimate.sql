-- The newest estimate that Fastly made of each month's bill: its invoice is told beside it.

-- +goose Up
CREATE TABLE estimate (
    month TEXT   NOT NULL PRIMARY KEY,
    as_of BIGINT NOT NULL,
    body  TEXT   NOT NULL
);
