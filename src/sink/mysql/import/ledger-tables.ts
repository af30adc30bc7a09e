// The tables of what imports leave behind.

import type { Migration } from '../../../core/connector.ts'
import { addColumns, onlyWhere } from '../../../core/upgrade.ts'
import { IMPORT_TABLES } from './import-tables.ts'

const RUNS = `CREATE TABLE IF NOT EXISTS sync_runs (
  id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  connector VARCHAR(100) NOT NULL,
  source_type VARCHAR(20) NOT NULL,
  source_identifier VARCHAR(4000) NOT NULL,
  target_tables VARCHAR(1000) NOT NULL,
  status VARCHAR(20) NOT NULL,
  triggered_by VARCHAR(190) NOT NULL,
  ordered_at DATETIME(3) NOT NULL,
  started_at DATETIME(3) NULL,
  completed_at DATETIME(3) NULL,
  items_read BIGINT NOT NULL,
  items_inserted BIGINT NOT NULL,
  items_updated BIGINT NOT NULL,
  items_unchanged BIGINT NOT NULL,
  items_deleted BIGINT NOT NULL,
  items_stale BIGINT NOT NULL,
  items_failed BIGINT NOT NULL,
  error_code VARCHAR(64) NULL,
  error_message TEXT NULL,
  integrity JSON NULL,
  rolled_back_run CHAR(36) CHARACTER SET ascii NULL,
  rolled_back_by VARCHAR(190) NULL,
  rolled_back_at DATETIME(3) NULL,
  rollback_reason TEXT NULL,
  updated_at DATETIME(3) NOT NULL,
  KEY by_order (ordered_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`

const ERRORS = `CREATE TABLE IF NOT EXISTS sync_errors (
  id VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  sync_run_id CHAR(36) CHARACTER SET ascii NOT NULL,
  table_name VARCHAR(64) NOT NULL,
  source_row BIGINT NULL,
  category VARCHAR(20) NOT NULL,
  is_retryable TINYINT(1) NOT NULL,
  reason TEXT NOT NULL,
  row_text TEXT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY by_run (sync_run_id, source_row)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`

const STATE = `CREATE TABLE IF NOT EXISTS sync_state (
  table_name VARCHAR(64) NOT NULL,
  connector VARCHAR(100) NOT NULL,
  sync_run_id CHAR(36) CHARACTER SET ascii NOT NULL,
  last_sync_timestamp DATETIME(3) NOT NULL,
  last_sync_version VARCHAR(64) NULL,
  records_synced BIGINT NOT NULL,
  sync_duration_ms BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (table_name, connector)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`

export const LEDGER_MIGRATION: Migration = {
  name: 'imports: runs, errors, state and undo',
  up: [RUNS, ERRORS, STATE, ...IMPORT_TABLES.up],
  down: [
    ...['sync_state', 'sync_errors', 'sync_runs'].map((name) => `DROP TABLE IF EXISTS ${name}`),
    ...IMPORT_TABLES.down,
  ],
}

/** Of two connectors that fill one table each has a state of its own; a run's row says whose it was. */
const CONNECTOR = 'VARCHAR(100) NOT NULL'
const IS_KEY_OF_TABLE = `NOT EXISTS (SELECT 1 FROM information_schema.statistics
  WHERE table_schema = DATABASE() AND table_name = 'sync_state' AND index_name = 'PRIMARY' AND column_name = 'connector')`

export const LEDGER_UPGRADE: Migration = {
  name: 'imports: tables of an earlier version',
  up: [
    ...IMPORT_TABLES.up,
    ...addColumns('sync_runs', { integrity: 'JSON NULL AFTER error_message' }),
    ...addColumns('sync_state', { connector: `${CONNECTOR} DEFAULT '' AFTER table_name` }),
    `UPDATE sync_state s JOIN sync_runs r ON r.id = s.sync_run_id SET s.connector = r.connector WHERE s.connector = ''`,
    ...onlyWhere(
      IS_KEY_OF_TABLE,
      'ALTER TABLE sync_state ALTER COLUMN connector DROP DEFAULT, DROP PRIMARY KEY, ADD PRIMARY KEY (table_name, connector)',
    ),
  ],
  down: [],
}
