import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import feedback from '../connectors/feedback.ts'
import { commands } from '../src/cli/commands.ts'
import type { System } from '../src/cli/system.ts'
import { type AdminRoutesOptions, adminRoutes } from '../src/control/admin-routes.ts'
import { type AuditRoutesOptions, auditRoutes } from '../src/control/audit-routes.ts'
import { type ConflictRoutesOptions, conflictRoutes } from '../src/control/conflict-routes.ts'
import { type ConnectorRoutesOptions, connectorRoutes } from '../src/control/connector-routes.ts'
import { type ConsoleRoutesOptions, consoleRoutes } from '../src/control/console-routes.ts'
import { type DeadRoutesOptions, deadRoutes } from '../src/control/dead-routes.ts'
import { type DocsOptions, docsRoutes } from '../src/control/docs-routes.ts'
import { type FlowRoutesOptions, flowRoutes } from '../src/control/flow-routes.ts'
import { type GapRoutesOptions, gapRoutes } from '../src/control/gap-routes.ts'
import { type ImportRoutesOptions, importRoutes } from '../src/control/import-routes.ts'
import { type ProbeOptions, probeRoutes } from '../src/control/probe-routes.ts'
import { type RunRoutesOptions, runRoutes } from '../src/control/run-routes.ts'
import { type ScheduleRoutesOptions, scheduleRoutes } from '../src/control/schedule-routes.ts'
import { type SessionRoutesOptions, sessionRoutes } from '../src/control/session-routes.ts'
import { type SyncRoutesOptions, syncRoutes } from '../src/control/sync-routes.ts'
import { type VenuesRoutesOptions, venuesRoutes } from '../src/control/venues-routes.ts'
import { type VerifyRoutesOptions, verifyRoutes } from '../src/control/verify-routes.ts'
import { ERRORS } from '../src/core/errors.ts'
import { METRICS } from '../src/observe/metrics.ts'
import { VARIABLES } from '../src/variables.ts'
import { controlServer } from './support/control-server.ts'
import { commandFaults } from './tidy/command-rule.ts'
import { arrows, noCycles, nothingExportedInVain, nothingUnimported } from './tidy/import-rules.ts'
import { lockfileFaults } from './tidy/lockfile-rule.ts'
import * as shape from './tidy/shape-rules.ts'
import { type SourceFile, sourceFile } from './tidy/source-file.ts'
import { readmeTable, runbookFaults, tableFaults, watchFaults } from './tidy/table-rules.ts'

const root = new URL('..', import.meta.url).pathname
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8')
const files = globSync('{src,connectors,test}/**/*.{ts,tsx}', { cwd: root, exclude: ['src/console/page'] })
  .filter((path) => !path.endsWith('.d.ts'))
  .map((path) => sourceFile(path, read(path)))

interface Example {
  readonly rule: shape.Rule
  /** Sources, by path, that break the rule. */
  readonly broken: Readonly<Record<string, string>>
  readonly says: string
}

const lines = (count: number) => 'x()\n'.repeat(count)
const useBoth = `import './b.ts'\nimport '../src/core/a.ts'`

