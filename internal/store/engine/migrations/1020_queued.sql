-- When a delivery was queued, in wall time: business time may run faster, and how long somebody has waited is not a matter of business.

-- +goose Up
ALTER TABLE delivery ADD COLUMN queued_at BIGINT NOT NULL DEFAULT 0;
