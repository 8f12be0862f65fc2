-- Each channel has a lane, in which one delivery at a time is under way. It is due at due_at, and taken until busy_until; what is posted waits
-- for post_at, and what edits a message for edit_at: a channel's pace, a wait that Slack asks for, and the pause of a channel that refuses us.
-- A delivery is tried again from retry_at on; the attempts of which nothing is known began at unsettled_at. Urgency is 0 for alerts and
-- 1 for what can wait. Times of the queue are the database's.

-- +goose Up
CREATE TABLE lane (
    channel    TEXT   NOT NULL PRIMARY KEY,
    due_at     BIGINT NOT NULL,
    post_at    BIGINT NOT NULL,
    edit_at    BIGINT NOT NULL,
    busy_until BIGINT NOT NULL
);

CREATE INDEX lane_due ON lane (due_at);

ALTER TABLE delivery ADD COLUMN retry_at     BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN unsettled_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN urgency      BIGINT NOT NULL DEFAULT 0;

UPDATE delivery SET urgency = 1 WHERE kind IN ('digest', 'close', 'file', 'invoice');

CREATE INDEX delivery_waiting ON delivery (channel, urgency, created_at, id) WHERE state IN ('pending', 'broken');
CREATE INDEX delivery_budget ON delivery (month, rule, scope);
