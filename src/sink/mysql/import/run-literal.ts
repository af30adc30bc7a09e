// The run that wrote a row, as the row keeps it: a UUID as its sixteen bytes, anything else as its text. What an earlier
// version kept is the text of a UUID.

import { binaryLiteral, textLiteral } from '../literal.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/u
const UUID_BYTES = 16
const UUID_PARTS = [0, 8, 12, 16, 20, 32]

export function runLiteral(run: string | null): string {
  if (run === null) return 'NULL'
  return UUID.test(run) ? binaryLiteral(Buffer.from(run.replaceAll('-', ''), 'hex')) : textLiteral(run)
}

/** Whether a column says that it was this run. */
export function isOfRun(column: string, run: string): string {
  return `${column} IN (${runLiteral(run)}, ${textLiteral(run)})`
}

export function readRun(kept: Buffer | null): string | null {
  if (kept === null || kept.length !== UUID_BYTES) return kept?.toString() ?? null
  const hex = kept.toString('hex')
  return UUID_PARTS.slice(1)
    .map((end, at) => hex.slice(UUID_PARTS[at], end))
    .join('-')
}
