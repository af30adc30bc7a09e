// Tells people beside the work of the process, where the settings say whom; and shows that the process lives, also where
// they do not.

import { v5 as uuid } from 'uuid'
import type { Config } from '../config.ts'
import type { FlowFeed } from '../control/flow-feed.ts'
import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import { CHANNELS, type Channel } from '../observe/notify/channel.ts'
import { FARES, Outbox } from '../observe/notify/outbox.ts'
import { nextBeat } from '../pipeline/beat.ts'
import type { Clock } from '../pipeline/clock.ts'
import { FollowNotices } from '../pipeline/follow-notices.ts'
import { inTime } from '../pipeline/in-time.ts'
import { NoticeBook } from '../pipeline/notice-book.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'
import type { Books } from './books.ts'
import { DayCount } from './day-count.ts'
import { FreshNotices } from './fresh-notices.ts'
import { Letterbox } from './letterbox.ts'
import { notifyChannels } from './notify-channels.ts'
import type { Resources } from './resources.ts'
import { Successes } from './successes.ts'
import { Summaries, type SummariesOptions } from './summaries.ts'
import { logAwaySymptom, type PartStanding, partSymptoms, sharedSymptoms } from './symptoms.ts'
import { Teller } from './teller.ts'
import { troubledRuns } from './troubled-runs.ts'
import type { Watch } from './watch.ts'

export interface NotifyWatchOptions {
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly resources: Resources
  readonly feed: Pick<FlowFeed, 'view'>
  readonly books: Pick<Books, 'runs' | 'bookmarks'>
  readonly schedules: readonly ScheduledImport[]
  readonly carryingOut: () => PartStanding
  /** Of the last minute, by connector. */
  readonly throttles: () => ReadonlyMap<string, number>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly clock: Clock
}

const EVERY_MS = 2_000
const LEAVE_MS_MAX = 5_000
const NOTHING = Promise.resolve()
const NAMESPACE = 'f2b1b7f8-6a0e-5c9f-9d3f-6f6d1b7d4a52'

export function notifyWatch(options: NotifyWatchOptions): Watch {
  const { metrics, clock } = options
  return {
    run: async (signal) => {
      begin(metrics)
      const channels = await notifyChannels(options.config)
      const tell = channels.length === 0 ? null : telling(options, channels, signal)
      const works = tell?.works.map((work) => work.catch((error: unknown) => complain(options, error))) ?? []
      while (!signal.aborted) {
        metrics.heartbeat.set(clock.nowMs() / 1000)
        await tell?.look().catch((error: unknown) => complain(options, error))
        for (const [channel, count] of tell?.outbox.waiting ?? []) metrics.noticesWaiting.set({ channel }, count)
        await nextBeat(clock, EVERY_MS, signal)
      }
      await tell?.leave().catch((error: unknown) => complain(options, error))
      await Promise.all(works)
      for (const channel of channels) await channel.close()
    },
  }
}

function telling(options: NotifyWatchOptions, channels: readonly Channel[], signal: AbortSignal) {
  const { config, resources, feed, books, schedules, carryingOut, throttles, metrics, logger, clock } = options
  const { log, codecs } = resources
  const outbox = new Outbox({
    channels,
    clock,
    random: Math.random,
    onFared: (channel, outcome, error) => {
      metrics.notices.inc({ channel, outcome })
      if (outcome !== 'sent') logger.warn({ channel, outcome, err: error }, 'people were not reached')
    },
  })
  const letterbox = new Letterbox({ outbox, clock, metrics, logger, perHour: config.notifyPerHour })
  const following = new FollowNotices({ log, clock })
  const book = new NoticeBook({ log, records: codecs.records, signal })
  const fresh = new FreshNotices(book, clock)
  const shared = { book, fresh, following, letterbox, clock, console: consoleUrl(config) }
  const summaries = summariesOf(options, shared)
  const { notifyRuns: kinds, notifyGatherMs: gatherMs } = config
  const successes = kinds.length === 0 ? null : new Successes({ ...shared, kinds, gatherMs, runs: books.runs })
  const teller = new Teller({
    ...{ ...shared, metrics, isWanted: (incident) => summaries?.tells(incident) ?? false },
    logAway: logAwaySymptom(config.log.kind),
    times: { gatherMs, remindMs: config.notifyRemindMs },
    look: async () => {
      const view = await feed.view()
      const own = partSymptoms(view, { carryingOut: carryingOut(), throttles: throttles() })
      return { own, shared: sharedSymptoms(view, troubledRuns({ ...books, schedules, nowMs: clock.nowMs() })) }
    },
  })
  return {
    outbox,
    look: async () => {
      await teller.look()
      await successes?.look()
      await summaries?.look(await feed.view())
    },
    // A log that hangs must not keep the process from ending.
    leave: async () => (await fresh.isFresh()) && inTime(summaries?.save() ?? NOTHING, clock, LEAVE_MS_MAX),
    works: [outbox.run(signal), following.run(signal)],
  }
}

type SharedOptions = Pick<SummariesOptions, 'book' | 'fresh' | 'following' | 'letterbox' | 'clock' | 'console'>

/** None where nobody wants one. */
function summariesOf({ config, resources, connectors, metrics, books }: NotifyWatchOptions, shared: SharedOptions) {
  const { notifyDaily: cron, timeZone: zone } = config
  if (cron === null) return null
  const names = connectors.map(({ connector }) => connector.name)
  const count = new DayCount({ metrics, connectors: names, sources: resources.sources.names })
  return new Summaries({ ...shared, cron, zone, place: placeOf(config), count, runs: books.runs })
}

/** The same for all processes of one millrace. */
function placeOf({ mysqlUrl, log }: Config): string {
  const { host, pathname } = new URL(mysqlUrl)
  const where = log.kind === 'file' ? log.path : log.url.replace(/\/\/[^/]*@/u, '//')
  return uuid(JSON.stringify([host, pathname, where]), NAMESPACE)
}

/** A series that begins with its first failure shows no increase. */
function begin({ notices, noticesWaiting }: Metrics): void {
  for (const channel of CHANNELS) {
    noticesWaiting.set({ channel }, 0)
    for (const outcome of FARES) notices.inc({ channel, outcome }, 0)
  }
}

/** Nothing here is worth the process. */
function complain({ logger }: NotifyWatchOptions, err: unknown): void {
  logger.warn({ err }, 'people could not be told just now')
}

function consoleUrl({ publicUrl, httpHost, httpPort }: Config): string | null {
  if (publicUrl !== null) return publicUrl.replace(/\/$/u, '')
  return httpPort === 0 ? null : `http://${httpHost}:${httpPort}`
}
