// The console of 5,000 venues: how much its first view is, how soon it is there and how it scrolls, and what twenty open
// ones cost the server.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { openBrowser } from '../../support/browser.ts'
import { inDatabase } from '../../support/fresh-database.ts'
import { Millrace } from '../../support/millrace.ts'
import { RestaurantDatabase } from '../../support/restaurant-database.ts'
import { RestaurantTable } from '../../support/restaurant-table.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import { atMost, figure, type Report } from '../report.ts'
import { median } from '../rounds.ts'
import { type FirstView, firstView } from './first-view.ts'
import { OpenConsoles } from './open-consoles.ts'

const CONSOLES = 20
const VENUES = 5_000
const SECONDS = 20
const SETTLE_MS = 5_000
const PERCENT_AIM = 2
const VIEWS = 9
const VIEW_AIMS = { kilobytes: 100, usableMs: 1_000, frameMs: 50 }
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
    const views: FirstView[] = []
    const browser = opened.use(await openBrowser())
    for (let view = 0; view < VIEWS; view++) views.push(await firstView(browser, millrace.url, 'Venue 1'))
    await browser.close()
    const rounds: Round[] = []
    for (let round = 1; round <= setting.rounds; round++) {
      setting.say(`  round ${round}`)
      rounds.push(await inTurns(millrace, setting))
    }
    await millrace.stop()
    return [viewReport(views), report(rounds)]
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

function viewReport(views: readonly FirstView[]): Report {
  const medianOf = (name: keyof FirstView) => median(views.map((view) => view[name]))
  return {
    title: "The console's first view",
    about: [
      `${VENUES.toLocaleString('en')} venues, in a Chromium that knows nothing of the page yet, with server and databases on the same machine.`,
    ],
    head: ['', 'median', 'worst'],
    rows: [
      ['compressed, KB', figure(medianOf('kilobytes')), figure(Math.max(...views.map(({ kilobytes }) => kilobytes)))],
      [
        'until the venues are there, ms',
        figure(medianOf('usableMs')),
        figure(Math.max(...views.map(({ usableMs }) => usableMs))),
      ],
      [
        'slowest frame while scrolling, ms',
        figure(medianOf('slowestFrameMs')),
        figure(Math.max(...views.map(({ slowestFrameMs }) => slowestFrameMs))),
      ],
    ],
    aims: [
      atMost('the first view, compressed, KB', VIEW_AIMS.kilobytes, medianOf('kilobytes')),
      atMost('until it can be used, ms', VIEW_AIMS.usableMs, medianOf('usableMs')),
      atMost('slowest frame while scrolling, ms', VIEW_AIMS.frameMs, medianOf('slowestFrameMs')),
    ],
  }
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
