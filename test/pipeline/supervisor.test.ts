import { describe, expect, test } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import type { Clock } from '../../src/pipeline/clock.ts'
import type { Retrying } from '../../src/pipeline/observer.ts'
import { type Attempt, Supervisor } from '../../src/pipeline/supervisor.ts'
import { observed } from '../support/running.ts'

/** Time that passes only while somebody sleeps. */
function dreamed(): Clock {
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs
    },
  }
}

function supervised(random = 1) {
  const observer = observed()
  const supervisor = new Supervisor({ part: 'deliver x', clock: dreamed(), observer, random: () => random })
  return { supervisor, observer, retries: observer.seen.retrying as Retrying[], stop: new AbortController() }
}

const lost = () => new MillraceError('REGISTRY_UNAVAILABLE', 'nobody answers')

describe('a supervised part', () => {
  test('is tried again with growing, capped delays, and louder the longer it lasts', async () => {
    const { supervisor, retries, stop } = supervised()
    let left = 14
    await supervisor.run(async () => {
      if (left-- > 0) throw lost()
      stop.abort()
    }, stop.signal)
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([
      ...[50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600],
      ...[30_000, 30_000, 30_000, 30_000],
    ])
    expect(retries.map(({ level }) => level).join(' ')).toBe(
      'debug debug debug debug info info info warn warn warn error error error error',
    )
    expect(retries.at(-1)).toMatchObject({ part: 'deliver x', attempts: 14 })
  })

  test('never waits less than half the delay, nor the same everywhere', async () => {
    const { supervisor, retries, stop } = supervised(0)
    await supervisor.run(async () => {
      if (retries.length < 2) throw lost()
      stop.abort()
    }, stop.signal)
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([25, 50])
  })

  test('starts from the shortest delay again once it has got somewhere', async () => {
    const { supervisor, retries, stop } = supervised()
    await supervisor.run(async (attempt) => {
      if (retries.length === 3) attempt.progress()
      if (retries.length < 5) throw lost()
      stop.abort()
    }, stop.signal)
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([50, 100, 200, 50, 100])
  })

  test('says how it stands: running, retrying since when and why, running again, ended', async () => {
    const { supervisor, observer, stop } = supervised()
    const states: unknown[] = []
    await supervisor.run(async (attempt) => {
      states.push(supervisor.state)
      if (states.length < 3) throw lost()
      attempt.progress()
      states.push(supervisor.state)
      stop.abort()
    }, stop.signal)
    expect(states.map((state) => (state as { is: string }).is)).toEqual(['running', 'retrying', 'retrying', 'running'])
    expect(states[2]).toMatchObject({ sinceMs: 0, error: { code: 'REGISTRY_UNAVAILABLE' } })
    expect(observer.seen.entered.map((state) => (state as { is: string }).is)).toEqual([
      ...['running', 'retrying', 'retrying', 'running', 'ended'],
    ])
  })

  test('runs again though one of its steps was given up while it was in trouble', async () => {
    const { supervisor, retries, stop } = supervised()
    const states: string[] = []
    await supervisor.run(async (attempt) => {
      if (states.push(supervisor.state.is) === 1) {
        const ending = new AbortController()
        const waiting = attempt.retry(() => Promise.reject(lost()), ending.signal).catch(() => undefined)
        while (retries.length === 0) await Promise.resolve()
        ending.abort()
        await waiting
        throw lost()
      }
      attempt.progress()
      states.push(supervisor.state.is)
      stop.abort()
    }, stop.signal)
    expect(states).toEqual(['running', 'retrying', 'running'])
  })

  test('stops by name for what needs a person, and ends nothing else', async () => {
    const { supervisor, retries, stop } = supervised()
    await supervisor.run(async () => {
      throw new MillraceError('CONNECTOR_INVALID', 'writes what it does not own')
    }, stop.signal)
    expect(supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'CONNECTOR_INVALID' } })
    expect(retries).toEqual([])
  })

  test.each([
    ['a broken invariant', new MillraceError('INTERNAL', 'two and two is five')],
    ['an error that nobody has named', new TypeError('x is not a function')],
  ])('lets %s end the process', async (_name, error) => {
    const { supervisor, stop } = supervised()
    const run = supervisor.run(async () => {
      throw error
    }, stop.signal)
    await expect(run).rejects.toBe(error)
  })

  test('may not end by itself', async () => {
    const { supervisor, stop } = supervised()
    await expect(supervisor.run(async () => undefined, stop.signal)).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('ends quietly when asked to, whatever its work then throws', async () => {
    const { supervisor, stop } = supervised()
    await supervisor.run(async () => {
      stop.abort()
      throw new Error('aborted')
    }, stop.signal)
    expect(supervisor.state.is).toBe('ended')
  })

  test('does not wait out a delay when asked to end', async () => {
    const stop = new AbortController()
    const clock: Clock = {
      nowMs: () => 0,
      sleep: (_ms, signal) => new Promise((wake) => signal.addEventListener('abort', () => wake())),
    }
    const supervisor = new Supervisor({ part: 'x', clock, observer: observed(), random: Math.random })
    const run = supervisor.run(async () => {
      throw lost()
    }, stop.signal)
    await Promise.resolve()
    stop.abort()
    await run
    expect(supervisor.state.is).toBe('ended')
  })

  test('repeats a step in place, and hands on what is not worth repeating', async () => {
    const { supervisor, retries, stop } = supervised()
    let tries = 0
    const step = (attempt: Attempt) =>
      attempt.retry(async () => {
        tries += 1
        if (tries < 3) throw lost()
        return tries
      }, attempt.signal)
    const states: string[] = []
    await supervisor.run(async (attempt) => {
      expect(await step(attempt)).toBe(3)
      states.push(supervisor.state.is)
      const refused = attempt.retry(
        () => Promise.reject(new MillraceError('LOG_FENCED', 'a newer one')),
        attempt.signal,
      )
      await expect(refused).rejects.toMatchObject({ code: 'LOG_FENCED' })
      stop.abort()
    }, stop.signal)
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([50, 100])
    expect(states).toEqual(['running'])
  })

  test('counts as retrying while one of its steps is, though others go on', async () => {
    const { supervisor, stop } = supervised()
    let tries = 0
    await supervisor.run(async (attempt) => {
      await attempt.retry(async () => {
        if (tries++ > 0) return
        throw lost()
      }, attempt.signal)
      const stuck = attempt.retry(async () => {
        if (tries++ > 3) return
        attempt.progress()
        expect(supervisor.state.is).toBe(tries > 3 ? 'retrying' : 'running')
        throw lost()
      }, attempt.signal)
      await stuck
      stop.abort()
    }, stop.signal)
  })
})
