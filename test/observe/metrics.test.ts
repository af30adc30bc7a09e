import { expect, test } from 'vitest'
import { createMetrics, describeProcess, METRICS } from '../../src/observe/metrics.ts'

test('every metric of the table is printed under its name with its help', async () => {
  const text = await createMetrics().registry.metrics()
  for (const spec of Object.values(METRICS)) {
    expect(text).toContain(`# HELP ${spec.name} ${spec.about}`)
    expect(text).toContain(`# TYPE ${spec.name} ${spec.kind}`)
  }
})

test('names follow the conventions: prefix, unit last, _total on counters alone', () => {
  for (const { name, kind } of Object.values(METRICS)) {
    expect(name).toMatch(/^millrace_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(kind === 'counter')
  }
})

test('two instances in one process do not share values', async () => {
  const one = createMetrics()
  const other = createMetrics()
  one.captureRows.inc({ source: 'a', table: 't' }, 5)
  expect(await one.registry.metrics()).toContain('millrace_capture_rows_total{source="a",table="t"} 5')
  expect(await other.registry.metrics()).not.toContain('source="a"')
})

test('the process and the version describe themselves', async () => {
  const metrics = createMetrics()
  describeProcess(metrics, '9.9.9')
  const text = await metrics.registry.metrics()
  expect(text).toContain(`millrace_build_info{version="9.9.9",node="${process.version}"} 1`)
  expect(text).toContain('process_resident_memory_bytes')
})
