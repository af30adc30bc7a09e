import { beforeEach, describe, expect, test } from 'vitest'
import { CANARY } from '../../src/core/canary.ts'
import type { TableFlow } from '../../src/core/connector.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { CONFLICTS, changeTopic, deadTopic } from '../../src/core/topic.ts'
import type { Merge } from '../../src/core/write.ts'
import type { Log } from '../../src/log/log.ts'
import type { Retrying } from '../../src/pipeline/observer.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { connector, Delivering, insert, merge, TOPIC } from '../support/delivering.ts'
import { observed } from '../support/running.ts'
import { until } from '../support/until.ts'

let at: Delivering

beforeEach(async () => {
  at = await Delivering.open()
  return () => at[Symbol.asyncDispose]()
})

describe('deliver', () => {
  test('maps events to writes, with the position and the record they come from', async () => {
    const event = insert(1)
    await at.append(event)
    await using _ = at.start()
    await at.caughtUp()
    const [cursor] = (await at.log.committed('feedback', TOPIC)).filter(({ offset }) => offset === 1)
    expect(at.sink.applied).toMatchObject([
      { write: merge(1, { text: 'x' }), position: event.position, cursor: { ...cursor, offset: 0 } },
    ])
    expect(await at.dead()).toEqual([])
  })

  test('keeps the order of each key, in lanes of its own', async () => {
    await at.append(...Array.from({ length: 60 }, (_, n) => insert(n % 6, { text: String(n) })))
    await using _ = at.start()
    await at.caughtUp()
    const byLane = Map.groupBy(at.sink.applied, ({ lane }) => lane)
    expect(byLane.size).toBe(6)
    for (const writes of byLane.values()) {
      const texts = writes.map(({ write }) => Number((write as Merge).fields.text))
      expect(texts).toEqual(texts.toSorted((one, other) => one - other))
    }
  })

  test('goes on behind its cursor after a stop', async () => {
    await at.append(insert(1))
    const first = at.start()
    await at.caughtUp()
    await first.stop()
    await at.append(insert(2))
    await using _ = at.start()
    await at.caughtUp()
    expect(at.applied).toEqual(['C#1', 'C#2'])
  })

  /** The log, followed like this. */
  function following(follow: Log['follow']): Log {
    return new Proxy(at.log, {
      get: (log, name) => (name === 'follow' ? follow : (Reflect.get(log, name) as () => unknown).bind(log)),
    })
  }

  /** The log, whose first commits fail. */
  function failing(commits: number): Log {
    const follow: Log['follow'] = async function* (...given) {
      for await (const batch of at.log.follow(...given)) {
        const commit: typeof batch.commit = async (also) => {
          if (commits-- > 0) throw new MillraceError('LOG_BUSY', 'not now')
          await batch.commit(also)
        }
        yield { ...batch, commit }
      }
    }
    return following(follow)
  }

  test('gives a batch again that was applied but not committed', async () => {
    await at.append(insert(1), insert(2))
    await using _ = at.start(connector(), { log: failing(1) })
    await at.caughtUp()
    expect(at.applied.length).toBeGreaterThan(2)
    expect(new Set(at.applied)).toEqual(new Set(['C#1', 'C#2']))
  })

  test('waits longer and longer for a log that does not commit, though the target applies', async () => {
    await at.append(insert(1))
    const observer = observed()
    await using _ = at.start(connector(), { log: failing(4), observer })
    await at.caughtUp()
    expect((observer.seen.retrying as Retrying[]).map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4])
  })

  test('is well again once it follows the log again, though nothing comes for it to deliver', async () => {
    let follows = 0
    const follow: Log['follow'] = (...given) => {
      if (follows++ < 2) throw new MillraceError('LOG_BUSY', 'not now')
      return at.log.follow(...given)
    }
    const observer = observed()
    await using running = at.start(connector(), { log: following(follow), observer })
    await until(async () => (observer.seen.shared.length > 0 ? true : null), { what: 'it follows' })
    expect(running.supervisor.state.is).toBe('retrying')
    await until(async () => (running.supervisor.state.is === 'running' ? true : null), { what: 'it is well' })
  })

  test('waits in place for a target that does not answer, and says so', async () => {
    await at.append(insert(1))
    let tries = 0
    at.sink.before = async () => {
      if (tries++ < 3) throw new MillraceError('LOG_BUSY', 'any error worth retrying')
    }
    const observer = observed()
    await using running = at.start(connector(), { observer })
    await at.caughtUp()
    expect(observer.seen.retrying).toHaveLength(3)
    expect(running.supervisor.state.is).toBe('running')
    expect(at.applied).toEqual(['C#1'])
  })

  test('works on partitions side by side: a slow one holds up no other', async () => {
    const gate = Promise.withResolvers<void>()
    const stuck = insert(1)
    at.sink.before = async (writes) => {
      if (writes.some(({ position }) => position === stuck.position)) await gate.promise
    }
    await at.append(stuck)
    await using _ = at.start()
    await at.append(...Array.from({ length: 40 }, (_, n) => insert(100 + n)))
    await until(async () => (at.sink.applied.length > 20 ? true : null), { what: 'the other partitions' })
    expect(at.applied).not.toContain('C#1')
    gate.resolve()
    await at.caughtUp()
    expect(at.applied).toHaveLength(41)
  })

  test('sends what is planned before it plans what comes behind', async () => {
    let planned = 0
    let sent = 0
    const waiting: number[] = []
    const map: TableFlow['map'] = ({ key }) => {
      planned++
      return [merge(key.id, {})]
    }
    // A connection is handed out a tick later.
    at.sink.before = async (writes) => {
      await new Promise<void>((resolve) => process.nextTick(resolve))
      sent += writes.length
      waiting.push(planned - sent)
    }
    await at.append(...Array.from({ length: 500 }, (_, n) => insert(1, { text: String(n) })))
    await using _ = at.start(connector({ map }))
    await at.caughtUp()
    expect(waiting.length).toBeGreaterThan(1)
    expect(new Set(waiting)).toEqual(new Set([0]))
  })

  test('tells what it did, and where the time went', async () => {
    await at.append(insert(1))
    const observer = observed()
    at.sink.answer = () => ({ did: 'stale' })
    await using _ = at.start(connector(), { observer })
    await at.caughtUp()
    await until(async () => (observer.seen.delivered.length > 0 ? true : null), { what: 'the fact' })
    expect(observer.seen.delivered).toMatchObject([
      {
        connector: 'feedback',
        records: 1,
        dead: 0,
        clashes: 0,
        verdicts: [],
        writes: [{ table: 'items', did: 'stale' }],
      },
    ])
  })

  test('records clashes for a person, together with the cursor', async () => {
    await at.append(insert(1))
    const clash = { table: 'items', within: 'R#1', claim: 'EMAIL#a@b', holder: 'one', claimant: 'two' }
    at.sink.answer = () => ({ did: 'applied', clashes: [clash] })
    await using _ = at.start()
    await at.caughtUp()
    const found = []
    for await (const { value } of at.log.latest(CONFLICTS)) found.push(await at.records.unpack('conflict', value!))
    expect(found).toMatchObject([{ ...clash, connector: 'feedback' }])
  })

  test('records conflicts of fields with both versions, together with the cursor', async () => {
    await at.append(insert(1))
    const versions = { incoming: { text: 'ours' }, held: { text: 'theirs' }, before: { text: 'old' } }
    const contest = {
      table: 'items',
      key: ['C#1'],
      row: '1',
      group: 'text',
      policy: 'review',
      why: 'x',
      ...versions,
    } as const
    at.sink.answer = () => ({ did: 'applied', contests: [{ ...contest, wins: 'nobody' }] })
    const observer = observed()
    await using _ = at.start(connector(), { observer })
    await at.caughtUp()
    const found = []
    for await (const { value } of at.log.latest(CONFLICTS)) found.push(await at.records.unpack('contest', value!))
    expect(found).toMatchObject([
      {
        ...{ connector: 'feedback', twin: null, row: '1', verdict: 'open', before: { text: 'old' }, decision: null },
        ...{ mysql: { text: 'ours' }, dynamodb: { text: 'theirs' }, cursor: expect.stringMatching(/:0$/u) },
      },
    ])
    await until(async () => (observer.seen.delivered.length > 0 ? true : null), { what: 'the fact' })
    expect(observer.seen.delivered).toMatchObject([{ verdicts: ['open'] }])
  })
})

