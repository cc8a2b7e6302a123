-- One row per chat session. `state` is NULL or JSON: {"lasting", "passing", "previous", "auto"}.
-- Without a rowid the rows lie in the order of their keys: a look-up is one path through one tree, an update writes one
-- page, and a listing by prefix reads neighbours.
-- `model` and `profile` are computed when they are asked for, never stored: there is one truth, and looking for the
-- sessions that are pinned to a profile is an operator's question, which may read the table once.
CREATE TABLE sessions (
    key          TEXT    NOT NULL PRIMARY KEY,
    revision     INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    parent       TEXT,
    state        TEXT,
    model        TEXT GENERATED ALWAYS AS (state ->> '$.lasting.model') VIRTUAL,
    profile      TEXT GENERATED ALWAYS AS (state ->> '$.lasting.profile') VIRTUAL
) STRICT, WITHOUT ROWID;

-- Empty text in `fingerprint` or `model` means every credential, every model.
CREATE TABLE benches (
    provider    TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    class       TEXT    NOT NULL,
    strikes     INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER,
    PRIMARY KEY (provider, fingerprint, model)
) STRICT, WITHOUT ROWID;

-- Only ever added to; `body` is the receipt as JSON.
CREATE TABLE receipts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    session TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL
) STRICT;
CREATE INDEX receipts_of_session ON receipts (session, id);

-- `superseded` says that the session has a later menu that can do all this one can; only those are ever let go, so that
-- letting go reads no more rows than it deletes, however many sessions keep their last menu.
CREATE TABLE menus (
    id         TEXT    NOT NULL PRIMARY KEY,
    session    TEXT    NOT NULL,
    shown      INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    numbered   INTEGER NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0,
    body       TEXT    NOT NULL
) STRICT;
CREATE INDEX menus_of_session ON menus (session) WHERE superseded = 0;
CREATE INDEX menus_to_let_go ON menus (expires) WHERE superseded = 1;

CREATE TABLE history (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    session      TEXT    NOT NULL,
    conversation INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    role         TEXT    NOT NULL,
    text         TEXT    NOT NULL
) STRICT;
CREATE INDEX history_of_session ON history (session, conversation, id);
