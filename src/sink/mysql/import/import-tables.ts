// The tables that the sink of imports keeps beside those that it fills: made on first use, and by the migrations.

import { CREATE_GONE, DROP_GONE } from './gone-table.ts'
import { CREATE_REBUILDS, DROP_REBUILDS } from './rebuild.ts'
import { CREATE_RUNS, DROP_RUNS } from './runs-table.ts'
import { CREATE_SEEN, SEEN_TABLE } from './seen-table.ts'
import { CREATE_UNDO, UNDO_TABLE } from './undo-table.ts'

export const IMPORT_TABLES = {
  up: [CREATE_UNDO, CREATE_SEEN, CREATE_RUNS, CREATE_GONE, CREATE_REBUILDS],
  down: [
    `DROP TABLE IF EXISTS ${UNDO_TABLE}`,
    `DROP TABLE IF EXISTS ${SEEN_TABLE}`,
    DROP_RUNS,
    DROP_GONE,
    DROP_REBUILDS,
  ],
} as const
