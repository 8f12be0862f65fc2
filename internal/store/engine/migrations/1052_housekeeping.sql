-- Up to which month old rows were deleted last: the next time goes at most one month further, whatever the clock says.

-- +goose Up
CREATE TABLE housekeeping (
    name  TEXT NOT NULL PRIMARY KEY,
    month TEXT NOT NULL
);
