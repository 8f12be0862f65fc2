-- Whose budget a standing of a rule with per: service is: the name may change, and another service may have it too. Empty of all others, and of
-- those from before, which take the id of the service that they are found to be of.

-- +goose Up
ALTER TABLE standing ADD COLUMN service_id TEXT NOT NULL DEFAULT '';
