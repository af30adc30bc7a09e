// What people hear of, and when: by hand for what has to be so, and by random histories for what must never be.

import { describe, expect, test } from 'vitest'
import type { Incident } from '../../../src/core/incident.ts'
import type { Symptom } from '../../../src/core/symptom.ts'
import { due, type Notice, observe, told } from '../../../src/observe/notify/gathering.ts'
import { Random } from '../../support/random.ts'
import { symptom } from '../../support/symptom.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const TIMES = { gatherMs: 30 * SECOND, remindMs: 4 * HOUR }

interface Heard {
  readonly atMs: number
  readonly kind: Notice['kind']
  readonly keys: readonly string[]
  readonly incident: string
}

/** Looks so often, as long as the process does, with what is there at each moment. */
function history(lengthMs: number, present: (atMs: number) => readonly Symptom[], everyMs = 2 * SECOND) {
  const heard: Heard[] = []
  let incidents: readonly Incident[] = []
  let ids = 0
  for (let nowMs = 0; nowMs < lengthMs; nowMs += everyMs) {
    incidents = observe(incidents, { symptoms: present(nowMs), nowMs, newId: () => `i${++ids}` }, TIMES)
    incidents = incidents.map((incident) => {
      const notice = due(incident, TIMES, nowMs)
      if (notice === null) return incident
      const keys = notice.news.map((one) => one.symptom.key)
      heard.push({ atMs: nowMs, kind: notice.kind, keys, incident: incident.id })
      return told(notice, nowMs)
    })
  }
  return { heard, incidents }
}

const between = (fromMs: number, toMs: number) => (atMs: number) => atMs >= fromMs && atMs < toMs
const kinds = (heard: readonly Heard[]) => heard.map(({ kind }) => kind)

describe('an incident', () => {
  test('is told once, with all that joined while it gathered, and once when it is over', () => {
    const isOut = between(0, 10 * MINUTE)
    const { heard, incidents } = history(2 * HOUR, (atMs) => {
      if (!isOut(atMs)) return []
      return atMs < 10 * SECOND ? [symptom('a')] : [symptom('a'), symptom('b')]
    })
    expect(heard.map(({ kind, keys }) => ({ kind, keys }))).toEqual([
      { kind: 'opened', keys: ['a'] },
      { kind: 'joined', keys: ['b'] },
      { kind: 'recovered', keys: ['a', 'b'] },
    ])
    expect(incidents).toEqual([])
  })

  test('that begins with several things at once is one message', () => {
    const all = ['a', 'b', 'c'].map((key) => symptom(key))
    const { heard } = history(5 * MINUTE, () => all)
    expect(heard).toEqual([{ atMs: 30 * SECOND, kind: 'opened', keys: ['a', 'b', 'c'], incident: 'i1' }])
  })

  test('that is over before it is told is not told', () => {
    expect(history(HOUR, (atMs) => (atMs < 28 * SECOND ? [symptom('a')] : [])).heard).toEqual([])
  })

  test('that lasts is told again after hours, and not sooner', () => {
    const { heard } = history(9 * HOUR, () => [symptom('a')], 10 * SECOND)
    expect(kinds(heard)).toEqual(['opened', 'reminder', 'reminder'])
  })

  test('of things that become more waits until they do not, and is told again only when there are twice as many', () => {
    const count = (atMs: number) => Math.min(1_000, 1 + Math.floor(atMs / 40))
    const { heard } = history(3 * HOUR, (atMs) => [symptom('a', { count: count(atMs) })])
    expect(heard).toMatchObject([{ kind: 'opened', atMs: 50 * SECOND }])
    const more = history(3 * HOUR, (atMs) => [symptom('a', { count: atMs < HOUR ? 1_000 : 2_500 })])
    expect(kinds(more.heard)).toEqual(['opened', 'joined'])
  })

  test('has but what has one cause; another is an incident of its own', () => {
    const { heard } = history(5 * MINUTE, () => [symptom('a'), symptom('b', { group: 'other' })])
    expect(heard.map(({ keys }) => keys)).toEqual([['a'], ['b']])
  })

  test('keeps what it has, also when its cause seems to be another by now', () => {
    const { heard } = history(5 * MINUTE, (atMs) => [symptom('a', { group: atMs < MINUTE ? 'mysql' : 'part' })])
    expect(kinds(heard)).toEqual(['opened'])
  })

  test('of what has to last is told once it has, also where it pauses for less than a minute', () => {
    const isThere = (atMs: number) => atMs < HOUR && atMs % (2 * MINUTE) < 80 * SECOND
    const slow = symptom('a', { lastsMs: 10 * MINUTE })
    const { heard } = history(2 * HOUR, (atMs) => (isThere(atMs) ? [slow] : []))
    expect(heard).toMatchObject([{ kind: 'opened', atMs: 10 * MINUTE }, { kind: 'recovered' }])
    expect(history(2 * HOUR, (atMs) => (atMs < 9 * MINUTE ? [slow] : [])).heard).toEqual([])
  })

  test('that comes back goes on as the same', () => {
    const isOut = (atMs: number) => between(0, 2 * MINUTE)(atMs) || between(10 * MINUTE, 30 * MINUTE)(atMs)
    const { heard } = history(2 * HOUR, (atMs) => (isOut(atMs) ? [symptom('a')] : []))
    expect(kinds(heard)).toEqual(['opened', 'recovered', 'returned', 'recovered'])
    expect(new Set(heard.map(({ incident }) => incident)).size).toBe(1)
  })

  test('that comes back and goes before anybody hears of it is over without a word', () => {
    const isOut = (atMs: number) => between(0, 2 * MINUTE)(atMs) || between(10 * MINUTE, 10.2 * MINUTE)(atMs)
    const { heard, incidents } = history(3 * HOUR, (atMs) => (isOut(atMs) ? [symptom('a')] : []))
    expect(kinds(heard)).toEqual(['opened', 'recovered'])
    expect(incidents).toEqual([])
  })
})

