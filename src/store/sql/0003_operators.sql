-- Who changed what. Only ever added to; `body` is the entry as JSON, `hash` binds the row to the one before it.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    body   TEXT    NOT NULL,
    hash   TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);

-- The end of the chain, so that rows which are taken off its end are missed. One row.
CREATE TABLE audit_head (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    hash   TEXT    NOT NULL
) STRICT;

-- Small facts that all processes share.
CREATE TABLE marks (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was used, summed up by everything that it can be asked for by; grows with the receipts. `day` as 2026-11-26.
CREATE TABLE usage (
    day          TEXT    NOT NULL,
    profile      TEXT    NOT NULL,
    user         TEXT    NOT NULL,
    session      TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    turns        INTEGER NOT NULL,
    answers      INTEGER NOT NULL,
    requests     INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    tokens_in    INTEGER NOT NULL,
    tokens_out   INTEGER NOT NULL,
    cost_micros  INTEGER NOT NULL,
    subscription INTEGER NOT NULL,
    unpriced     INTEGER NOT NULL,
    PRIMARY KEY (day, profile, user, session, model, fingerprint)
) STRICT, WITHOUT ROWID;
-- What a budget asks before each request.
CREATE INDEX usage_of_profile ON usage (profile, day);
CREATE INDEX usage_of_user ON usage (user, day);
