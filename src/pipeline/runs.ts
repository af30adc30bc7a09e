// Carries runs out. Of all processes the one that holds the topic of runs does it; when it goes, another one takes over
// and goes on with each run where its progress says, for progress is in the log together with what was done.

import { MillraceError } from '../core/errors.ts'
import type { RunKind } from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import type { Log, Share, TopicSpec } from '../log/log.ts'
import { Bell } from './bell.ts'
import type { Clock } from './clock.ts'
import type { Observer } from './observer.ts'
import { RunBook } from './run-book.ts'
import { RunLeader } from './run-leader.ts'
import type { RunKindWork } from './run-work.ts'
import { keepSchedules, type Scheduled } from './scheduler.ts'
import type { Attempt } from './supervisor.ts'
import { together } from './together.ts'

export interface RunsOptions {
  readonly log: Log
  readonly topics: readonly TopicSpec[]
  /** A codec for a writer beside capture's. */
  readonly openCodec: () => Promise<EventCodec>
  readonly records: RecordCodec
  readonly clock: Clock
  readonly observer: Pick<Observer, 'led' | 'ended'>
  /** What is to be ordered while this process carries runs out. */
  readonly scheduled: readonly Scheduled[]
  /** What each kind does, given a codec of the writer's own. */
  readonly kinds: (codec: EventCodec) => Readonly<Record<RunKind, RunKindWork>>
}

const READER = 'millrace.runs'
const WRITER = 'millrace.runs'

/** One attempt: stands by, leads while it holds the topic, until something fails or it is asked to end. */
export async function carryOutRuns(options: RunsOptions, attempt: Attempt): Promise<void> {
  const { log, topics } = options
  await log.declare(topics)
  await together(attempt.signal, async (signal, start) => {
    const bell = new Bell()
    let leading: AbortController | null = null
    const onShare = ({ length: partitions }: Share) => {
      if (partitions === 0) {
        attempt.progress()
        options.observer.led({ isLeading: false, runs: 0 })
      }
      if (partitions > 0 === (leading !== null)) return
      leading?.abort()
      leading = partitions > 0 ? new AbortController() : null
      if (leading !== null)
        start(lead(options, bell, { ...attempt, signal: AbortSignal.any([signal, leading.signal]) }))
    }
    for await (const batch of log.follow(READER, [RUNS], { signal, onShare })) {
      bell.ring()
      await batch.commit().catch(unlessLost)
    }
    if (!signal.aborted) throw new MillraceError('INTERNAL', 'the log ended without being asked to')
  })
}

/** Whoever took over has the partition now, and reads on from where this one stood. */
function unlessLost(error: unknown): void {
  if (!(error instanceof MillraceError) || error.code !== 'LOG_CURSOR_LOST') throw error
}

async function lead(options: RunsOptions, bell: Bell, attempt: Attempt): Promise<void> {
  const { log, records, clock, observer } = options
  const writer = await log.writer(WRITER)
  try {
    const codec = await options.openCodec()
    const book = new RunBook({ log, records, signal: attempt.signal })
    const led = { writer, records, clock, observer, book, bell, kinds: options.kinds(codec) }
    const { scheduled: all } = options
    await together(attempt.signal, async (signal, start) => {
      start(keepSchedules({ log, records, clock, all }, signal))
      await new RunLeader(led, { ...attempt, signal }).run()
    })
  } catch (error) {
    if (attempt.signal.aborted) return
    if (!(error instanceof MillraceError) || error.code !== 'LOG_FENCED') throw error
    throw new MillraceError('LOG_CURSOR_LOST', 'another process carries the runs out now', { cause: error })
  } finally {
    await writer.close().catch(() => undefined)
  }
}
