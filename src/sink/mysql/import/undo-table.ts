// What rows were before a run changed or deleted them. Rows that a run made need no entry: they say so themselves.

export const UNDO_TABLE = 'millrace_undo'

export const CREATE_UNDO = `CREATE TABLE IF NOT EXISTS ${UNDO_TABLE} (
  run VARBINARY(36) NOT NULL,
  target VARBINARY(64) NOT NULL,
  row_key VARBINARY(700) NOT NULL,
  did VARCHAR(10) CHARACTER SET ascii NOT NULL,
  before_image MEDIUMBLOB NOT NULL,
  PRIMARY KEY (run, target, row_key)
) ENGINE = InnoDB`
