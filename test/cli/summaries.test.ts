// A day is told once, whoever tells it, with what every process counted; what was missed while nobody ran is told once.

import { expect, test } from 'vitest'
import { DayCount } from '../../src/cli/day-count.ts'
import { Summaries } from '../../src/cli/summaries.ts'
import type { Incident } from '../../src/core/incident.ts'
import type { Message } from '../../src/observe/notify/message.ts'
import type { Run } from '../../src/pipeline/run-book.ts'
import { connectorFlow, flowView } from '../support/flow-view.ts'
import { Notifying, type NotifyingProcess } from '../support/notifying.ts'
import { ran } from '../support/ran.ts'
import { symptom } from '../support/symptom.ts'

const VIEW = flowView({ flows: [connectorFlow(), connectorFlow({ connector: 'square', from: 'import' })] })

interface Given {
  readonly runs?: readonly Run[]
  readonly verifiedMs?: number
}

function summaries(process: NotifyingProcess, { runs = [], verifiedMs }: Given = {}): Summaries {
  const mark = { venue: null, except: [], run: 'r', throughMs: verifiedMs ?? 0 }
  const count = new DayCount({
    metrics: process.metrics,
    connectors: ['feedback', 'square'],
    sources: new Map([['mysql', 'mysql.app']]),
  })
  return new Summaries({
    ...{ ...process, count, cron: '0 8 * * *', zone: 'Europe/Madrid', place: 'here', console: 'https://m.example' },
    runs: {
      all: () => runs,
      verified: (connector) => (verifiedMs === undefined ? [] : [{ ...mark, connector }]),
    },
  })
}

function delivers({ metrics }: NotifyingProcess, count: number, seconds: number): void {
  const connector = 'feedback'
  metrics.deliverRecords.inc({ connector, topic: 'millrace.app.comment' }, count)
  metrics.deliverWrites.inc({ connector, table: 't', did: 'applied' }, count)
  for (let at = 0; at < count; at++) metrics.deliverLatency.observe({ connector }, seconds)
}

/** What a section says, by label. */
function said(message: Message | undefined, title: string): Record<string, string> {
  const facts = message?.sections.find((one) => one.title === title)?.facts ?? []
  return Object.fromEntries(facts.map(({ label, text }) => [label, text]))
}

test('what two processes count is one summary, and neither another process nor another start tells it again', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const [one, two] = [place.process(), place.process()]
  two.following.isTelling = false
  const [first, second] = [summaries(one), summaries(two)]
  const both = async (view = VIEW) => {
    await first.look(view)
    await second.look(view)
  }
  await both()
  one.metrics.captureRows.inc({ source: 'mysql.app', table: 'comment' }, 130)
  one.metrics.captureRows.inc({ source: 'mysql.app', table: 'millrace_canary' }, 9_000)
  one.metrics.retries.inc({ part: 'capture', code: 'MYSQL_UNREACHABLE' }, 2)
  two.metrics.retries.inc({ part: 'deliver feedback', code: 'DYNAMODB_UNAVAILABLE' })
  two.metrics.sinkThrottles.inc({ connector: 'feedback' }, 5)
  delivers(one, 99, 0.02)
  delivers(two, 1, 20)
  await both(flowView({ flows: [connectorFlow({ records_per_second: 80, lag_seconds: 90 })] }))

  // Eight in the morning in Madrid, and the half minute in which the others leave their figures.
  place.at('2026-07-02T06:00:02Z')
  await both()
  expect(place.sent).toEqual([])
  place.at('2026-07-02T06:00:40Z')
  await both()
  const [message] = place.sent
  expect(message).toMatchObject({ subject: '[millrace] Daily summary, Thu 2 Jul: all well', tone: 'good' })
  expect(message?.lead).toBe('100 changes delivered from 1 Jul, 14:00 to 2 Jul, 08:00 (Europe/Madrid).')
  expect(said(message, 'feedback')).toEqual({
    Delivered: '100 changes: 0.0015 a second on average, 80 a second at the most',
    Writes: 'applied 100, stale 0, exists 0, rejected 0',
    Latency: "p50 18 ms, p99 25 ms, from the source's commit to the write",
    Lag: '90 s at the most, 0 s now',
    Hindered: '1 retry, 5 throttled requests',
    Verified: 'never as a whole',
    Waiting: 'nothing',
  })
  expect(said(message, 'Sources')).toEqual({ 'mysql.app': '130 rows captured, 2 retries' })
  expect(message?.notes.join()).toContain('as 2 processes counted them')

  await both()
  await both()
  one.following.isTelling = false
  two.following.isTelling = true
  await both()
  await summaries(place.process()).look(VIEW)
  expect(place.sent).toHaveLength(1)

  // The next day begins anew.
  delivers(two, 7, 0.02)
  place.at('2026-07-03T06:01:00Z')
  await both()
  await both()
  expect(place.sent[1]?.lead).toBe('7 changes delivered from 2 Jul, 08:00 to 3 Jul, 08:00 (Europe/Madrid).')
})

test('days that were missed are told once, with what a killed process had counted', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const killed = place.process()
  const first = summaries(killed)
  await first.look(VIEW)
  delivers(killed, 12, 0.02)
  place.at('2026-07-01T12:02:00Z')
  await first.look(VIEW)

  place.at('2026-07-04T09:00:00Z')
  const next = summaries(place.process())
  for (let looks = 0; looks < 3; looks++) await next.look(VIEW)
  expect(place.sent.map(({ lead }) => lead)).toEqual([
    '12 changes delivered from 1 Jul, 14:00 to 4 Jul, 08:00 (Europe/Madrid).',
  ])
})

