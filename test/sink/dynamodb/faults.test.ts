import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Identify } from '../../../src/core/write.ts'
import type { Sink } from '../../../src/sink/sink.ts'
import { type DynamodbProxy, openDynamodbProxy, type Plan } from '../../support/dynamodb-proxy.ts'
import { freshName } from '../../support/fresh-name.ts'
import { sharedDynoxide } from '../../support/shared-server.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'

describe('when DynamoDB throttles, conflicts, or its answers get lost', () => {
  let table: SinkTable
  let proxy: DynamodbProxy
  let sink: Sink
  let venue: string
  beforeAll(async () => {
    table = await new SinkTable((await sharedDynoxide()).url).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())
  beforeEach(async () => {
    proxy = await openDynamodbProxy((await sharedDynoxide()).url)
    sink = await table.sink({ endpoint: proxy.url })
    venue = freshName('v')
  })
  afterEach(() => proxy[Symbol.asyncDispose]())

  function creates(count: number) {
    return Array.from({ length: count }, (_, offset) => {
      const counts = [table.countOf([venue, 'META'], { total: 1 })]
      return placed(table.createOf([venue, `c${offset}`], { text: `${offset}` }, { counts }), { offset })
    })
  }

  function person(dependents: Identify['dependents'] = () => []): Identify {
    return {
      do: 'identify',
      table: table.name,
      within: venue,
      self: 'G#1',
      claims: ['E#x'],
      id: 'p',
      key: (id) => [venue, `P#${id}`],
      fields: { name: 'p' },
      merge: false,
      counts: [table.countOf([venue, 'META'], { people: 1 })],
      dependents,
    }
  }

  const once =
    (operation: string, fault: ReturnType<Plan>): Plan =>
    (call) =>
      call.operation === operation && call.nth === 1 ? fault : null

  test('single statements that are throttled inside a good answer are tried again', async () => {
    proxy.plan = ({ operation, nth }) =>
      operation === 'BatchExecuteStatement' && nth % 2 ? { kind: 'statements', failed: [0, 3, 24] } : null
    expect(new Set(did(await sink.apply(creates(60), forever)))).toEqual(new Set(['applied']))
    expect(fieldsOf(await table.item([venue, 'META']))).toEqual({ total: 60 })
  })

  test('a create that met an item which is gone by now makes its own', async () => {
    proxy.plan = once('BatchExecuteStatement', { kind: 'statements', failed: [0], code: 'DuplicateItem' })
    expect(did(await sink.apply(creates(1), forever))).toEqual(['applied'])
    expect(fieldsOf(await table.item([venue, 'c0']))).toEqual({ text: '0' })
  })

  test.each([
    ...['ThrottlingException', 'ProvisionedThroughputExceededException', 'InternalServerError', 'InternalFailure'],
  ])('%s for a whole request is waited out', async (type) => {
    proxy.plan = ({ nth }) => (nth === 1 ? { kind: 'error', type } : null)
    const writes = [
      ...creates(5),
      placed(table.mergeOf([venue, 'm'], { text: 'x' }), { offset: 9 }),
      placed(person(), { offset: 10 }),
    ]
    expect(new Set(did(await sink.apply(writes, forever)))).toEqual(new Set(['applied']))
    expect(fieldsOf(await table.item([venue, 'META']))).toEqual({ total: 5, people: 1 })
  })

  test('keys that a batch leaves unread are read again', async () => {
    await sink.apply(creates(10), forever)
    proxy.plan = ({ operation, nth }) =>
      operation === 'BatchGetItem' && nth < 3 ? { kind: 'unprocessedKeys', read: nth } : null
    expect(new Set(did(await (await table.sink({ endpoint: proxy.url })).apply(creates(10), forever)))).toEqual(
      new Set(['applied']),
    )
  })

  test.each(['BatchExecuteStatement', 'UpdateItem', 'TransactWriteItems', 'BatchGetItem'])(
    'a lost answer to %s does nothing twice',
    async (operation) => {
      for (const when of ['after', 'midway'] as const) {
        venue = freshName('v')
        proxy.calls.length = 0
        proxy.plan = once(operation, { kind: 'reset', when })
        const write = person((id) => [
          table.createOf(
            [venue, `P#${id}#C`],
            { text: 'c' },
            { counts: [table.countOf([venue, 'META'], { total: 1 })] },
          ),
        ])
        const writes = [placed(write, { offset: 1 }), placed(table.mergeOf([venue, 'm'], { text: 'x' }), { offset: 2 })]
        const outcomes = await sink.apply(writes, forever)
        expect(did(outcomes)).toEqual(['applied', 'applied'])
        expect(did(outcomes[0]?.dependents ?? [])).toEqual(['applied'])
        expect(fieldsOf(await table.item([venue, 'META']))).toEqual({ people: 1, total: 1 })
      }
    },
  )

  test('a transaction that conflicts is tried again', async () => {
    proxy.plan = once('TransactWriteItems', { kind: 'cancel', reasons: { 1: 'TransactionConflict' } })
    expect(did(await sink.apply([placed(person(), { offset: 1 })], forever))).toEqual(['applied'])
  })

  test('fewer requests are in flight after a throttle', async () => {
    let inFlight = 0
    let most = 0
    proxy.plan = ({ operation, nth }) => {
      if (operation !== 'UpdateItem') return null
      if (nth <= 64) return { kind: 'error', type: 'ThrottlingException' }
      return { kind: 'delay', ms: 5 }
    }
    const merges = Array.from({ length: 200 }, (_, offset) =>
      placed(table.mergeOf([venue, `m${offset}`], { text: 'x' }), { offset }),
    )
    const asked = proxy.calls
    const plan = proxy.plan
    proxy.plan = (call) => {
      if (asked.length > 64) {
        inFlight++
        most = Math.max(most, inFlight)
        setTimeout(() => inFlight--, 5)
      }
      return plan(call)
    }
    expect(new Set(did(await sink.apply(merges, forever)))).toEqual(new Set(['applied']))
    expect(most).toBeLessThan(64)
  })

  test('a server that is gone is a named error soon, and the same writes can be given again', async () => {
    proxy.plan = () => ({ kind: 'reset', when: 'before' })
    await expect(sink.apply(creates(40), forever)).rejects.toMatchObject({
      code: 'DYNAMODB_UNAVAILABLE',
      fate: 'retry',
    })
    proxy.plan = () => null
    expect(new Set(did(await sink.apply(creates(40), forever)))).toEqual(new Set(['applied']))
    expect(fieldsOf(await table.item([venue, 'META']))).toEqual({ total: 40 })
  })

  test.each([
    ['AccessDeniedException', 'DYNAMODB_DENIED', 'stop'],
    ['UnrecognizedClientException', 'DYNAMODB_DENIED', 'stop'],
    ['ResourceNotFoundException', 'SINK_TABLE_MISSING', 'stop'],
  ])('%s stops with a name and a hint', async (type, code, fate) => {
    proxy.plan = () => ({ kind: 'error', type })
    await expect(sink.apply(creates(2), forever)).rejects.toMatchObject({
      code,
      fate,
      hint: expect.stringMatching(/./u),
    })
    await expect(sink.apply([placed(person(), { offset: 1 })], forever)).rejects.toMatchObject({ code, fate })
  })

  test('a table that does not exist stops with its name', async () => {
    const other = await table.sink({ targets: { nowhere: { key: ['pk', 'sk'], owns: ['text'] } } })
    const write = placed({ ...table.createOf(['a', 'b'], { text: 'x' }), table: 'nowhere' }, { offset: 1 })
    await expect(other.apply([write], forever)).rejects.toMatchObject({ code: 'SINK_TABLE_MISSING' })
  })

  test('an aborted call ends at once', async () => {
    proxy.plan = () => ({ kind: 'delay', ms: 10_000 })
    const stop = new AbortController()
    const applying = sink.apply(creates(100), stop.signal)
    stop.abort(new Error('stopped'))
    await expect(applying).rejects.toThrow('stopped')
  })
})
