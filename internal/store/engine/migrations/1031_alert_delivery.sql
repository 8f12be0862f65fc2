-- Which levels a delivery tells of: what it told is given back where it is dropped before anybody has seen it.

-- +goose Up
CREATE INDEX alert_delivery ON alert (delivery_id);
