// The servers around a running process go away and come back, killed and in order, while changes are made before, during
// and after: it goes on by itself, and everything arrives once.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { openMysql } from '../../src/stack/mysql.ts'
import type { Server } from '../../src/stack/server.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { KafkaBehind } from '../support/kafka-behind.ts'
import { LoadPlace } from '../support/load-place.ts'
import { Millrace } from '../support/millrace.ts'
import { Random } from '../support/random.ts'
import { until } from '../support/until.ts'

const CHANGES = Number(process.env.MILLRACE_TEST_CHANGES ?? 6_000)
const ROUNDS = Number(process.env.MILLRACE_TEST_OUTAGES ?? 1)
/** Longer than a member's session in Kafka, so that its group goes on without it. */
const LONG_MS = 8_000

interface Outage {
  readonly what: string
  /** The code by which the process says that it waits; null where it may well be over before anybody notices. */
  readonly code: string | null
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
}

type Stoppable = Pick<Server, 'kill' | 'stop' | 'start'>

function killed(what: string, server: Stoppable, code: string | null): Outage {
  return { what: `${what} is killed`, code, begin: () => server.kill(), end: () => server.start() }
}

function stopped(what: string, server: Stoppable): Outage {
  return { what: `${what} is stopped`, code: null, begin: () => server.stop(), end: () => server.start() }
}

describe.each(['file', 'kafka'] as const)('servers that go away and come back, on the %s log', (kind) => {
  test(`${CHANGES} changes meanwhile: everything arrives once`, async () => {
    const random = new Random()
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-outage-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await openMysql())
    const network = opened.use(await openFaultProxy(database.port))
    const emulator = opened.use(await openDynoxide({ isKept: true }))
    const behind = kind === 'kafka' ? opened.use(await KafkaBehind.open()) : null
    const place = opened.use(await LoadPlace.open({ database, emulatorUrl: emulator.url, random }))
    const log = behind?.kafka.url ?? `file:${join(folder, 'log.db')}`
    const settings = place.settings({ mysql: network.url(database.url), dynamodb: emulator.url, log })
    const millrace = opened.use(await (await Millrace.start(settings)).ready())

    const lost: Outage = {
      what: 'the network to MySQL is lost',
      code: 'MYSQL_UNREACHABLE',
      begin: () => network.refuse(),
      end: () => network.accept(),
    }
    const cut: Outage = {
      what: 'connections to MySQL are cut',
      code: null,
      begin: async () => network.cut(),
      end: async () => {},
    }
    const ofKafka = behind === null ? [] : [killed('Kafka', behind, null), stopped('Kafka', behind), long(behind)]
    const kinds = [
      ...[killed('DynamoDB', emulator, 'DYNAMODB_UNAVAILABLE'), stopped('DynamoDB', emulator), lost, cut],
      ...ofKafka,
    ]
    const outages = shuffled(random, Array.from({ length: ROUNDS }, () => kinds).flat())
    const share = Math.ceil(CHANGES / (2 * outages.length + 2))
    for (const outage of outages) {
      console.log(outage.what)
      const during = place.change(share)
      await outage.begin()
      await during
      if (outage.code !== null) await says(millrace, outage.code)
      await delay(random.below(500))
      await outage.end()
      await place.change(share)
    }
    // Nobody can change anything in a MySQL that is away.
    for (const end of [() => database.kill(), () => database.stop()]) {
      await end()
      await delay(random.below(500))
      await database.start()
      await place.change(share)
    }
    await place.expectEqual(millrace, 120_000)
    expect(millrace.output).not.toContain('stopped until a person acts')
  }, 300_000)
})

function long(kafka: Stoppable): Outage {
  const end = async () => {
    await delay(LONG_MS)
    await kafka.start()
  }
  return { what: 'Kafka is away for long', code: 'KAFKA_UNREACHABLE', begin: () => kafka.kill(), end }
}

/** A part waits, and gives this as its reason. */
async function says(millrace: Millrace, code: string): Promise<void> {
  const ask = async () => {
    const text = await (await fetch(`${millrace.url}/metrics`)).text()
    return new RegExp(`millrace_retries_total\\{[^}]*code="${code}"`, 'u').test(text) ? true : null
  }
  await until(ask, { what: `it says ${code}` })
}

function shuffled<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
}
