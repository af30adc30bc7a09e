// The two tables in which the sink keeps what it knows: people's own tables are not altered. They are made on first use;
// DROP removes them, and with them everything by which repeats and older changes are recognised.

import { CURSORS_TABLE } from '../../core/cursors-table.ts'
import { quotedName } from '../../mysql/sql-name.ts'

export const POSITIONS_TABLE = 'millrace_positions'

/**
 * A transaction of the sink begins with its row of this table, and `calls` makes that row change whatever else is the
 * same: a row that does not change is not in the binary log, and then nothing would mark the transaction.
 */
const CURSORS = `CREATE TABLE IF NOT EXISTS ${quotedName(CURSORS_TABLE)} (
  reader VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  topic_id VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  partition_number INT UNSIGNED NOT NULL,
  next_offset BIGINT UNSIGNED NOT NULL,
  calls BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (reader, topic_id, partition_number)
) ENGINE = InnoDB`

/**
 * One row for each guard of each row written to; the guard without a name holds what concerns the whole row: which record
 * made it, and whether one removed it. `position` is NULL where nothing was merged under the guard,
 * `contests` where the records that moved it on met no conflict. A row may be purged
 * when no record older than its position can come any more: later than the log keeps records, and the longest run takes.
 * One more row of each table, under no row's key, says whether any of its rows was ever removed.
 */
const POSITIONS = `CREATE TABLE IF NOT EXISTS ${POSITIONS_TABLE} (
  target VARBINARY(64) NOT NULL,
  row_key VARBINARY(700) NOT NULL,
  guard VARBINARY(255) NOT NULL,
  position VARBINARY(16000) NULL,
  mark VARBINARY(512) NULL,
  made VARBINARY(512) NULL,
  removed VARBINARY(16) NULL,
  deleted_at VARBINARY(64) NULL,
  contests MEDIUMBLOB NULL,
  PRIMARY KEY (target, row_key, guard)
) ENGINE = InnoDB`

export const CREATE = [CURSORS, POSITIONS] as const
export const DROP = [`DROP TABLE IF EXISTS ${POSITIONS_TABLE}`, `DROP TABLE IF EXISTS ${CURSORS_TABLE}`] as const

/** Of a guard without a name, and of what concerns the whole row. */
export const PLAIN = ''
/** Guards that keep an account of what was counted; no connector's guard begins like that. */
export const COUNTED = 'counted '
