// Tells people beside the work of the process, where the settings say whom; and shows that the process lives, also where
// they do not.

import type { Config } from '../config.ts'
import type { FlowFeed } from '../control/flow-feed.ts'
import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import { CHANNELS, type Channel } from '../observe/notify/channel.ts'
import { FARES, Outbox } from '../observe/notify/outbox.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import type { Clock } from '../pipeline/clock.ts'
import { FollowNotices } from '../pipeline/follow-notices.ts'
import { NoticeBook } from '../pipeline/notice-book.ts'
import type { RunBook } from '../pipeline/run-book.ts'
import { notifyChannels } from './notify-channels.ts'
import type { Resources } from './resources.ts'
import { type PartStanding, partSymptoms, sharedSymptoms } from './symptoms.ts'
import { Teller } from './teller.ts'
import type { Watch } from './watch.ts'

export interface NotifyWatchOptions {
  readonly config: Config
  readonly resources: Resources
  readonly feed: Pick<FlowFeed, 'view'>
  readonly runs: RunBook
  readonly carryingOut: () => PartStanding
  readonly metrics: Metrics
  readonly logger: Logger
  readonly clock: Clock
}

const EVERY_MS = 2_000

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
        await tell?.teller.look().catch((error: unknown) => complain(options, error))
        for (const [channel, count] of tell?.outbox.waiting ?? []) metrics.noticesWaiting.set({ channel }, count)
        await clock.sleep(EVERY_MS, signal)
      }
      await Promise.all(works)
      for (const channel of channels) await channel.close()
    },
  }
}

function telling(options: NotifyWatchOptions, channels: readonly Channel[], signal: AbortSignal) {
  const { config, resources, feed, runs, carryingOut, metrics, logger, clock } = options
  const { log, codecs } = resources
  const outbox = new Outbox({
    channels,
    clock,
    random: Math.random,
    onFared: (channel, outcome, error) => {
      metrics.notices.inc({ channel, outcome })
      if (outcome !== 'sent') logger.warn({ channel, outcome, code: error?.code }, 'a message to people was not sent')
    },
  })
  const following = new FollowNotices({ log, clock })
  const teller = new Teller({
    ...{ following, outbox, clock, metrics, logger, console: consoleUrl(config) },
    book: new NoticeBook({ log, records: codecs.records, signal }),
    times: { gatherMs: config.notifyGatherMs, remindMs: config.notifyRemindMs },
    perHour: config.notifyPerHour,
    look: async () => {
      const view = await feed.view()
      const own = partSymptoms(view, carryingOut())
      return { own, shared: sharedSymptoms(view, badRuns(runs, clock.nowMs())) }
    },
  })
  return { teller, outbox, works: [outbox.run(signal), following.run(signal)] }
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
