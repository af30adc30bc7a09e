import { beforeEach, describe, expect, test } from 'vitest'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { connector, Delivering, insert, merge } from '../support/delivering.ts'

let at: Delivering

beforeEach(async () => {
  at = await Delivering.open()
  return () => at[Symbol.asyncDispose]()
})

describe('a connector at fault', () => {
  test.each([
    [
      'a field it does not own',
      merge(1, { ai_response: 'mine' }),
      'writes the field ai_response of items, which it does not own',
    ],
    ['bookkeeping', merge(1, { mr_position: '9' }), 'writes the field mr_position of items, which it does not own'],
    ['the key itself', merge(1, { pk: '9' }), 'writes the field pk of items, which it does not own'],
    [
      'an unknown target',
      { ...merge(1, {}), table: 'itms' },
      'writes to the table itms, which is not among its targets; did you mean items?',
    ],
    [
      'a key of the wrong length',
      { ...merge(1, {}), key: ['a', 'b'] as const },
      'writes a key of 2 parts to items, whose key is pk',
    ],
  ])('is stopped by name before anything is written: %s', async (_name, write, fault) => {
    await at.append(insert(1))
    await using running = at.start(connector({ map: () => [write] }))
    await running.done
    expect(running.supervisor.state).toMatchObject({
      ...{ is: 'stopped' },
      error: { code: 'CONNECTOR_INVALID', message: `the connector feedback ${fault}` },
    })
    expect([at.sink.calls, await at.dead()]).toEqual([[], []])
  })

  test('is caught in what would follow from an identify', async () => {
    await at.append(insert(1))
    const identify = {
      ...({ do: 'identify', table: 'items', within: 'R', claims: [], id: 'i', fields: {}, merge: false } as const),
      key: (id: string) => [id] as const,
      dependents: () => [merge(1, { ai_response: 'mine' })],
    }
    await using running = at.start(connector({ map: () => [identify] }))
    await running.done
    expect(running.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'CONNECTOR_INVALID' } })
  })

  test('may write fields that its endings cover', async () => {
    await at.append(insert(1))
    await using _ = at.start(connector({ map: () => [merge(1, { n_5: 'x' })] }))
    await at.caughtUp()
    expect(at.applied).toEqual(['C#1'])
  })

  test('stops by name when the table has lost a column it reads; another goes on', async () => {
    const dropped = tableShape('comment', { id: 'int', session: 'int' }, ['id'])
    await at.append(insert(1))
    await at.append(changeEvent({ shape: dropped, op: 'insert', after: { id: 2, session: 1 } }))
    await using running = at.start()
    await using _ = at.start(connector({ columns: ['id'] }, 'other'))
    await running.done
    await at.caughtUp('other')
    expect(running.supervisor.state).toMatchObject({
      ...{ is: 'stopped' },
      error: {
        code: 'CONNECTOR_COLUMN_MISSING',
        message: 'the connector feedback reads comment.text, which the table no longer has',
      },
    })
    expect(await at.dead()).toEqual([])
  })

  test('goes on when the column is back, and only what was written without it is dead', async () => {
    const dropped = tableShape('comment', { id: 'int', session: 'int' }, ['id'])
    const event = changeEvent({ shape: dropped, op: 'insert', after: { id: 2, session: 1 } })
    await at.append(insert(1), event, insert(3))
    await using _ = at.start(connector(), { columns: ['id', 'text'] })
    await at.caughtUp()
    expect(at.applied).toEqual(['C#1', 'C#3'])
    const [letter, ...others] = await at.dead()
    expect(letter?.reason).toBe('the table had no comment.text when this was written')
    expect(others).toEqual([])
  })
})
