// How fast a verification goes beside bare reads of both sides, with few rows and with many.

import { join } from 'node:path'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import type { Benchmark, Setting } from '../benchmark.ts'
import type { Contention } from '../contender.ts'
import { atLeast, atMost, figure, type Report } from '../report.ts'
import { type Medians, mediansOf } from '../rounds.ts'
import { openPlace, type Place } from './place.ts'
import { fillItems, fillRows } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

const ROWS = [10_000, 100_000, 1_000_000]
/** One round of more than this takes long enough for what else the machine does to even out. */
const REPEATED_ROWS_MAX = 100_000
const AIMS = { verify: 0.8, flat: 1.25 }

const READING = {
  'source-pages': 'pages of MySQL alone',
  'sdk-gets': 'SDK, BatchGetItem of 100, 8 in flight, alone',
  'verify-rows': 'verification',
} as const
type Reading = keyof typeof READING

export const VERIFY: Benchmark = {
  name: 'verify',
  run: async (setting) => {
    await using place = await openPlace()
    return [verifyReport(await measureReading(setting, place))]
  },
}

interface Verified {
  readonly rows: number
  readonly results: Record<Reading, Medians>
}

async function measureReading(setting: Setting, { mysql, folder }: Place): Promise<readonly Verified[]> {
  const all: Verified[] = []
  for (const full of ROWS) {
    const rows = setting.amount(full)
    setting.say(`  ${rows} rows that are equal`)
    await using emulator = await openDynoxide()
    await fillRows(mysql, rows)
    await fillItems(emulator.url, 'equal', rows)
    const rounds = rows > REPEATED_ROWS_MAX ? 1 : setting.rounds
    const run = async (contender: Reading, round: number) => {
      const log = join(folder, `${contender}-${rows}-${round}.db`)
      const isSteady = contender === 'verify-rows'
      const job = {
        mysqlUrl: mysql.url,
        endpoint: emulator.url,
        table: 'equal',
        rows,
        log,
        isSteady,
      } satisfies RunsJob & Contention
      const measured = await setting.measure(new URL(`./${contender}.ts`, import.meta.url), job)
      setting.say(`    ${round + 1} ${contender} ${figure(measured.rows / measured.seconds)}/s`)
      return measured
    }
    all.push({
      rows,
      results: await mediansOf({ rounds, names: Object.keys(READING) as Reading[], run }),
    })
  }
  return all
}

function verifyReport(all: readonly Verified[]): Report {
  const slower = ({ results }: Verified) =>
    Math.min(results['source-pages'].rowsPerSecond, results['sdk-gets'].rowsPerSecond)
  const ratio = (one: Verified) => one.results['verify-rows'].rowsPerSecond / slower(one)
  const names = Object.keys(READING) as Reading[]
  const memory = all.map(({ results }) => results['verify-rows'].residentMaxMib)
  const rates = all.map(({ results }) => results['verify-rows'].rowsPerSecond)
  return {
    title: 'Verification of equal data',
    about: [
      'The same rows and items, compared field by field; the yardsticks read either side and look at nothing. The most rows in one round.',
    ],
    head: ['', 'rows', 'rows/s', 'of the slower side', 'CPU s per M rows', 'most memory, MiB'],
    rows: all.flatMap((one) =>
      names.map((name) => {
        const { rowsPerSecond, cpuPerMillion, residentMaxMib } = one.results[name]
        return [
          READING[name],
          ...[one.rows, rowsPerSecond, rowsPerSecond / slower(one), cpuPerMillion, residentMaxMib].map(figure),
        ]
      }),
    ),
    aims: [
      atLeast('of the slower side alone, at worst', AIMS.verify, Math.min(...all.map(ratio))),
      atMost('time per row, of the most rows to the fewest', AIMS.flat, (rates[0] ?? 0) / (rates.at(-1) ?? 1)),
      atMost('memory, of the most rows to that of the fewest', AIMS.flat, (memory.at(-1) ?? 0) / (memory[0] ?? 1)),
    ],
  }
}