describe('the canary', () => {
  const canary = tableShape(CANARY, { id: 'text', sung_at: 'long' }, ['id'])
  const delivering = {
    ...connector(),
    tables: { [CANARY]: { columns: [], map: () => [merge(CANARY, { text: 'sung' })] } },
  }
  const sung = (sungAt: number) =>
    changeEvent({ shape: canary, op: 'update', after: { id: 'mysql', sung_at: sungAt }, at: sungAt })

  async function singing(observer: ReturnType<typeof observed>) {
    await at.log.declare(declaredTopics([changeTopic('app', CANARY)], 1))
    await at.append(sung(1), sung(2))
    return at.start(delivering, { observer })
  }
  const committed = async () => {
    const lag = await at.log.lag('feedback', changeTopic('app', CANARY))
    return lag === 0 ? true : null
  }

  test('is told when it has arrived, and not as a delivery', async () => {
    const observer = observed()
    await using _ = await singing(observer)
    await until(async () => observer.seen.arrived[0] ?? null, { what: 'it arrives' })
    expect(await committed()).toBe(true)
    expect(observer.seen.arrived).toEqual([{ connector: 'feedback', changedAtMs: sung(2).parts.changedAtMs }])
    expect(observer.seen.delivered).toEqual([])
    expect(observer.seen.shared).toEqual([{ connector: 'feedback', partitions: 0 }])
  })

  test.each([
    {
      what: 'is refused',
      refuse: () => {
        at.sink.before = () => Promise.reject(new MillraceError('DYNAMODB_DENIED', 'not this key'))
      },
    },
    {
      what: 'is rejected',
      refuse: () => {
        at.sink.answer = () => ({ did: 'rejected', reason: 'too odd' })
      },
    },
  ])('that $what has not arrived, stops nothing, and is no dead letter', async ({ refuse }) => {
    refuse()
    const observer = observed()
    await using _ = await singing(observer)
    await until(committed, { what: 'it is passed by' })
    expect(observer.seen.arrived).toEqual([])
    for await (const { value } of at.log.latest(deadTopic(changeTopic('app', CANARY)))) expect(value).toBeNull()
    at.sink.before = async () => undefined
    at.sink.answer = () => undefined
    await at.append(sung(3))
    // It is told once it is committed.
    await until(async () => observer.seen.arrived[0] ?? null, { what: 'the next arrives' })
    expect(observer.seen.arrived).toHaveLength(1)
    expect(observer.seen.entered).not.toContainEqual(expect.objectContaining({ is: 'stopped' }))
  })

  test('has that right alone: a refusal of anything else stops the connector', async () => {
    at.sink.before = () => Promise.reject(new MillraceError('DYNAMODB_DENIED', 'not this key'))
    await at.append(insert(1))
    await using running = at.start()
    await until(async () => (running.supervisor.state.is === 'stopped' ? true : null), { what: 'it stops' })
    expect(await at.dead()).toEqual([])
  })
})
