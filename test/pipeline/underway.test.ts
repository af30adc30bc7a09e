// What is under way at once: few, none that meet, and nothing left behind by a failure.

import { expect, test } from 'vitest'
import { laneNumber } from '../../src/core/lane.ts'
import { Underway } from '../../src/pipeline/underway.ts'

/** Calls that end when they are told to. */
class Calls {
  readonly running: string[] = []
  readonly #ends = new Map<string, PromiseWithResolvers<void>>()

  begin = (name: string) => async () => {
    const end = Promise.withResolvers<void>()
    this.#ends.set(name, end)
    this.running.push(name)
    await end.promise.finally(() => this.running.splice(this.running.indexOf(name), 1))
  }

  end(name: string): Promise<void> {
    this.#ends.get(name)?.resolve()
    return settled()
  }

  fail(name: string): Promise<void> {
    this.#ends.get(name)?.reject(new Error(`${name} failed`))
    return settled()
  }
}

/** All that only waits for what is there already has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function isPending(promise: Promise<void>): Promise<boolean> {
  let isOver = false
  promise.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  await settled()
  return !isOver
}

const lanes =
  (...names: readonly string[]) =>
  () =>
    new Set(names.map((name) => laneNumber(Buffer.from(name))))

test('as many at once as there is room for', async () => {
  const [calls, underway] = [new Calls(), new Underway(2)]
  await underway.start(lanes('a'), calls.begin('one'))
  const second = underway.start(lanes('b'), calls.begin('two'))
  expect(await isPending(second)).toBe(true)
  expect(calls.running).toEqual(['one', 'two'])
  await calls.end('two')
  await second
  const third = underway.start(lanes('c'), calls.begin('three'))
  const drained = third.then(() => underway.drained())
  await settled()
  expect(calls.running).toEqual(['one', 'three'])
  await calls.end('one')
  await third
  expect(await isPending(drained)).toBe(true)
  await calls.end('three')
  await drained
})

test('one by one where there is room for one', async () => {
  const [calls, underway] = [new Calls(), new Underway(1)]
  const only = underway.start(lanes('a'), calls.begin('one'))
  expect(await isPending(only)).toBe(true)
  await calls.end('one')
  await only
})

test('what has a lane in common waits for what was there before', async () => {
  const [calls, underway] = [new Calls(), new Underway(3)]
  await underway.start(lanes('a', 'b'), calls.begin('one'))
  await underway.start(lanes('c'), calls.begin('two'))
  const meets = underway.start(lanes('d', 'b'), calls.begin('three'))
  await calls.end('two')
  expect(calls.running).toEqual(['one'])
  await calls.end('one')
  await meets
  expect(calls.running).toEqual(['three'])
})

test('after a failure nothing begins, and what is under way is waited for', async () => {
  const [calls, underway] = [new Calls(), new Underway(3)]
  await underway.start(lanes('a'), calls.begin('one'))
  await underway.start(lanes('b'), calls.begin('two'))
  await calls.fail('one')
  await expect(underway.start(lanes('c'), calls.begin('three'))).rejects.toThrow('one failed')
  await expect(underway.drained()).rejects.toThrow('one failed')
  expect(calls.running).toEqual(['two'])
  const ended = underway.ended()
  expect(await isPending(ended)).toBe(true)
  await calls.end('two')
  await ended
  expect(calls.running).toEqual([])
})
