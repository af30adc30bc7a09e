// Who hears of an alert, asked of Alertmanager and its own tool: what millrace cannot tell itself is mailed, and what it does
// tell is not told twice.

import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { amtool, openAlertmanager } from '../../src/stack/alertmanager.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { openPrometheus } from '../../src/stack/prometheus.ts'
import { type Mail, MailServer } from '../support/mail-server.ts'
import { until } from '../support/until.ts'
import { alertNames } from './alert-rules.ts'

const root = new URL('../..', import.meta.url).pathname
const config = join(root, 'deploy/alertmanager.yml')

/** Told by millrace, as what is amiss of its parts, tables, runs and schedules. */
const TOLD = [
  ...['MillraceNotReady', 'MillracePartStopped', 'MillraceRetrying', 'MillraceSourceSilent', 'MillraceBehind'],
  ...['MillraceThrottled', 'MillraceDeadLetters', 'MillraceGap', 'MillraceGapOpen', 'MillraceConflictOpen'],
  ...['MillraceRowsDiffer', 'MillraceRunFailed', 'MillraceImportFailed', 'MillraceImportDiscrepancy'],
  'MillraceScheduleMissed',
]

test('its configuration is one, and its password is in a file', async () => {
  expect(await amtool(['check-config', config])).toContain('SUCCESS')
  const text = await readFile(config, 'utf8')
  expect(text).toMatch(/smtp_auth_password_file: \S+/u)
  expect(text).not.toMatch(/smtp_auth_password:/u)
})

test('every alert is mailed but those that millrace tells itself', async () => {
  const alerts = [...alertNames(await readFile(join(root, 'grafana/alerts.yml'), 'utf8')).keys()]
  expect(alerts).toEqual(expect.arrayContaining(TOLD))
  for (const alert of alerts) {
    const receivers = await amtool(['config', 'routes', 'test', `--config.file=${config}`, `alertname=${alert}`])
    expect(`${alert}: ${receivers.trim()}`).toBe(`${alert}: ${TOLD.includes(alert) ? 'nobody' : 'mail'}`)
  }
})

const ACCOUNT = { user: 'millrace', password: 'a secret' }

/** The file, with this server for its mail, and nothing waited for. */
async function mailedBy(server: MailServer, folder: string): Promise<string> {
  await writeFile(join(folder, 'password'), ACCOUNT.password)
  const changes: readonly [string, string][] = [
    ['mail.example.com:587', new URL(server.url).host],
    ['/run/secrets/alertmanager_smtp_password', join(folder, 'password')],
    // The certificate of the tests' server is its own.
    ['send_resolved: true', 'send_resolved: true\n        tls_config: { insecure_skip_verify: true }'],
    ['group_wait: 30s', 'group_wait: 1s'],
    ['group_interval: 5m', 'group_interval: 1s'],
  ]
  return changes.reduce(
    (text, [from, to]) => {
      expect(text).toContain(from)
      return text.replace(from, to)
    },
    await readFile(config, 'utf8'),
  )
}

/** Prometheus with our rules, which fire at once, asks a process at this address and tells this Alertmanager. */
async function watching(target: string, alertmanager: string, folder: string) {
  const rules = (await readFile(join(root, 'grafana/alerts.yml'), 'utf8')).replaceAll(/ for: \w+/gu, ' for: 0s')
  await writeFile(join(folder, 'alerts.yml'), rules)
  const asked = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'alerts.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [{ job_name: 'millrace', static_configs: [{ targets: [target] }] }],
  }
  return openPrometheus(JSON.stringify(asked))
}

test('that a process is gone is mailed, and that it is back; what millrace tells itself is not', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-alertmanager-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const post = opened.use(await MailServer.open(ACCOUNT))
  const { address } = opened.use(await openAlertmanager(await mailedBy(post, folder)))
  const tell = (...labels: string[]) => amtool(['alert', 'add', `--alertmanager.url=http://${address}`, ...labels])
  await tell('alertname=MillraceDeadLetters', 'instance=one')
  const port = await freePort()
  const target = `127.0.0.1:${port}`
  opened.use(await watching(target, address, folder))
  const mailed = (says: RegExp): Promise<Mail> => {
    const ask = async () => post.mails.find(({ subject, said }) => says.test(subject) && said.includes(target)) ?? null
    return until(ask, { what: `a mail ${says} of ${target}` })
  }
  const gone = await mailed(/FIRING.*MillraceDown/u)
  expect(gone.to).toEqual(['ops@example.com'])
  expect(gone.said).toContain(`${target} is gone, or Prometheus cannot reach it`)
  expect(gone.said).toContain('Start it again: it goes on where it was.')
  const back = createServer((_request, response) => response.end('millrace_ready 1\n'))
  opened.defer(() => void back.close())
  await once(back.listen(port, '127.0.0.1'), 'listening')
  await mailed(/RESOLVED.*MillraceDown/u)
  expect(post.mails.filter(({ said }) => said.includes('MillraceDeadLetters'))).toEqual([])
})
