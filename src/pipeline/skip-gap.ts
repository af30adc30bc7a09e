// Captures on where a stretch of the source's history cannot be read any more, once a person has said so. The gap is on
// record, in the same append as the new bookmark, before anything behind it is captured.

import { MillraceError } from '../core/errors.ts'
import type { Gap } from '../core/gap.ts'
import type { CaptureOptions } from './capture.ts'
import { gapRecord } from './gap-record.ts'
import { Slices } from './slices.ts'
import type { Attempt } from './supervisor.ts'

export interface SkipGapOptions extends CaptureOptions {
  /** Those that are followed. */
  readonly tables: readonly string[]
}

type Part = (attempt: Attempt) => Promise<void>

/** Attempts of a capture that skips the first gap it comes to. The consent is for that one: the next stops it as ever. */
export function skipGap(options: SkipGapOptions, capture: Part): Part {
  let mayMove = true
  return async (attempt) => {
    try {
      await capture(attempt)
    } catch (error) {
      if (!mayMove || !isGap(error)) throw error
      await giveUp(options, error)
      mayMove = false
      await capture(attempt)
    }
  }
}

function isGap(error: unknown): error is MillraceError {
  return error instanceof MillraceError && (error.code === 'HISTORY_GONE' || error.code === 'BINLOG_UNREADABLE')
}

async function giveUp({ source, log, records, tables, observer }: SkipGapOptions, why: MillraceError): Promise<void> {
  const skipped: Gap[] = []
  await new Slices({ source, log, records }).restart(async (last, start) => {
    const gap: Gap = {
      source: source.name,
      tables,
      fromBookmark: last?.bookmark ?? null,
      toBookmark: start.bookmark,
      toPosition: start.position,
      fromMs: last?.sourceTimeMs ?? null,
      toMs: start.sourceTimeMs,
      reason: `${why.code}: ${why.message}`,
    }
    skipped.push(gap)
    return [await gapRecord(records, gap)]
  })
  for (const gap of skipped) observer.skipped(gap)
}
