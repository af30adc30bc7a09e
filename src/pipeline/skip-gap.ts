// Captures on where a stretch of the source's history cannot be read any more, once a person has said so. The gap is on
// record, in the same append as the new bookmark, before anything behind it is captured.

import { MillraceError } from '../core/errors.ts'
import type { Gap } from '../core/gap.ts'
import { bookmarkRecord } from './bookmark-record.ts'
import { type CaptureOptions, capture } from './capture.ts'
import { gapRecord } from './gap-record.ts'
import { newestBookmark } from './newest-bookmark.ts'
import type { Attempt } from './supervisor.ts'

export interface SkipGapOptions extends CaptureOptions {
  /** Those that are followed. */
  readonly tables: readonly string[]
}

/** Attempts of a capture that skips the first gap it comes to. The consent is for that one: the next stops it as ever. */
export function skipGap(options: SkipGapOptions): (attempt: Attempt) => Promise<void> {
  let mayMove = true
  return async (attempt) => {
    try {
      await capture(options, attempt)
    } catch (error) {
      if (!mayMove || !isGap(error)) throw error
      await giveUp(options, error)
      mayMove = false
      await capture(options, attempt)
    }
  }
}

function isGap(error: unknown): error is MillraceError {
  return error instanceof MillraceError && (error.code === 'HISTORY_GONE' || error.code === 'BINLOG_UNREADABLE')
}

async function giveUp({ source, log, records, tables, observer }: SkipGapOptions, why: MillraceError): Promise<void> {
  const writer = await log.writer(source.name)
  try {
    const from = await newestBookmark({ log, records, source: source.name })
    const start = await source.restart(from?.bookmark ?? null)
    const gap: Gap = {
      source: source.name,
      tables,
      fromBookmark: from?.bookmark ?? null,
      toBookmark: start.bookmark,
      toPosition: start.position,
      fromMs: from?.sourceTimeMs ?? null,
      toMs: start.sourceTimeMs,
      reason: `${why.code}: ${why.message}`,
    }
    await writer.append([await gapRecord(records, gap), await bookmarkRecord(records, source.name, start)])
    observer.skipped(gap)
  } finally {
    await writer.close().catch(() => undefined)
  }
}
