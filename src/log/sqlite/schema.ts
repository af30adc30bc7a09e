// What the log file holds. SQLite's `user_version` is the number of steps taken; a released step is never edited, a
// later one is added behind it and carries older files forward.

/** Marks the file as millrace's, so that another program's database is never written to. */
export const APPLICATION_ID = 0x6d_69_6c_6c

const FIRST = `
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    incarnation TEXT NOT NULL,
    partitions INTEGER NOT NULL,
    is_compacted INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE partition (
    id INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL REFERENCES topic,
    number INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0,
    reached_ms INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic_id, number)
  ) STRICT;

  -- Records of topics that keep everything for a while, many in one row: see frame.ts. The newest record time in the
  -- partition up to this frame is reached_ms: it never falls, so that a time is found by halving.
  CREATE TABLE frame (
    id INTEGER PRIMARY KEY,
    partition_id INTEGER NOT NULL,
    base INTEGER NOT NULL,
    count INTEGER NOT NULL,
    reached_ms INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX frame_place ON frame (partition_id, base);

  -- The newest record of each key of a compacted topic; a null value is a deletion that followers may still have to see.
  CREATE TABLE newest (
    id INTEGER PRIMARY KEY,
    partition_id INTEGER NOT NULL,
    key BLOB NOT NULL,
    place INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL,
    value BLOB
  ) STRICT;
  CREATE UNIQUE INDEX newest_key ON newest (partition_id, key);
  CREATE UNIQUE INDEX newest_place ON newest (partition_id, place);
  CREATE INDEX newest_deleted ON newest (stored_ms) WHERE value IS NULL;

  CREATE TABLE writer (id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- A process that follows; it is dead when its beat stands still.
  CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    process TEXT NOT NULL,
    beat INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE member (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES session,
    reader TEXT NOT NULL,
    topic_ids TEXT NOT NULL
  ) STRICT;

  -- How far a reader has come in a partition, and which member reads on. The epoch grows with every change of member,
  -- so that a commit of an earlier one is refused. The heir takes over as soon as the member lets go.
  CREATE TABLE cursor (
    reader TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    next_offset INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,
    member_id INTEGER,
    heir_id INTEGER,
    PRIMARY KEY (reader, partition_id)
  ) STRICT, WITHOUT ROWID;
`

export const SCHEMA_STEPS: readonly string[] = [FIRST]
