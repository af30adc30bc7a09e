import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Reporter } from '../../src/cli/reporter.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { createMetrics } from '../../src/observe/metrics.ts'

function reporter(nowMs = 10_000) {
  const lines: { level: string; msg: string; part?: string }[] = []
  const logger = pino(
    { level: 'debug', formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  )
  const metrics = createMetrics()
  return {
    reporter: new Reporter({
      metrics,
      logger,
      nowMs: () => nowMs,
      captures: new Map([['mysql.app', 'capture']]),
      follows: new Map([['feedback', 'mysql.app']]),
    }),
    metrics,
    lines,
  }
}

const appended = { source: 'mysql.app', bytes: 900, batches: 2, position: '', sourceTimeMs: 9_500, appendMs: 4 }
const stagesMs = { decode: 1, lookup: 2, map: 3, apply: 4, commit: 5 }
const delivered = {
  ...{
    connector: 'feedback',
    records: 3,
    dead: 1,
    clashes: 2,
    verdicts: ['mysql', 'open', 'open'] as const,
    stagesMs,
    changedAtMs: [9_000, 9_990, 9_990],
  },
  next: { topic: 'millrace.app.comment', topicId: 't', partition: 0, offset: 3 },
  writes: [
    { table: 'restaurant_data', did: 'applied' },
    { table: 'restaurant_data', did: 'applied' },
    { table: 'restaurant_data', did: 'exists' },
  ],
}

test('what was appended is counted by table, and how far the source is behind is measured', async () => {
  const { reporter: it, metrics } = reporter()
  it.appended({
    ...appended,
    rows: new Map([
      ['comment', 2],
      ['eclub', 1],
    ]),
  })
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_capture_rows_total{source="mysql.app",table="comment"} 2')
  expect(text).toContain('millrace_capture_rows_total{source="mysql.app",table="eclub"} 1')
  expect(text).toContain('millrace_capture_bytes_total{source="mysql.app"} 900')
  expect(text).toContain('millrace_capture_batches_total{source="mysql.app"} 2')
  expect(text).toContain('millrace_capture_delay_seconds{source="mysql.app"} 0.5')
  expect(text).toContain('millrace_capture_seen_timestamp_seconds{source="mysql.app"} 9.5')
  expect(text).toContain('millrace_append_seconds_count{source="mysql.app"} 1')
})

test('what was delivered is counted by outcome, stage and latency; dead letters are worth a warning', async () => {
  const { reporter: it, metrics, lines } = reporter()
  it.delivered(delivered)
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_deliver_records_total{connector="feedback",topic="millrace.app.comment"} 3')
  expect(text).toContain('millrace_deliver_writes_total{connector="feedback",table="restaurant_data",did="applied"} 2')
  expect(text).toContain('millrace_deliver_writes_total{connector="feedback",table="restaurant_data",did="exists"} 1')
  expect(text).toContain('millrace_deliver_dead_total{connector="feedback",topic="millrace.app.comment"} 1')
  expect(text).toContain('millrace_deliver_clashes_total{connector="feedback"} 2')
  expect(text).toContain('millrace_conflicts_total{connector="feedback",verdict="open"} 2')
  expect(text).toContain('millrace_deliver_stage_seconds_sum{connector="feedback",stage="apply"} 0.004')
  expect(text).toContain('millrace_deliver_latency_seconds_bucket{le="0.01",connector="feedback"} 2')
  expect(text).toContain('millrace_deliver_latency_seconds_bucket{le="1",connector="feedback"} 3')
  expect(lines).toMatchObject([{ level: 'warn', msg: 'events went to the dead topic', dead: 1 }])
})

test('retries are counted by code and logged at the level they deserve', async () => {
  const { reporter: it, metrics, lines } = reporter()
  const error = new MillraceError('MYSQL_UNREACHABLE', 'connection refused')
  it.retrying({ part: 'capture', error, attempts: 4, delayMs: 400, level: 'info' })
  expect(await metrics.registry.metrics()).toContain(
    'millrace_retries_total{part="capture",code="MYSQL_UNREACHABLE"} 1',
  )
  expect(lines).toMatchObject([{ level: 'info', part: 'capture', attempts: 4 }])
})

test('a part stands as it said last, with when it moved and what stopped it', async () => {
  const { reporter: it, metrics, lines } = reporter()
  it.entered('capture', { is: 'running', sinceMs: 0 })
  expect(it.parts()).toEqual([{ part: 'capture', state: 'running', movedAtMs: null, partitions: null, error: null }])
  it.appended({ ...appended, rows: new Map() })
  expect(it.parts()).toMatchObject([{ movedAtMs: 10_000 }])
  it.entered('capture', { is: 'stopped', sinceMs: 0, error: new MillraceError('LOG_FENCED', 'another one') })
  expect(it.parts()).toMatchObject([
    { state: 'stopped', movedAtMs: 10_000, error: { code: 'LOG_FENCED', message: 'another one' } },
  ])
  it.entered('deliver feedback', { is: 'running', sinceMs: 0 })
  it.shared({ connector: 'feedback', partitions: 2 })
  expect(it.parts()[1]).toMatchObject({ part: 'deliver feedback', partitions: 2 })
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_deliver_partitions{connector="feedback"} 2')
  expect(text).toContain('millrace_part_state{part="capture",state="stopped"} 1')
  expect(text).toContain('millrace_part_state{part="capture",state="running"} 0')
  expect(lines).toMatchObject([{ level: 'error', msg: 'stopped until a person acts' }])
})

test('a gap is counted and told once, however often it is put on record', async () => {
  const { reporter: it, metrics, lines } = reporter()
  const at = { fromBookmark: null, toBookmark: 'b', fromMs: null, toMs: 9_000 }
  const gap = { ...at, source: 'mysql.app', tables: ['comment'], toPosition: '7', reason: 'comment was emptied' }
  it.skipped(gap)
  it.skipped({ ...gap, toBookmark: 'c' })
  it.skipped({ ...gap, tables: ['client'] })
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_gaps_total{source="mysql.app",table="comment"} 1')
  expect(text).toContain('millrace_gaps_total{source="mysql.app",table="client"} 1')
  expect(lines).toMatchObject([
    { level: 'error', gap: { tables: ['comment'], reason: 'comment was emptied' } },
    { level: 'error', gap: { tables: ['client'] } },
  ])
})

test('what is looked up is counted by where the answer came from', async () => {
  const { reporter: it, metrics } = reporter()
  it.lookedUp({ connector: 'feedback', from: 'memory', values: 7 })
  expect(await metrics.registry.metrics()).toContain(
    'millrace_lookup_values_total{connector="feedback",from="memory"} 7',
  )
})

test('the end of a run and what an import did are counted', async () => {
  const { reporter: one, metrics } = reporter()
  one.ended({ connector: 'square', kind: 'import', state: 'failed', tookMs: 90_000 })
  const rows = [{ table: 'catalog_items', did: 'inserted', count: 7 }]
  one.imported({ connector: 'square', rows, setAside: new Map([['validation', 2]]) })
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_runs_ended_total{connector="square",kind="import",state="failed"} 1')
  expect(text).toContain('millrace_run_seconds_bucket{le="300",kind="import"} 1')
  expect(text).toContain('millrace_run_seconds_bucket{le="60",kind="import"} 0')
  expect(text).toContain('millrace_import_rows_total{connector="square",table="catalog_items",did="inserted"} 7')
  expect(text).toContain('millrace_import_set_aside_total{connector="square",category="validation"} 2')
})

test('a canary that may not sing is off and told once; one that cannot just now is neither', async () => {
  const { reporter: one, metrics, lines } = reporter()
  const on = async () => (await metrics.canaryOn.get()).values.map(({ value }) => value)
  one.sent({ source: 'mysql.app', error: new MillraceError('MYSQL_UNREACHABLE', 'away') })
  expect([await on(), lines]).toEqual([[], []])
  for (const _ of [1, 2]) one.sent({ source: 'mysql.app', error: new MillraceError('MYSQL_DENIED', 'no') })
  expect(await on()).toEqual([0])
  expect(lines).toMatchObject([{ level: 'info' }])
  one.sent({ source: 'mysql.app', error: null })
  one.sent({ source: 'mysql.app', error: new MillraceError('MYSQL_UNREACHABLE', 'away') })
  expect(await on()).toEqual([1])
})

test('the arrival of a canary is when it came, and how long it took', async () => {
  const { reporter: one, metrics } = reporter(12_000)
  one.arrived({ connector: 'feedback', changedAtMs: 9_000 })
  const text = await metrics.registry.metrics()
  expect(text).toContain('millrace_canary_timestamp_seconds{connector="feedback",source="mysql.app"} 12')
  expect(text).toContain('millrace_canary_seconds_sum{connector="feedback",source="mysql.app"} 3')
})
