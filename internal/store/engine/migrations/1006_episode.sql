-- What lasts for a while and is said once: a trouble of the bot's own (no rule, no month), and what rules of another kind than a
-- budget have found (scope is the thing that is new or has vanished). The report is what the message shows, as JSON.

-- +goose Up
CREATE TABLE episode (
    rule        TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    since       BIGINT NOT NULL,
    said_at     BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    version     TEXT   NOT NULL,
    counted_to  BIGINT NOT NULL,
    root_id     TEXT   NOT NULL,
    report      TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    PRIMARY KEY (month, rule, kind, scope)
);