const RULES: Readonly<Record<string, Example>> = {
  'imports make no cycle': {
    rule: noCycles,
    broken: { 'src/core/a.ts': `import './b.ts'`, 'src/core/b.ts': `export type { A } from './a.ts'` },
    says: 'src/core/a.ts -> src/core/b.ts -> src/core/a.ts',
  },
  'imports go one way': {
    rule: arrows,
    broken: { 'src/pipeline/a.ts': `import { SqliteLog } from '../log/sqlite/sqlite-log.ts'` },
    says: 'src/pipeline/a.ts may not import src/log/sqlite/sqlite-log.ts',
  },
  'source, log and sink do not know each other': {
    rule: arrows,
    broken: { 'src/source/mysql/a.ts': `import type { Log } from '../../log/log.ts'` },
    says: 'src/source/mysql/a.ts may not import src/log/log.ts',
  },
  'one adapter does not know another of its port': {
    rule: arrows,
    broken: { 'src/log/kafka/a.ts': `import '../sqlite/b.ts'` },
    says: 'src/log/kafka/a.ts may not import src/log/sqlite/b.ts',
  },
  'core imports nothing of ours': {
    rule: arrows,
    broken: { 'src/core/a.ts': `const b = await import('../observe/b.ts')` },
    says: 'src/core/a.ts may not import src/observe/b.ts',
  },
  'the local stack serves the command and tests alone': {
    rule: arrows,
    broken: { 'src/control/a.ts': `import '../stack/stack.ts'` },
    says: 'src/control/a.ts may not import src/stack/stack.ts',
  },
  'a connector knows core alone': {
    rule: arrows,
    broken: { 'connectors/a.ts': `import type { Sink } from '../src/sink/sink.ts'` },
    says: 'connectors/a.ts may not import src/sink/sink.ts',
  },
  'the console knows of the rest the shapes that the API answers with': {
    rule: arrows,
    broken: { 'src/console/a.tsx': `import { send } from '../control/control-server.ts'` },
    says: 'src/console/a.tsx may not import src/control/control-server.ts',
  },
  'nobody imports the composition root': {
    rule: arrows,
    broken: { 'src/cli/a.ts': `import '../main.ts'` },
    says: 'src/cli/a.ts may not import src/main.ts',
  },
  'no file stands there that nobody imports': {
    rule: nothingUnimported,
    broken: { 'src/main.ts': '', 'src/core/a.ts': '', 'test/b.ts': '', 'test/c.test.ts': useBoth },
    says: 'src/core/a.ts: nobody imports it',
  },
  'no value is exported in vain': {
    rule: nothingExportedInVain,
    broken: { 'src/core/a.ts': 'export const a = 1, b = 2', 'src/main.ts': `import { a } from './core/a.ts'` },
    says: 'src/core/a.ts: nobody imports b',
  },
  'no barrels': {
    rule: shape.noBarrels,
    broken: { 'src/core/all.ts': `export * from './a.ts'` },
    says: 'src/core/all.ts: exports what another file declares',
  },
  'no file name that says nothing': {
    rule: shape.fileNames,
    broken: { 'src/core/utils.ts': '' },
    says: 'src/core/utils.ts: the name says nothing of what is inside',
  },
  'file names are kebab-case': {
    rule: shape.fileNames,
    broken: { 'src/core/rowImage.ts': '' },
    says: 'src/core/rowImage.ts: not kebab-case',
  },
  'a file is named after what it exports': {
    rule: shape.oneConcept,
    broken: { 'src/core/cursor.ts': 'export const bookmarks = 1' },
    says: 'src/core/cursor.ts: is not named after bookmarks',
  },
  'a file exports one class': {
    rule: shape.oneConcept,
    broken: { 'src/core/cursor.ts': 'export class Cursor {}\nexport class CursorList {}' },
    says: 'src/core/cursor.ts: exports 2 classes',
  },
  'a file says what it is for': {
    rule: shape.openings,
    broken: { 'src/core/a.ts': 'export const a = 1' },
    says: 'src/core/a.ts: does not open with what it is for',
  },
  'in at most three lines': {
    rule: shape.openings,
    broken: { 'src/core/a.ts': '// a\n// b\n// c\n// d\nexport const a = 1' },
    says: 'src/core/a.ts: opens with more than 3 lines',
  },
  'files have up to 300 lines': {
    rule: shape.fileLengths,
    broken: { 'src/core/a.ts': lines(301) },
    says: 'src/core/a.ts: 301 lines, at most 300',
  },
  'functions have up to 70 lines': {
    rule: shape.functionLengths,
    broken: { 'src/core/a.ts': `class A {\n  long() {\n${lines(69)}}\n}` },
    says: 'src/core/a.ts:2: long has 71 lines, at most 70',
  },
  'functions take up to 3 parameters': {
    rule: shape.parameters,
    broken: { 'src/core/a.ts': 'const many = (a: 1, { b }: B, c = 3, ...d: D) => a' },
    says: 'src/core/a.ts:1: many takes 4 parameters, at most 3',
  },
  'nothing is disposed of before its work has ended': {
    rule: shape.patientReturns,
    broken: { 'src/cli/a.ts': 'async function run() {\n  await using opened = open()\n  return work(opened)\n}' },
    says: 'src/cli/a.ts:3: run disposes of what it uses before this call has ended',
  },
  'nothing is left to do': {
    rule: shape.nothingLeftToDo,
    broken: { 'src/core/a.ts': `const a = 1 // ${'TO'}${'DO'} more` },
    says: `src/core/a.ts:1: const a = 1 // ${'TO'}${'DO'} more`,
  },
}

describe('the sources', () => {
  test.each(Object.entries(RULES))('%s', (_, { rule }) => {
    expect(rule(files)).toEqual([])
  })
})

describe('each rule sees its own failing example', () => {
  test.each(Object.entries(RULES))('%s', (_, { rule, broken, says }) => {
    expect(rule(Object.entries(broken).map(([path, text]): SourceFile => sourceFile(path, text)))).toEqual([says])
  })
})