test('what was due before anybody knew of it is not told', async () => {
  await using place = await Notifying.open('2026-07-01T06:00:40Z')
  const only = summaries(place.process())
  for (let looks = 0; looks < 3; looks++) await only.look(VIEW)
  place.at('2026-07-02T05:59:59Z')
  await only.look(VIEW)
  expect(place.sent).toEqual([])
})

test('where nobody was reached the next one tells of both days', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const process = place.process()
  const only = summaries(process)
  await only.look(VIEW)
  delivers(process, 3, 0.02)
  place.isReached = false
  place.at('2026-07-02T06:01:00Z')
  await only.look(VIEW)
  place.isReached = true
  place.at('2026-07-02T07:00:00Z')
  await only.look(VIEW)
  expect(place.sent).toEqual([])
  delivers(process, 4, 0.02)
  place.at('2026-07-03T06:01:00Z')
  await only.look(VIEW)
  expect(place.sent.map(({ lead }) => lead)).toEqual([
    '7 changes delivered from 1 Jul, 14:00 to 3 Jul, 08:00 (Europe/Madrid).',
  ])
})

test('who takes over tells what was still waiting to be sent', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const [one, two] = [place.process(), place.process()]
  two.following.isTelling = false
  const [first, second] = [summaries(one), summaries(two)]
  await first.look(VIEW)
  place.at('2026-07-02T06:01:00Z')
  place.isReached = false
  await first.look(VIEW)
  place.isReached = true
  one.following.isTelling = false
  two.following.isTelling = true
  await first.look(VIEW)
  await second.look(VIEW)
  await second.look(VIEW)
  expect(place.sent).toHaveLength(1)
})

test('incidents, runs, imports, verifications and what waits are in it, and where the day was not well it says so', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const endedAtMs = Date.parse('2026-07-01T15:00:00Z')
  const writes = { 'orders inserted': 30, 'orders updated': 5, 'orders unchanged': 1, 'set aside validation': 3 }
  const runs = [
    ran('a', { progress: { endedAtMs }, tally: { rejected: 4, writes: { ...writes, 'set aside duplicate': 1 } } }),
    ran('b', { order: { kind: 'verify', connector: 'feedback' }, progress: { endedAtMs } }),
    ran('c', { progress: { endedAtMs, state: 'failed' } }),
    ran('before', { progress: { endedAtMs: Date.parse('2026-07-01T11:00:00Z') }, tally: { writes } }),
  ]
  const process = place.process()
  const only = summaries(process, { runs, verifiedMs: Date.parse('2026-07-01T14:30:00Z') })
  await only.look(VIEW)
  const opened = Date.parse('2026-07-01T20:00:00Z')
  const suffered = { symptom: symptom('mysql'), sinceMs: opened, grewAtMs: opened, toldCount: 1 }
  const incident: Incident = {
    ...{ id: 'i1', group: 'mysql', openedAtMs: opened, toldAtMs: opened, tellings: 2, returns: 1 },
    ...{ suffered: [{ ...suffered, clearedAtMs: opened + 600_000 }], clearSinceMs: opened + 600_000 },
    closedAtMs: opened + 700_000,
  }
  const open = { ...incident, id: 'i2', suffered: [{ ...suffered, clearedAtMs: null }], clearSinceMs: null, returns: 0 }
  const unheard = { ...incident, id: 'i3', toldAtMs: null }
  await process.book.keep('incident', [{ ...open, closedAtMs: null }, incident, unheard])
  place.at('2026-07-02T06:01:00Z')
  const waiting = { dead_letters: 4, open_conflicts: 1, lag_seconds: null }
  const flows = [connectorFlow(waiting), connectorFlow({ connector: 'square', from: 'import', open_conflicts: 1 })]
  // One that both have found.
  await only.look(flowView({ flows, open_conflicts: 1 }))
  const [message] = place.sent
  expect(message?.subject).toBe(
    '[millrace] Daily summary, Thu 2 Jul: 2 incidents, 4 dead letters open, 1 conflict open',
  )
  expect(message?.sections[0]).toMatchObject({
    title: 'Incidents',
    facts: expect.arrayContaining([
      { label: '1 Jul, 22:00', text: 'Mysql has stopped: over after 10 min, came back 1 time' },
      { label: '1 Jul, 22:00', text: 'Mysql has stopped: open for 10 h' },
    ]),
  })
  expect(said(message, 'feedback')).toMatchObject({
    Verified: 'through 1 Jul, 16:30',
    Waiting: '4 dead letters, 1 conflict',
    Lag: '0 s at the most',
  })
  expect(said(message, 'square')).toMatchObject({
    Imported:
      'by 2 imports: inserted 30, updated 5, unchanged 1, deleted 0; 4 rows not taken (validation 3, duplicate 1)',
  })
  expect(said(message, 'Runs that ended')).toEqual({ import: '1 done, 1 failed', verify: '1 done' })
  expect(only.tells(incident)).toBe(true)
  await only.look(VIEW)
  await process.book.refresh()
  expect(only.tells(incident)).toBe(false)
})
