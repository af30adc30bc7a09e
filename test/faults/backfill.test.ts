// A backfill under everything that can happen to the processes that carry it out: killed, paused, resumed, moved to
// another one. Afterwards both sides are equal, and each row is in the tally once.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseServer } from '../../src/stack/database-server.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { type Kafka, openKafka } from '../../src/stack/kafka.ts'
import { openMysql } from '../../src/stack/mysql.ts'
import { LoadPlace } from '../support/load-place.ts'
import { Millrace } from '../support/millrace.ts'
import { Random } from '../support/random.ts'
import { Runs } from '../support/runs.ts'

const CHANGES = Number(process.env.MILLRACE_TEST_CHANGES ?? 8_000)
const KILLS = Number(process.env.MILLRACE_TEST_KILLS ?? 20)

let database: DatabaseServer
let kafka: Kafka
let folder: string

beforeAll(async () => {
  ;[database, kafka] = await Promise.all([openMysql(), openKafka()])
  folder = await mkdtemp(join(tmpdir(), 'millrace-backfill-faults-'))
})

afterAll(async () => {
  await Promise.all([database[Symbol.asyncDispose](), kafka[Symbol.asyncDispose](), rm(folder, { recursive: true })])
})

describe.each(['file', 'kafka'] as const)('a backfill on the %s log', (kind) => {
  test(`of ${CHANGES} changes, killed ${KILLS} times, paused and moved: each row is counted once`, async () => {
    const random = new Random()
    await using emulator = await openDynoxide()
    await using place = await LoadPlace.open({ database, emulatorUrl: emulator.url, random })
    await place.change(CHANGES)
    const log = kind === 'file' ? `file:${join(folder, 'runs.db')}` : kafka.url
    const settings = place.settings({ mysql: database.url, dynamodb: emulator.url, log })
    let millrace = await (await Millrace.start(settings)).ready()
    // Of two processes that may carry runs out, one does; when it is killed, the other one goes on.
    let other = await Millrace.start(settings, ['--role', 'deliver'])
    const rows = await place.feedbackRows()
    // Slow enough to last for as long as it is disturbed.
    const { id } = await new Runs(millrace).backfill({}, { rows_per_second: rows.all / 60 })
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(random.below(900))
      if (random.chance(0.5)) {
        await other.kill()
        other = await Millrace.start(settings, ['--role', 'deliver'])
      } else {
        await millrace.kill()
        millrace = await Millrace.start(settings)
        if (random.chance(0.3)) await pauseAndResume(await millrace.ready(), id)
      }
    }
    await using last = await millrace.ready()
    await using _second = other
    const runs = new Runs(last)
    // Resumed just before a kill, it shows as paused until another process leads.
    await runs.is(id, ['running'])
    await runs.set(id, { limits: { rows_per_second: null } })
    const run = await runs.done({ id }, 300_000)
    expect(run).toMatchObject({ state: 'done', rows: rows.all, rows_done: rows.all, error: null })
    expect(run.writes['create applied']).toBe(rows.comments)
    expect(run.tally).toMatchObject({ rejected: 0 })
    await other.kill()
    await place.expectFeedbackEqual()
  }, 900_000)
})

async function pauseAndResume(millrace: Millrace, id: string): Promise<void> {
  const runs = new Runs(millrace)
  if ((await runs.get(id)).state === 'done') return
  await runs.set(id, { state: 'paused' })
  const { state } = await runs.is(id, ['paused', 'done'])
  if (state === 'paused') await runs.set(id, { state: 'running' })
}
