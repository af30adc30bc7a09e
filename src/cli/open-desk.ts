// The desk that takes orders for runs, for a command: it needs the log, and nothing else has to run.

import type { Config } from '../config.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import { systemClock } from '../pipeline/clock.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { RunBook } from '../pipeline/run-book.ts'
import { RunDesk } from '../pipeline/run-desk.ts'
import { declaredTopics } from '../pipeline/topics.ts'
import { changeTopics } from './change-topics.ts'
import type { Call } from './command.ts'
import { partitionsOf } from './parts.ts'
import { readSetup, type Setup } from './read-setup.ts'
import type { System } from './system.ts'

export interface OpenDesk extends AsyncDisposable {
  readonly desk: RunDesk
  readonly letters: DeadLetters
  readonly book: RunBook
  readonly log: Log
  readonly records: RecordCodec
  readonly config: Config
  readonly connectors: Setup['connectors']
  readonly place: { readonly log: Log; readonly database: string }
}

export async function openDesk(system: System, { env, signal }: Pick<Call, 'env' | 'signal'>): Promise<OpenDesk> {
  const { config, connectors } = await readSetup(system, env)
  await using opened = new AsyncDisposableStack()
  const log = await system.openLog(config)
  opened.defer(() => log.close())
  await log.declare(declaredTopics(changeTopics(connectors, config.database), partitionsOf(config)))
  const { records, openCodec } = await system.openCodecs(config, log)
  const book = new RunBook({ log, records, signal })
  const isImporting = connectors.some(({ connector }) => connector.source === 'import')
  const trail = isImporting ? await system.openAudit(config) : null
  opened.defer(() => trail?.close())
  const desk = new RunDesk({ log, records, book, clock: systemClock, trail })
  const letters = new DeadLetters({
    ...{ log, records, openCodec, database: config.database, clock: systemClock, signal },
    connectors: connectors.map(({ connector }) => connector),
  })
  const all = opened.move()
  const place = { log, database: config.database }
  return {
    desk,
    letters,
    book,
    log,
    records,
    config,
    connectors,
    place,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
