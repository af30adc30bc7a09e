// Opens the source with what the log knows of it.

import type { Config } from '../config.ts'
import type { Side } from '../core/contested.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import { newestBookmark } from '../pipeline/newest-bookmark.ts'
import type { Source, System } from './system.ts'

export interface OpenSourceOptions {
  readonly system: System
  readonly config: Config
  readonly side: Side
  /** Those whose changes are followed. */
  readonly tables: readonly string[]
  readonly log: Log
  readonly records: RecordCodec
}

export async function openSource({ system, config, side, tables, log, records }: OpenSourceOptions): Promise<Source> {
  const source: Source = await system.openSource(config, {
    side,
    tables,
    bookmark: async () => (await newestBookmark({ log, records, source: source.name }))?.bookmark ?? null,
  })
  return source
}
