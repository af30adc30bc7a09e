// Who hears of an alert, asked of Alertmanager's own tool: what millrace cannot tell itself is mailed, and what it does tell
// is not told twice.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { amtool } from '../../src/stack/amtool.ts'
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
