// The table of who did what to imports.

import type { Migration } from '../../../core/connector.ts'

export const AUDIT_TABLE = 'sync_audit'

export const CREATE_AUDIT = `CREATE TABLE IF NOT EXISTS ${AUDIT_TABLE} (
  number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id VARCHAR(190) CHARACTER SET ascii NOT NULL,
  who VARCHAR(190) NOT NULL,
  action VARCHAR(40) NOT NULL,
  sync_run_id CHAR(36) CHARACTER SET ascii NULL,
  happened_at DATETIME(3) NOT NULL,
  details JSON NOT NULL,
  UNIQUE KEY by_id (id),
  KEY by_run (sync_run_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`

export const AUDIT_MIGRATION: Migration = {
  name: 'imports: audit',
  up: [CREATE_AUDIT],
  down: [],
}
