// Statements that bring a table which an earlier version made to what it is now. A server cannot be told to add a column where
// there is none, so each asks first; they may all come again.

/** Carried out where the condition holds. */
export function onlyWhere(condition: string, statement: string): readonly string[] {
  return carriedOut(`IF(${condition}, ${literal(statement)}, 'DO 0')`)
}

/** Of columns as CREATE TABLE has them: those that the table lacks are added. */
export function addColumns(table: string, columns: Readonly<Record<string, string>>): readonly string[] {
  const added = Object.entries(columns).map(([name, definition]) => {
    return `IF(${hasColumn(table, name)}, NULL, ${literal(`ADD COLUMN \`${name}\` ${definition}`)})`
  })
  const altered = `CONCAT('ALTER TABLE ${table} ', NULLIF(CONCAT_WS(', ', ${added.join(', ')}), ''))`
  return carriedOut(`COALESCE(${altered}, 'DO 0')`)
}

/** Of any type, where none is named. */
export function hasColumn(table: string, column: string, type?: string): string {
  const ofType = type === undefined ? '' : ` AND data_type = '${type}'`
  return `EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = '${table}' AND column_name = '${column}'${ofType})`
}

function carriedOut(statement: string): readonly string[] {
  return [
    `SET @millrace_step = ${statement}`,
    'PREPARE millrace_step FROM @millrace_step',
    'EXECUTE millrace_step',
    'DEALLOCATE PREPARE millrace_step',
  ]
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
