// The alerts, held against the program that reads them.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { promtool } from '../../src/stack/prometheus.ts'
import { ALERT_CASES } from './alert-cases.ts'
import { alertNames } from './alert-rules.ts'

const root = new URL('../..', import.meta.url).pathname
const rules = join(root, 'grafana/alerts.yml')

async function written(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-alerts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

/** What promtool tests: that the alert fires at its minute, with its labels, and does not any more at the later one. */
function promtoolTest(alert: string, severity: string) {
  const { series, firesAt, clearsAt, labels } = ALERT_CASES[alert]!
  const all = { alertname: alert, alertstate: 'firing', severity, ...labels }
  const text = Object.entries(all).map(([name, value]) => `${name}="${value}"`)
  const expr = `ALERTS{alertname="${alert}",alertstate="firing"}`
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      { expr, eval_time: `${firesAt}m`, exp_samples: [{ labels: `ALERTS{${text.join(',')}}`, value: 1 }] },
      { expr, eval_time: `${clearsAt}m`, exp_samples: [] },
    ],
  }
}

async function tested(rulesFile: string, severities: ReadonlyMap<string, string>): Promise<string> {
  const tests = Object.keys(ALERT_CASES).map((alert) => promtoolTest(alert, severities.get(alert) ?? ''))
  const asked = { rule_files: [rulesFile], evaluation_interval: '1m', tests }
  return promtool(['test', 'rules', await written('test.json', JSON.stringify(asked))])
}

test('the rules are sound', async () => {
  expect(await promtool(['check', 'rules', rules])).toContain('SUCCESS')
})

test('every alert has its case, and no case is of an alert that does not exist', async () => {
  const names = [...alertNames(await readFile(rules, 'utf8')).keys()]
  expect(Object.keys(ALERT_CASES).toSorted()).toEqual(names.toSorted())
})

test('every alert fires and clears', async () => {
  expect(await tested(rules, alertNames(await readFile(rules, 'utf8')))).toContain('SUCCESS')
})

test.each([
  ['of the checkout', {}, 'README.md'],
  ['where Prometheus says it is', { runbooks: 'https://wiki.example.com/m' }, 'https://wiki.example.com/m'],
])('an alert leads to its runbook %s', async (_name, external_labels, readme) => {
  const { series, firesAt } = ALERT_CASES.MillraceNotReady!
  const fires = {
    exp_labels: { severity: 'critical', instance: 'a' },
    exp_annotations: {
      summary: 'a neither is caught up nor makes progress',
      action: 'GET /health/ready says what is in the way; `millrace doctor` says how to mend it.',
      runbook_url: `${readme}#millracenotready`,
    },
  }
  const one = {
    ...{ interval: '1m', external_labels },
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: `${firesAt}m`, alertname: 'MillraceNotReady', exp_alerts: [fires] }],
  }
  const asked = { rule_files: [rules], evaluation_interval: '1m', tests: [one] }
  expect(await promtool(['test', 'rules', await written('test.json', JSON.stringify(asked))])).toContain('SUCCESS')
})

test('an alert that does not fire is seen', async () => {
  const text = await readFile(rules, 'utf8')
  const broken = await written(
    'alerts.yml',
    text.replace('(millrace_dead_letters) > 0', '(millrace_dead_letters) > 99'),
  )
  await expect(tested(broken, alertNames(text))).rejects.toThrow('MillraceDeadLetters')
})

test('what Prometheus is told to do in deploy/ is sound', async () => {
  const text = await readFile(join(root, 'deploy/prometheus.yml'), 'utf8')
  const token = await written('token', 'secret')
  const here = text.replace('/etc/prometheus/alerts.yml', rules).replace('/run/secrets/millrace_viewer_token', token)
  expect(await promtool(['check', 'config', await written('prometheus.yml', here)])).toContain('SUCCESS')
})
