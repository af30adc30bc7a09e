// What open consoles cost the server: the CPU of the real command at rest, and while twenty look at 5,000 venues.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace } from '../../support/millrace.ts'
import { RestaurantDatabase } from '../../support/restaurant-database.ts'
import { RestaurantTable } from '../../support/restaurant-table.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { atMost, figure, type Report } from '../report.ts'
import { median } from '../rounds.ts'
import { OpenConsoles } from './open-consoles.ts'

const CONSOLES = 20
const VENUES = 5_000
const SECONDS = 20
const SETTLE_MS = 5_000
const PERCENT_AIM = 2
const DATABASE = 'bench_console'
const TABLE = 'restaurant_data'

interface Round {
  /** Of one core. */
  readonly atRest: number
  readonly watched: number
}

export const CONSOLE: Benchmark = {
  name: 'console',
  run: async (setting) => {
    await using opened = new AsyncDisposableStack()
    const mysql = opened.use(await openMysql())
    const emulator = opened.use(await openDynoxide())
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    opened.defer(() => rm(folder, { recursive: true }))
    await mysql.query(`CREATE DATABASE ${DATABASE}`)
    await fill(inDatabase(mysql.adminUrl, DATABASE))
    opened.use(await RestaurantTable.create(emulator.url, TABLE))
    const millrace = opened.use(
      await Millrace.start({
        MILLRACE_MYSQL_URL: inDatabase(mysql.url, DATABASE),
        MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
        MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
        MILLRACE_FEEDBACK_TABLE: TABLE,
      }),
    )
    await millrace.ready()
    const rounds: Round[] = []
    for (let round = 1; round <= setting.rounds; round++) {
      setting.say(`  round ${round}`)
      rounds.push(await inTurns(millrace, setting))
    }
    await millrace.stop()
    return [report(rounds)]
  },
}

async function fill(url: string): Promise<void> {
  await using site = await RestaurantDatabase.create(url)
  const names = Array.from({ length: VENUES }, (_, index) => `('Venue ${index + 1}')`)
  await site.connection.query(`INSERT INTO client (name) VALUES ${names}`)
}

async function inTurns(millrace: Millrace, setting: Setting): Promise<Round> {
  const seconds = setting.amount(SECONDS)
  await delay(SETTLE_MS)
  const atRest = await percentOf(millrace, seconds)
  await using _ = new OpenConsoles(millrace.url, CONSOLES)
  await delay(SETTLE_MS)
  return { atRest, watched: await percentOf(millrace, seconds) }
}

async function percentOf(millrace: Millrace, seconds: number): Promise<number> {
  const [beforeS, startMs] = [await millrace.cpuSeconds(), performance.now()]
  await delay(seconds * 1_000)
  const tookS = (performance.now() - startMs) / 1_000
  return (100 * ((await millrace.cpuSeconds()) - beforeS)) / tookS
}

function report(rounds: readonly Round[]): Report {
  const atRest = median(rounds.map((round) => round.atRest))
  const watched = median(rounds.map((round) => round.watched))
  const cost = median(rounds.map((round) => round.watched - round.atRest))
  return {
    title: 'Open consoles',
    about: [
      `${VENUES.toLocaleString('en')} venues on MySQL 9.7, the feedback connector and the SQLite log; nothing moves.`,
      `Each console follows the flow, and asks for a page of venues and the latest syncs every five seconds.`,
    ],
    head: ['', 'CPU, % of one core'],
    rows: [
      ['`millrace start`, nobody looks', figure(atRest)],
      [`${CONSOLES} consoles are open`, figure(watched)],
      ['what they cost', figure(cost)],
    ],
    aims: [atMost(`the cost of ${CONSOLES} open consoles, % of one core`, PERCENT_AIM, cost)],
  }
}
