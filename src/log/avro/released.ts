// The schemas that are released in schemas/: read once, never edited, a change is a new file.

import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(findPackageJSON('..', import.meta.url) ?? '.')

export type Released =
  | 'audit.v1'
  | 'bookmark.v1'
  | 'conflict.v1'
  | 'contest.v1'
  | 'day-figures.v1'
  | 'dead-letter.v1'
  | 'difference.v1'
  | 'dropped.v1'
  | 'envelope.v1'
  | 'gap-repair.v1'
  | 'gap.v1'
  | 'incident.v1'
  | 'run-integrity.v1'
  | 'run-order.v1'
  | 'run-progress.v1'
  | 'run-tally.v1'
  | 'standing.v1'
  | 'table-schema.v1'
  | 'told.v1'
  | 'venue-sync.v1'
  | 'verified.v1'

/** The schema's text without its line breaks. */
export function released(name: Released): string {
  return JSON.stringify(JSON.parse(readFileSync(join(root, 'schemas', `${name}.avsc`), 'utf8')))
}
