// A file that is many times larger than memory, by a process that is killed at random: what memory it takes from beginning to
// end, and that every row is there once and was counted once.

import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMysql } from '../../../src/stack/mysql.ts'
import { Random } from '../../support/random.ts'
import type { Setting } from '../benchmark.ts'
import { atLeast, atMost, figure, type Report } from '../report.ts'
import { Disturbed, type Moment } from './disturbed.ts'
import { writeItems } from './items-file.ts'

const ITEMS = 20_000_000
const KILLS = 20
const PARTS = 10
const MIB_MAX = 250
const TABLE = 'catalog_items'

export async function largeReport(setting: Setting): Promise<Report> {
  await using opened = new AsyncDisposableStack()
  const server = opened.use(await openMysql())
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const items = setting.amount(ITEMS)
  const path = join(folder, 'items.csv')
  await writeItems(path, items)
  const { size } = await stat(path)
  const settings = { MILLRACE_CONNECTORS: 'content', MILLRACE_IMPORT_DIR: folder }
  await using disturbed = await Disturbed.open(server, settings)
  const random = new Random()
  const killsAt = Array.from({ length: KILLS }, () => random.below(items)).toSorted((one, other) => one - other)
  const moments: Moment[] = []
  let killed = 0
  const heard = (moment: Moment, kills: number) => {
    killed = kills
    const isNext = partOf(moment.rows, items) > partOf(moments.at(-1)?.rows ?? 0, items)
    moments.push(moment)
    if (isNext) setting.say(`    ${figure(moment.rows)} rows, ${figure(moment.residentMib)} MiB, killed ${kills} times`)
  }
  const asked = { sourceType: 'csv', sourceIdentifier: 'items.csv', options: { targetTable: TABLE } }
  const run = await disturbed.bring(asked, { killsAt, heard })
  const [stored] = await disturbed.database.query(`SELECT COUNT(*) AS items FROM ${TABLE}`)
  const [counted] = await disturbed.database.query('SELECT items_inserted AS items FROM sync_runs')
  if (run.state !== 'done' || run.tally.applied !== items || counted?.items !== items)
    throw new Error(`${counted?.items} rows were counted of ${items}: ${JSON.stringify(run)}`)
  return report({ items, size, moments, killed, stored: Number(stored?.items) })
}

interface Found {
  readonly items: number
  readonly size: number
  readonly moments: readonly Moment[]
  readonly killed: number
  readonly stored: number
}

function partOf(rows: number, items: number): number {
  return Math.min(PARTS - 1, Math.floor((rows / items) * PARTS))
}

function report({ items, size, moments, killed, stored }: Found): Report {
  const parts = Map.groupBy(moments, ({ rows }) => partOf(rows, items))
  const seconds = ((moments.at(-1)?.atMs ?? 0) - (moments[0]?.atMs ?? 0)) / 1_000
  const most = (of: readonly Moment[]) => Math.max(...of.map(({ residentMib }) => residentMib))
  return {
    title: 'A large file, and a process that is killed',
    about: [
      `A file of ${figure(items)} items, ${figure(size / 2 ** 20)} MiB, into \`${TABLE}\` on MySQL 9.7, by the real command, which is killed`,
      `at ${killed} random places and started again: ${figure(seconds)} s in all, with what it takes to start. Memory is looked at twice a second.`,
    ],
    head: ['of the rows', 'seconds', 'most memory, MiB'],
    rows: [...parts].map(([part, of]) => {
      const took = ((of.at(-1)?.atMs ?? 0) - (of[0]?.atMs ?? 0)) / 1_000
      return [`up to ${(part + 1) * (100 / PARTS)} %`, figure(took), figure(most(of))]
    }),
    aims: [
      atLeast('rows that are there once', items, stored),
      atMost('memory with a large file, MiB', MIB_MAX, most(moments)),
    ],
  }
}
