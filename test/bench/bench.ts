// `npm run bench`: measures what the README claims, on servers of its own, and writes it there. Every claim compares two
// things measured in one run, in turns. `--only NAME` measures and writes one of them anew, `--amount N` a long one with so many
// rows; `--quick`, `--rounds N` and `--profile DIR` (which leaves a CPU profile of each contender) are for work on the code:
// what they measure is printed and not written.

import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { APPLY } from './apply/apply-benchmark.ts'
import { BACKFILL } from './backfill/backfill-benchmark.ts'
import type { Benchmark, Setting } from './benchmark.ts'
import { CAPTURE } from './capture/capture-benchmark.ts'
import { CONSOLE } from './console/console-benchmark.ts'
import { runContender } from './contender.ts'
import { IMPORTS } from './imports/imports-benchmark.ts'
import { IMPORTS_LARGE } from './imports/imports-large-benchmark.ts'
import { LATENCY } from './latency/latency-benchmark.ts'
import { machine } from './machine.ts'
import { writeReadme } from './readme.ts'
import { type Report, reportText } from './report.ts'
import { RUNS } from './runs/runs-benchmark.ts'
import { VERIFY } from './runs/verify-benchmark.ts'
import { TWO_WAY } from './two-way/two-way-benchmark.ts'

const BENCHMARKS: readonly Benchmark[] = [
  CAPTURE,
  APPLY,
  LATENCY,
  RUNS,
  VERIFY,
  BACKFILL,
  TWO_WAY,
  IMPORTS,
  IMPORTS_LARGE,
  CONSOLE,
]
const ROUNDS = 3
const QUICK_SHARE = 0.1

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    amount: { type: 'string' },
    profile: { type: 'string' },
  },
})
const chosen = BENCHMARKS.filter(({ name, isLong }) => (values.only === undefined ? !isLong : name === values.only))
if (values.amount !== undefined && chosen.some(({ isLong }) => !isLong)) throw new Error('--amount is for long ones')
if (chosen.length === 0) throw new Error(`--only names one of ${BENCHMARKS.map(({ name }) => name).join(', ')}`)
const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS))
const profiles = values.profile === undefined ? null : resolve(values.profile)
if (profiles !== null) mkdirSync(profiles, { recursive: true })

const setting: Setting = {
  rounds,
  amount: (full) => Number(values.amount ?? Math.ceil(full * (values.quick ? QUICK_SHARE : 1))),
  measure: (file, job) => runContender(file, job, { profiles }),
  say: (line) => process.stderr.write(`${line}\n`),
}

execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] })
process.env.MILLRACE_TEST_MAIN = resolve('dist/src/main.js')

const reports: Report[] = []
for (const benchmark of chosen) {
  setting.say(`${benchmark.name} ...`)
  const own = await benchmark.run(setting)
  for (const report of own) process.stdout.write(`${reportText(report)}\n\n`)
  reports.push(...own)
}

const missed = reports.flatMap(({ aims }) => aims).filter(({ isMet }) => !isMet)
setting.say(missed.length === 0 ? 'every aim is met' : `missed: ${missed.map(({ what }) => what).join('; ')}`)
const isFull = values.rounds === undefined && !values.quick && profiles === null
if (isFull) {
  const date = new Date().toISOString().slice(0, 10)
  writeReadme(reports, `Measured on ${date}: ${machine()}; medians of ${rounds} rounds in turns.`)
}
