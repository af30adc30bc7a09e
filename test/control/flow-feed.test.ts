// One look a second for all who listen, and none while nobody does.

import { expect, test } from 'vitest'
import { FlowFeed, type Listener } from '../../src/control/flow-feed.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { until } from '../support/until.ts'

/** Seconds pass when the test says so. */
class Seconds {
  #nowMs = 1_000_000
  #sleeping: (() => void)[] = []

  nowMs = () => this.#nowMs

  sleep = (_delayMs: number) => new Promise<void>((resolve) => this.#sleeping.push(resolve))

  get isAwaited(): boolean {
    return this.#sleeping.length > 0
  }

  async pass(count = 1): Promise<void> {
    for (let passed = 0; passed < count; passed++) {
      await until(async () => (this.isAwaited ? true : null), { what: 'the feed sleeps', everyMs: 1 })
      this.#nowMs += 1_000
      for (const wake of this.#sleeping.splice(0)) wake()
      await until(async () => (this.isAwaited ? true : null), { what: 'the feed has looked', everyMs: 1 })
    }
  }
}

class Page implements Listener {
  readonly events: string[] = []
  writableNeedDrain = false
  readonly #gone = new AbortController()

  write(text: string): void {
    this.events.push(text)
  }

  listen(feed: FlowFeed): Promise<void> {
    return feed.listen(this, this.#gone.signal)
  }

  leave(): void {
    this.#gone.abort()
  }
}

function open() {
  const clock = new Seconds()
  const at = { looks: 0, ready: true, error: null as Error | null }
  const look = async () => {
    at.looks++
    if (at.error !== null) throw at.error
    return { at: new Date(clock.nowMs()).toISOString(), ready: at.ready } as FlowView
  }
  return { clock, at, feed: new FlowFeed({ look, clock }) }
}

const joined = (page: Page) =>
  until(async () => (page.events.length > 0 ? true : null), { what: 'the first event', everyMs: 1 })

test('many who listen cost one look a second, and none when they have left', async () => {
  const { clock, at, feed } = open()
  const pages = Array.from({ length: 20 }, () => new Page())
  const all = pages.map((page) => page.listen(feed))
  for (const page of pages) await joined(page)
  expect(at.looks).toBe(1)
  await clock.pass(3)
  expect(at.looks).toBe(4)
  for (const page of pages) page.leave()
  await Promise.all(all)
  expect(at.looks).toBe(4)
})

test('what has not changed is not sent again; now and then that it has not', async () => {
  const { clock, at, feed } = open()
  const page = new Page()
  const listening = page.listen(feed)
  await joined(page)
  expect(page.events).toEqual(['event: flow\ndata: {"at":"1970-01-01T00:16:40.000Z","ready":true}\n\n'])
  await clock.pass(14)
  expect(page.events).toHaveLength(1)
  await clock.pass()
  expect(page.events.slice(1)).toEqual([': nothing has changed\n\n'])
  at.ready = false
  await clock.pass()
  expect(page.events.at(-1)).toBe('event: flow\ndata: {"at":"1970-01-01T00:16:56.000Z","ready":false}\n\n')
  page.leave()
  await listening
})

test('whoever does not keep up is sent the newest when they do, and nobody waits for them', async () => {
  const { clock, at, feed } = open()
  const [slow, quick] = [new Page(), new Page()]
  const all = [slow, quick].map((page) => page.listen(feed))
  for (const page of [slow, quick]) await joined(page)
  slow.writableNeedDrain = true
  for (const ready of [false, true, false]) {
    at.ready = ready
    await clock.pass()
  }
  expect([slow.events.length, quick.events.length]).toEqual([1, 4])
  slow.writableNeedDrain = false
  await clock.pass()
  expect(slow.events).toEqual([slow.events[0], expect.stringContaining('"ready":false')])
  for (const page of [slow, quick]) page.leave()
  await Promise.all(all)
})

test('a look that fails is told, and the next one is taken', async () => {
  const { clock, at, feed } = open()
  const page = new Page()
  const listening = page.listen(feed)
  await joined(page)
  at.error = new MillraceError('LOG_FULL', 'the disk is full')
  await clock.pass()
  expect(page.events.at(-1)).toMatch(/^event: error\ndata: \{"error":\{"code":"LOG_FULL"/u)
  at.error = null
  await clock.pass()
  expect(page.events.at(-1)).toMatch(/^event: flow\n/u)
  page.leave()
  await listening
})

test('somebody who asks meanwhile gets what was seen a moment ago', async () => {
  const { at, feed } = open()
  expect(await Promise.all([feed.view(), feed.view()])).toMatchObject([{ ready: true }, { ready: true }])
  expect(at.looks).toBe(1)
})
