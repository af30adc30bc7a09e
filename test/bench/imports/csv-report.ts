// A CSV file into MySQL, with everything that an import does, beside LOAD DATA LOCAL INFILE of the same file; the same file
// once more; and a file of three times the size, for the memory.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMysql } from '../../../src/stack/mysql.ts'
import type { Setting } from '../benchmark.ts'
import type { Measured } from '../measured.ts'
import { atLeast, atMost, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { type Brought, Importing } from './importing.ts'
import { writeItems } from './items-file.ts'
import { loadData } from './load-data.ts'

const ITEMS = 300_000
const TIMES = 3
const AIMS = { ofLoadData: 1 / 3, ofFirst: 1 / 5, mib: 250 }
const TABLE = 'catalog_items'

const WAYS = {
  load: 'LOAD DATA LOCAL INFILE',
  first: 'the import',
  forced: 'again, row by row',
  again: 'again',
} as const
type Way = keyof typeof WAYS

interface Files {
  readonly folder: string
  readonly items: number
}

export async function csvReport(setting: Setting): Promise<Report> {
  await using opened = new AsyncDisposableStack()
  const server = opened.use(await openMysql())
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const items = setting.amount(ITEMS)
  await writeItems(join(folder, 'items.csv'), items)
  await writeItems(join(folder, 'large.csv'), TIMES * items)
  const open = () => Importing.open(server, { MILLRACE_CONNECTORS: 'content', MILLRACE_IMPORT_DIR: folder })
  const rounds = new Map<number, Record<Way, Measured>>()
  const run = async (way: Way, round: number) => {
    const all = rounds.get(round) ?? (await measureRound(open, { folder, items }, round))
    if (!rounds.has(round)) say(setting, round, all)
    rounds.set(round, all)
    return all[way]
  }
  const medians = await mediansOf({ rounds: setting.rounds, names: Object.keys(WAYS) as Way[], run })
  await using importing = await open()
  const large = await bring(importing, 'large.csv')
  setting.say(`    large ${figure(rateOf(large.measured))}/s, ${figure(large.measured.residentMaxMib)} MiB`)
  return report(items, medians, large.measured)
}

function say(setting: Setting, round: number, all: Record<Way, Measured>): void {
  for (const [way, measured] of Object.entries(all))
    setting.say(`    ${round + 1} ${way} ${figure(rateOf(measured))}/s, ${figure(measured.seconds)} s`)
}

/** Whoever comes first has a colder machine: the yardstick does in every second round. */
async function measureRound(
  open: () => Promise<Importing>,
  { folder, items }: Files,
  round: number,
): Promise<Record<Way, Measured>> {
  await using importing = await open()
  const path = join(folder, 'items.csv')
  const loading = () => loadData({ url: importing.database.adminUrl, like: TABLE, path, items })
  const early = round % 2 === 0 ? await loading() : null
  const first = await bring(importing, 'items.csv')
  const load = early ?? (await loading())
  const again = await bring(importing, 'items.csv')
  const forced = await bring(importing, 'items.csv', true)
  if (first.run.tally.applied !== items) throw new Error(`${first.run.tally.applied} of ${items} rows were brought in`)
  for (const { run } of [again, forced]) {
    if (run.tally.applied !== 0 || run.writes[`${TABLE} unchanged`] !== items)
      throw new Error(`what was known was written anew: ${JSON.stringify(run)}`)
  }
  // Passed by, its rows are none that were read.
  return { load, first: first.measured, forced: forced.measured, again: { ...again.measured, rows: items } }
}

function bring(importing: Importing, file: string, force = false): Promise<Brought> {
  const asked = { sourceType: 'csv', sourceIdentifier: file, options: { targetTable: TABLE }, force }
  return importing.bring('/v1/sync/trigger', asked)
}

function rateOf({ rows, seconds }: Measured): number {
  return rows / seconds
}

function report(items: number, medians: Record<Way, Medians>, large: Measured): Report {
  const rate = (way: Way) => medians[way].rowsPerSecond
  return {
    title: 'Imports of CSV',
    about: [
      `A file of ${figure(items)} items, about 60 bytes each, into \`catalog_items\` on MySQL 9.7, by the real command, from the request to`,
      'the end of the run: every field checked, every row counted, what was there before kept. LOAD DATA has the same',
      'file, server and table, and does none of that; both may send files (`local_infile`). The CPU time is that of the process,',
      'not of the server.',
    ],
    head: ['', 'rows/s', 'slowest to fastest', 'of LOAD DATA', 'CPU s per M rows', 'most memory, MiB'],
    rows: [
      ...(Object.keys(WAYS) as Way[]).map((way) => {
        const { range, cpuPerMillion, residentMaxMib } = medians[way]
        const memory = way === 'load' ? '' : figure(residentMaxMib)
        const ratio = figure(rate(way) / rate('load'))
        return [WAYS[way], figure(rate(way)), range.map(figure).join(' to '), ratio, figure(cpuPerMillion), memory]
      }),
      [
        ...[
          'the import of a file three times as long',
          figure(rateOf(large)),
          '',
          figure(rateOf(large) / rate('load')),
        ],
        ...[figure((large.cpuSeconds / large.rows) * 1e6), figure(large.residentMaxMib)],
      ],
    ],
    aims: [
      atLeast('the import, of LOAD DATA LOCAL INFILE', AIMS.ofLoadData, rate('first') / rate('load')),
      atMost('the same file again, of the time of the first', AIMS.ofFirst, rate('first') / rate('again')),
      atMost(
        'memory, MiB',
        AIMS.mib,
        Math.max(...[large, medians.first, medians.forced].map(({ residentMaxMib }) => residentMaxMib)),
      ),
    ],
  }
}
