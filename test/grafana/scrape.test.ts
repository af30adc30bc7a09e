// Dashboards and alerts, asked of a real Prometheus that scrapes a millrace which sees a bit of everything.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPrometheus } from '../../src/stack/prometheus.ts'
import { PrometheusQueries } from '../support/prometheus-queries.ts'
import { until } from '../support/until.ts'
import { alertRules } from './alert-rules.ts'
import { BusyPlace } from './busy-place.ts'
import { DASHBOARDS, readDashboard } from './dashboard-file.ts'

const RULES = new URL('../../grafana/alerts.yml', import.meta.url).pathname
const HANG_MS = 300_000

let opened: AsyncDisposableStack
let prometheus: PrometheusQueries
const startMs = Date.now()

beforeAll(async () => {
  opened = new AsyncDisposableStack()
  const place = opened.use(await BusyPlace.open())
  const target = new URL(place.millrace.url).host
  const server = opened.use(
    await openPrometheus(
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [RULES],
        // Asked as if it were two: what is told by each process has to come together.
        scrape_configs: [
          {
            job_name: 'millrace',
            static_configs: [{ targets: [target] }, { targets: [target], labels: { instance: 'another' } }],
          },
        ],
      }),
    ),
  )
  prometheus = new PrometheusQueries(server)
  // A rise shows only of what was seen before.
  await until(async () => ((await prometheus.valuesSince(startMs, 'millrace_ready')) > 2 ? true : null), {
    what: 'it is scraped',
  })
  await place.live()
}, HANG_MS)
afterAll(() => opened.disposeAsync())

/** As Grafana would ask, with everything chosen. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '15s').replaceAll(/"\$\w+"/gu, '".*"')
}

async function silent(exprs: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const found: string[] = []
  for (const [what, expr] of exprs)
    if ((await prometheus.valuesSince(startMs, expr)) === 0) found.push(`${what}: ${expr}`)
  return found
}

test.each(DASHBOARDS)('every panel of %s shows something', { timeout: HANG_MS }, async (name) => {
  const { panels, annotations } = readDashboard(name)
  const asked = panels.flatMap(({ title, targets = [] }) => {
    return targets.map(({ refId, expr }) => [`${title} ${refId}`, filledIn(expr)] as const)
  })
  await until(async () => ((await silent(new Map(asked))).length === 0 ? true : null), {
    ...{ what: 'all have data', withinMs: 60_000, everyMs: 2_000 },
  }).catch(async () => expect(await silent(new Map(asked))).toEqual([]))
  const marks = annotations.list.map(({ name: mark, expr }) => [mark, filledIn(expr)] as const)
  for (const [, expr] of marks) expect(await prometheus.valuesSince(startMs, expr)).toBeGreaterThanOrEqual(0)
})

test.each(DASHBOARDS)('every variable of %s has values', async (name) => {
  for (const { name: variable, type, query } of readDashboard(name).templating.list) {
    if (type !== 'query' || typeof query === 'string') continue
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/u.exec(query.query) ?? []
    const values = (await prometheus.series(metric)).flatMap((labels) => labels[label] ?? [])
    expect(values.length, variable).toBeGreaterThan(0)
  }
})

test('every alert is evaluated without an error, and asks for metrics and labels that there are', async () => {
  const rules = await prometheus.rules()
  expect(rules.filter(({ health, lastError = '' }) => health !== 'ok' || lastError !== '')).toEqual([])
  expect(rules.length).toBeGreaterThan(20)
  for (const { alert, expr } of alertRules(readFileSync(RULES, 'utf8'))) {
    const selectors = [...expr.matchAll(/\b(up|(?:millrace|process|nodejs)_\w+)(?:\{([^}]*)\})?/gu)]
    expect(selectors.length, alert).toBeGreaterThan(0)
    for (const [, metric = '', matchers = ''] of selectors) {
      const labels = [...matchers.matchAll(/(\w+)(?:=|!)/gu)].map(([, label]) => label ?? '')
      const series = await prometheus.series(metric)
      expect(
        series.filter((one) => labels.every((label) => label in one)).length,
        `${alert}: ${metric}`,
      ).toBeGreaterThan(0)
    }
  }
})

test('what went wrong is told, in whole sentences', async () => {
  const wrong = ['MillraceDeadLetters', 'MillraceGap', 'MillraceImportDiscrepancy', 'MillraceImportFailed']
  const told = await until(
    async () => {
      const firing = await prometheus.firing()
      return wrong.every((name) => firing.some(({ labels }) => labels.alertname === name)) ? firing : null
    },
    { what: 'all of it is told', everyMs: 1_000 },
  )
  for (const { labels, annotations } of told) {
    expect(annotations.summary, labels.alertname).not.toMatch(/<error|<no value>|\{\{/u)
    expect(annotations.runbook_url).toBe(`README.md#${labels.alertname?.toLowerCase()}`)
  }
  const never = told.filter(({ labels }) => /Canary|Down|LogAway|Disk/u.test(labels.alertname ?? ''))
  expect(never).toEqual([])
})

test('an expression that asks for nothing is seen', async () => {
  const asked = new Map([
    ['a', 'millrace_no_such_metric'],
    ['b', 'millrace_ready'],
  ])
  expect(await silent(asked)).toEqual(['a: millrace_no_such_metric'])
})
