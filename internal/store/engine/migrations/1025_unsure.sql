-- Since when it is open whether Slack has a message, and when the channel was first looked through for it, by the wall's clock; 0 where
-- nothing is open, and where nobody has looked.

-- +goose Up
ALTER TABLE delivery ADD COLUMN unsure_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
