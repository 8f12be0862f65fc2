-- What services used, as Fastly listed it: the newest read of each month and usage type, and its rows, compressed, in parts. A part is kept while the
-- read is under way, so that no read is ever held whole; one whose edition no read has was left behind.

-- +goose Up
CREATE TABLE service_read (
    month      TEXT    NOT NULL,
    product    TEXT    NOT NULL,
    usage_type TEXT    NOT NULL,
    read_at    BIGINT  NOT NULL,
    beside     TEXT    NOT NULL,
    final      BOOLEAN NOT NULL,
    edition    TEXT    NOT NULL,
    parts      BIGINT  NOT NULL,
    PRIMARY KEY (month, product, usage_type)
);

CREATE TABLE service_part (
    edition TEXT   NOT NULL,
    part    BIGINT NOT NULL,
    kept_at BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (edition, part)
);
