-- Columns that are searched come first, bytes last: a search need not read past them.
CREATE TABLE exchanges (
    id                INTEGER PRIMARY KEY,
    started           INTEGER NOT NULL, -- microseconds since the Unix epoch
    ended             INTEGER NOT NULL,
    pinned            INTEGER NOT NULL,
    cors              INTEGER NOT NULL, -- 0 none, 1 ok, 2 fail, 3 unknown
    preflight         INTEGER NOT NULL, -- 0 none, 1 ok, 2 failed, 3 cached, 4 missing
    reasons           TEXT NOT NULL,    -- JSON: rule codes
    lna               TEXT,
    method            TEXT NOT NULL,
    url               TEXT NOT NULL,
    status            INTEGER,          -- NULL: no response
    failure_code      TEXT,
    failure_side      INTEGER,          -- 0 client, 1 server, 2 corscope
    failure_net_error TEXT,
    failure_message   TEXT,
    facts             TEXT NOT NULL,    -- JSON: timing, connection, hints
    request           BLOB NOT NULL,    -- version, header list, raw head, body length
    response          BLOB,             -- the same, and reason, 1xx, trailers
    modified          BLOB,             -- what the other side sent, and what changed it
    request_body      BLOB NOT NULL,
    response_body     BLOB
);

CREATE INDEX exchanges_started ON exchanges (started);

CREATE TABLE messages (
    exchange INTEGER NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    sender   INTEGER NOT NULL, -- 0 client, 1 server
    kind     INTEGER NOT NULL, -- 0 text, 1 binary, 2 close, 3 ping, 4 pong, 5 event
    len      INTEGER NOT NULL,
    bytes    BLOB NOT NULL
);

CREATE INDEX messages_exchange ON messages (exchange);
