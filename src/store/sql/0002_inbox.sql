-- What channels have delivered: `body` until it has been dealt with, then only its number, so that it is known when it
-- comes again. `arrival` grows with each.
CREATE TABLE inbox (
    arrival INTEGER NOT NULL PRIMARY KEY,
    mailbox TEXT    NOT NULL,
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT,
    UNIQUE (mailbox, number)
) STRICT;
CREATE INDEX inbox_by_arrival ON inbox (mailbox, arrival);
CREATE INDEX inbox_waiting ON inbox (mailbox, arrival) WHERE body IS NOT NULL;

-- What a channel has to know after a restart.
CREATE TABLE notes (
    mailbox TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (mailbox, name)
) STRICT, WITHOUT ROWID;