const kinds = new Map(Object.values(METRICS).map((metric) => [metric.name as string, metric.kind as string]))
const fates = new Map(Object.entries(ERRORS).map(([code, entry]) => [code, entry.fate as string]))
const defaults = new Map<string, string>(Object.values(VARIABLES).map((one) => [one.name, one.default ?? '']))
for (const [name, spec] of Object.entries(feedback.settings ?? {})) {
  defaults.set(`MILLRACE_FEEDBACK_${name}`, spec.default ?? '')
}
// Neither is used before a command runs or a request comes.
const all = commands({} as System)
const abouts = new Map(all.map((command) => [`millrace ${command.name}`, command.about]))
const server = controlServer({
  routes: [
    probeRoutes({} as ProbeOptions),
    consoleRoutes({} as ConsoleRoutesOptions),
    connectorRoutes({} as ConnectorRoutesOptions),
    sessionRoutes({} as SessionRoutesOptions),
    flowRoutes({} as FlowRoutesOptions),
    venuesRoutes({} as VenuesRoutesOptions),
    scheduleRoutes({} as ScheduleRoutesOptions),
    auditRoutes({} as AuditRoutesOptions),
    runRoutes({} as RunRoutesOptions),
    syncRoutes({} as SyncRoutesOptions),
    verifyRoutes({} as VerifyRoutesOptions),
    deadRoutes({} as DeadRoutesOptions),
    gapRoutes({} as GapRoutesOptions),
    importRoutes({} as ImportRoutesOptions),
    adminRoutes({} as AdminRoutesOptions),
    conflictRoutes({} as ConflictRoutesOptions),
    docsRoutes({} as DocsOptions),
  ],
})
const roles = new Map(server.endpoints.map(({ method, url, role }) => [`${method} ${url}`, role ?? 'anybody']))
const TABLES = { Configuration: defaults, Commands: abouts, Endpoints: roles, Errors: fates, Metrics: kinds }

describe("the README's tables say what the code says", () => {
  test.each(Object.entries(TABLES))('%s', (heading, code) => {
    expect(tableFaults(readmeTable(read('README.md'), heading), code)).toEqual([])
  })

  test('a name that one side lacks is seen, and so is another second cell', () => {
    const table = readmeTable(
      '# x\n## Errors\n\n| Code | Fate |\n|---|---|\n| `A` | stop |\n| `B` | stop |\n## Next\n| `Z` | |',
      'Errors',
    )
    expect(
      tableFaults(
        table,
        new Map([
          ['B', 'retry'],
          ['C', 'stop'],
        ]),
      ),
    ).toEqual(['C is not in the README', 'A is in the README alone', 'B: the README says "stop", the code "retry"'])
    expect(() => readmeTable('# x', 'Errors')).toThrow('no heading "## Errors"')
  })
})

describe('every command and option that a person is told to use exists', () => {
  test('in hints and in the README', () => {
    const sources = files.filter(({ path }) => path.startsWith('src/')).map(({ path }) => path)
    expect(commandFaults(new Map([...sources, 'README.md'].map((path) => [path, read(path)])), all)).toEqual([])
  })

  test('one that does not is seen', () => {
    const text =
      'Run `millrace check --repair`, `millrace start --all`, `millrace start --role=all --json` or `--mend`.'
    expect(commandFaults(new Map([['a.ts', text]]), all)).toEqual([
      'a.ts: there is no `millrace check`',
      'a.ts: `millrace start` does not take --all',
      'a.ts: no command takes --mend',
    ])
  })
})

describe('every metric is watched, and what is watched exists', () => {
  test('in grafana/', () => {
    const documents = globSync('grafana/{dashboards/*.json,alerts.yml}', { cwd: root })
    expect(watchFaults(new Map(documents.map((path) => [path, read(path)])), kinds)).toEqual([])
  })

  test('an unwatched metric is seen, and so is one that does not exist', () => {
    const documents = new Map([['a.json', 'rate(millrace_a_seconds_bucket[1m]) + millrace_gone_total']])
    const metrics = new Map([
      ['millrace_a_seconds', 'histogram'],
      ['millrace_b_total', 'counter'],
    ])
    expect(watchFaults(documents, metrics)).toEqual([
      'a.json asks for millrace_gone_total, which does not exist',
      'millrace_b_total: nothing asks for it',
    ])
  })
})

describe('every alert says how bad it is, what it means, what to do, and where to read on', () => {
  test('in grafana/alerts.yml', () => {
    expect(runbookFaults(read('grafana/alerts.yml'), read('README.md'))).toEqual([])
  })

  test('one that does not is seen', () => {
    const link = (heading: string) => `runbook_url: '{{ or $externalLabels.runbooks "README.md" }}#${heading}'`
    const alerts = [
      `  - alert: A\n  severity: a\n  summary: a\n  action: a\n  ${link('a')}`,
      `  - alert: B\n  severity: b\n  summary: b\n  ${link('gone')}`,
    ].join('\n')
    expect(runbookFaults(alerts, '### A\n')).toEqual(['B has no action', 'B leads to no heading of the README'])
  })
})

describe('the lockfile holds the optional packages of every platform', () => {
  test('so that npm ci works with every registry', () => {
    expect(lockfileFaults(read('package-lock.json'))).toEqual([])
  })

  test('one that is missing is seen', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { '@a/win32': '1', '@a/linux': '1' } } }
    const lockfile = JSON.stringify({ packages: { ...packages, 'node_modules/@a/linux': {} } })
    expect(lockfileFaults(lockfile)).toEqual(['@a/win32 is not locked'])
  })
})
