import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { DatabaseServer } from '../../src/stack/database-server.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { type Kafka, openKafka } from '../../src/stack/kafka.ts'
import { openMysql } from '../../src/stack/mysql.ts'
import { LoadPlace } from '../support/load-place.ts'
import { Millrace } from '../support/millrace.ts'
import { Random } from '../support/random.ts'

/** `npm run faults` makes 50,000. */
const CHANGES = Number(process.env.MILLRACE_TEST_CHANGES ?? 12_000)
const KILLS = Number(process.env.MILLRACE_TEST_KILLS ?? 20)

let database: DatabaseServer
let kafka: Kafka
let folder: string

beforeAll(async () => {
  ;[database, kafka] = await Promise.all([openMysql(), openKafka()])
  folder = await mkdtemp(join(tmpdir(), 'millrace-kill-'))
})

afterAll(async () => {
  await Promise.all([database[Symbol.asyncDispose](), kafka[Symbol.asyncDispose](), rm(folder, { recursive: true })])
})

describe.each(['file', 'kafka'] as const)('killed again and again, on the %s log', (kind) => {
  test(`${CHANGES} changes and ${KILLS} kills: everything arrives once`, async () => {
    const random = new Random()
    await using emulator = await openDynoxide()
    await using place = await LoadPlace.open({ database, emulatorUrl: emulator.url, random })
    const log = kind === 'file' ? `file:${join(folder, 'kill.db')}` : kafka.url
    const settings = place.settings({ mysql: database.url, dynamodb: emulator.url, log })

    let millrace = await (await Millrace.start(settings)).ready()
    const load = place.change(CHANGES)
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(random.below(1_200))
      await millrace.kill()
      millrace = await Millrace.start(settings)
    }
    await using last = millrace
    await load
    await place.expectEqual(last, 420_000)
  }, 600_000)
})
