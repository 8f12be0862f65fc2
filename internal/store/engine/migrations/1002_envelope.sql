-- What was taken in hand of what Slack delivered, so that replicas do not do it twice.

-- +goose Up
CREATE TABLE envelope (
    key        TEXT   NOT NULL PRIMARY KEY,
    claimed_at BIGINT NOT NULL
);

CREATE INDEX envelope_claimed ON envelope (claimed_at);