describe('whatever happens', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('people are told in time, of the end too, and not too often: history %i', () => {
    const random = new Random()
    const length = 12 * HOUR
    const every = 5 * SECOND
    const keys = ['a', 'b', 'c']
    // Half of the histories flap quickly.
    const longest = random.below(2) === 0 ? 2 * MINUTE : 2 * HOUR
    const outs = keys.map(() => {
      const spans: { fromMs: number; toMs: number }[] = []
      for (let atMs = 0; atMs < length - HOUR; ) {
        const fromMs = atMs + random.below(longest)
        const toMs = Math.min(fromMs + SECOND + random.below(longest), length - HOUR)
        spans.push({ fromMs, toMs })
        atMs = toMs + SECOND
      }
      return spans
    })
    const isOut = (spans: (typeof outs)[number], atMs: number) => {
      return spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)
    }
    const present = (atMs: number) => keys.filter((_, at) => isOut(outs[at]!, atMs)).map((key) => symptom(key))
    const { heard, incidents } = history(length, present, every)

    for (const [at, spans] of outs.entries()) {
      for (const { fromMs, toMs } of spans) {
        if (toMs - fromMs < 15 * MINUTE) continue
        const open = heard.filter(({ atMs, kind }) => atMs < fromMs + 15 * MINUTE && kind !== 'recovered')
        const isTold = open.some(({ keys: all, atMs }) => {
          const isEnded = heard.some((one) => one.kind === 'recovered' && one.atMs >= atMs && one.atMs < fromMs)
          return all.includes(keys[at]!) && !isEnded
        })
        expect(isTold, `${keys[at]} from ${fromMs}`).toBe(true)
      }
    }
    for (const incident of new Set(heard.map((one) => one.incident))) {
      const own = heard.filter((one) => one.incident === incident)
      expect(own[0]?.kind).toBe('opened')
      expect(own.at(-1)?.kind).toBe('recovered')
      for (const [at, { kind }] of own.entries()) {
        if (kind === 'recovered') expect(own[at - 1]?.kind).not.toBe('recovered')
      }
    }
    expect(incidents.filter(({ closedAtMs }) => closedAtMs === null)).toEqual([])
    for (const { atMs } of heard) {
      expect(heard.filter((one) => one.atMs >= atMs && one.atMs < atMs + HOUR).length).toBeLessThan(16)
    }
  })
})
