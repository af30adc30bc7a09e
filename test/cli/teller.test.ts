// What is amiss is told once by whichever process tells, through a real log: held back where there is too much, handed over,
// and kept in mind while the log is away.

import { expect, test } from 'vitest'
import { Teller } from '../../src/cli/teller.ts'
import type { Symptom } from '../../src/core/symptom.ts'
import { Notifying, type NotifyingProcess } from '../support/notifying.ts'
import { symptom } from '../support/symptom.ts'

const TIMES = { gatherMs: 30_000, remindMs: 4 * 3_600_000 }
const LOG_AWAY = symptom('the log', { group: 'log' })

interface Present {
  own: readonly Symptom[]
  shared: readonly Symptom[]
}

function teller(process: NotifyingProcess, present: Partial<Present>): Teller {
  return new Teller({
    ...{ ...process, times: TIMES, logAway: LOG_AWAY, console: null, isWanted: () => false },
    look: async () => ({ own: [], shared: [], ...present }),
  })
}

/** Looks every ten seconds for so long. */
async function lookFor(place: Notifying, seconds: number, tellers: readonly Teller[]): Promise<void> {
  for (let at = 0; at < seconds; at += 10) {
    place.nowMs += 10_000
    for (const one of tellers) await one.look()
  }
}

const subjects = ({ sent }: Notifying) => sent.map(({ subject }) => subject.replace('[millrace] ', ''))

test('what two processes suffer is one message, whoever of them tells, and who takes over tells its end alone', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const [one, two] = [place.process(), place.process()]
  two.following.isTelling = false
  const [mine, theirs] = [{ own: [symptom('a')] }, { own: [symptom('a'), symptom('b')] }]
  const [first, second] = [teller(one, mine), teller(two, theirs)]
  await lookFor(place, 120, [second, first])
  expect(subjects(place)).toEqual(['A has stopped and 1 more thing'])

  // As a kill would end the first.
  two.following.isTelling = true
  await lookFor(place, 120, [second])
  expect(place.sent).toHaveLength(1)
  theirs.own = []
  await lookFor(place, 120, [second])
  expect(subjects(place).slice(1)).toEqual(['Recovered: A has stopped and 1 more thing'])
  expect(place.sent[1]?.answers).toBe(place.sent[0]?.id)
})

test('what an hour has no room for is told later, and the next message says what that was', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const process = place.process({ perHour: 2 })
  const groups = ['a', 'b', 'c', 'd']
  const only = teller(process, { own: groups.map((group) => symptom(group, { group })) })
  await lookFor(place, 300, [only])
  expect(subjects(place)).toEqual(['A has stopped', 'B has stopped'])
  const { values } = await process.metrics.noticesHeld.get()
  expect(values[0]?.value).toBe(2)
  await lookFor(place, 3_600, [only])
  expect(subjects(place).slice(2)).toEqual(['C has stopped', 'D has stopped'])
  expect(place.sent[2]?.notes[0]).toBe('Held back before this, for there was too much to tell: D has stopped.')
  expect(place.sent[3]?.notes.join()).not.toContain('Held back')
})

test('a log that is away is told itself, and ends nothing that others suffer', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const [one, two] = [place.process(), place.process()]
  two.following.isTelling = false
  const theirs = { own: [symptom('b', { group: 'dynamodb' })] }
  const [first, second] = [teller(one, { shared: [symptom('behind', { group: 'behind' })] }), teller(two, theirs)]
  await lookFor(place, 60, [second, first])
  expect(subjects(place)).toEqual(['B has stopped', 'Behind has stopped'])
  place.isLogAway = true
  await lookFor(place, 600, [second, first])
  expect(subjects(place).slice(2)).toEqual(['The log has stopped'])
  place.isLogAway = false
  await lookFor(place, 120, [second, first])
  expect(subjects(place).slice(3)).toEqual(['Recovered: The log has stopped'])
  theirs.own = []
  await lookFor(place, 120, [second, first])
  expect(subjects(place).slice(4)).toEqual(['Recovered: B has stopped'])
})

test('what was told while the log was away is known to who takes over when it is back', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const [one, two] = [place.process(), place.process()]
  two.following.isTelling = false
  const [first, second] = [teller(one, {}), teller(two, {})]
  place.isLogAway = true
  await lookFor(place, 120, [first, second])
  expect(subjects(place)).toEqual(['The log has stopped'])
  place.isLogAway = false
  one.following.isTelling = false
  two.following.isTelling = true
  // The one that takes over is the first to look.
  await lookFor(place, 300, [second, first])
  expect(subjects(place).slice(1)).toEqual(['Recovered: The log has stopped'])
  expect(place.sent[1]?.answers).toBe(place.sent[0]?.id)
})
