import { describe, expect, test } from 'vitest'
import feedback from '../../connectors/feedback.ts'
import type { Found } from '../../src/core/connector.ts'
import type { ChangeEvent, Op } from '../../src/core/event.ts'
import type { Row } from '../../src/core/value.ts'
import type { Create, Identify, Merge, Write } from '../../src/core/write.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'

const SETTINGS = { TABLE: 'restaurant_data', KEY: 'pk,sk', COUNTRY: 'US' }
const VENUE = { idclient: 12, name: 'Opus Ocean Grille' }
const GUEST = {
  ideclub: 7,
  emailaddress: ' John@Email.com',
  firstname: 'John',
  lastname: 'Doe',
  phonenumber: '212-555-0123',
}
const SESSION = { iddatasession: 5, idclient: 12, ideclub: 7, device_info: 'iPhone', session_info: 'table 4' }
const COMMENT = {
  idcomment: 9,
  iddatasession: 5,
  comment: 'Best soup',
  rating: 5,
  date_entered: '2025-11-28 14:30:00',
  date_replied: null,
  reply: null,
}
const SHAPES = {
  client: tableShape('client', { idclient: 'int', name: 'text' }, ['idclient']),
  eclub: tableShape(
    'eclub',
    { ideclub: 'int', emailaddress: 'text', firstname: 'text', lastname: 'text', phonenumber: 'text' },
    ['ideclub'],
  ),
  datasession: tableShape(
    'datasession',
    { iddatasession: 'int', idclient: 'int', ideclub: 'int', device_info: 'text', session_info: 'text' },
    ['iddatasession'],
  ),
  comment: tableShape(
    'comment',
    {
      idcomment: 'int',
      iddatasession: 'int',
      comment: 'text',
      rating: 'int',
      date_entered: 'datetime',
      date_replied: 'datetime',
      reply: 'text',
    },
    ['idcomment'],
  ),
}

function map(event: ChangeEvent, rows: Readonly<Record<string, readonly Row[]>> = {}): readonly Write[] {
  const found: Found = { one: (name) => rows[name]?.[0] ?? null, many: (name) => rows[name] ?? [] }
  return feedback.tables[event.table]!.map(event, found, SETTINGS)
}

function change(table: keyof typeof SHAPES, op: Op, row: Row): ChangeEvent {
  return changeEvent({ shape: SHAPES[table], op, after: row })
}

function updated(table: keyof typeof SHAPES, before: Row, after: Row): ChangeEvent {
  return changeEvent({ shape: SHAPES[table], op: 'update', before, after })
}

const around = { session: [SESSION], guest: [GUEST], venue: [VENUE] }

function commentOf(writes: readonly Write[], customer = 'c'): { identify: Identify; create: Create } {
  const identify = writes.find((write) => write.do === 'identify')!
  return { identify, create: identify.dependents!(customer)[0] as Create }
}

describe('a comment', () => {
  test('is created under its customer, with everything the application reads', () => {
    const { identify, create } = commentOf(map(change('comment', 'insert', COMMENT), around))
    expect(identify).toMatchObject({
      within: 'RESTAURANT#12',
      pin: 'SESSION#5',
      self: 'GUEST#7',
      claims: ['EMAIL#john@email.com', 'PHONE#+12125550123'],
      merge: false,
    })
    expect(create.key).toEqual(['RESTAURANT#12', `CUSTOMER#c#COMMENT#${create.fields.comment_id}`])
    expect(create.fields).toEqual({
      entity_type: 'comment',
      comment_id: create.fields.comment_id,
      customer_id: 'c',
      client_id: 12,
      comment_text: 'Best soup',
      rating: 5,
      date_created: '2025-11-28T14:30:00',
      date_replied: null,
      reply_text: null,
      device_info: 'iPhone',
      session_info: 'table 4',
      original_review_id: 9,
    })
    expect(identify.adopted?.number).toBe(9)
    expect(create.counts).toEqual([
      {
        do: 'count',
        table: 'restaurant_data',
        key: ['RESTAURANT#12', 'METADATA'],
        add: { total_comments: 1, rating_sum: 5, rating_count: 1, rating_histogram_5: 1 },
        ratios: { rating_average: ['rating_sum', 'rating_count'] },
        greatest: { newest_comment_at: '2025-11-28T14:30:00' },
      },
    ])
  })

  test('keeps its ids in every repeat', () => {
    const [first, second] = [1, 2].map(() => commentOf(map(change('comment', 'insert', COMMENT), around)))
    expect(second!.create.key).toEqual(first!.create.key)
    expect(second!.identify.id).toBe(first!.identify.id)
  })

  test('without a guest belongs to a customer of its session whom nothing identifies', () => {
    const session = [{ ...SESSION, ideclub: null }]
    const { identify } = commentOf(map(change('comment', 'insert', COMMENT), { ...around, session, guest: [] }))
    expect(identify).toMatchObject({ pin: 'SESSION#5', claims: [] })
    expect(identify.self).toBeUndefined()
  })

  test('without a rating counts as a comment only', () => {
    const unrated = { ...COMMENT, rating: null, date_entered: '0000-00-00 00:00:00' }
    const { create } = commentOf(map(change('comment', 'insert', unrated), around))
    expect(create.fields.rating).toBeNull()
    expect(create.fields.date_created).toBeNull()
    expect(create.counts![0]!.add).toEqual({ total_comments: 1 })
  })

  test('is left alone by updates and deletes', () => {
    expect(map(updated('comment', COMMENT, COMMENT), around)).toEqual([])
    expect(map(changeEvent({ shape: SHAPES.comment, op: 'delete', before: COMMENT }), around)).toEqual([])
  })

  test('whose session is missing is refused by name', () => {
    expect(() => map(change('comment', 'insert', COMMENT))).toThrow('comment 9 names datasession 5, which is missing')
  })

  test('brings its restaurant along, once', () => {
    const [seed] = map(change('comment', 'insert', COMMENT), around)
    expect(seed).toMatchObject({ do: 'merge', seed: true, key: ['RESTAURANT#12', 'METADATA'] })
    expect(map(change('comment', 'insert', COMMENT), { ...around, venue: [] })).toHaveLength(1)
  })
})

describe('lookups', () => {
  const lookups = (table: string) => Object.entries(feedback.tables[table]!.lookups!)
  const asks = (event: ChangeEvent, visit: Row | null) => {
    const found: Found = {
      one: (name) => {
        if (name !== 'session' || event.table !== 'comment') throw new Error(`there is no lookup named ${name}`)
        return visit
      },
      many: () => [],
    }
    return Object.fromEntries(lookups(event.table).map(([name, { value }]) => [name, value(event, found)]))
  }

  test('of a comment go by way of its session', () => {
    const event = change('comment', 'insert', COMMENT)
    expect(asks(event, SESSION)).toEqual({ session: 5, guest: 7, venue: 12 })
    expect(asks(event, null)).toEqual({ session: 5, guest: null, venue: null })
  })

  test('of a session and of a guest start from the row itself', () => {
    expect(asks(change('datasession', 'insert', SESSION), null)).toEqual({ guest: 7, venue: 12 })
    expect(asks(change('eclub', 'insert', GUEST), null)).toEqual({ sessions: 7 })
  })
})

describe('a guest', () => {
  test('reaches the customer in each of the venues that know them', () => {
    const sessions = [{ idclient: 12 }, { idclient: 13 }, { idclient: 12 }]
    const writes = map(updated('eclub', GUEST, GUEST), { sessions }) as readonly Identify[]
    expect(writes.map(({ within }) => within)).toEqual(['RESTAURANT#12', 'RESTAURANT#13'])
    expect(writes[0]).toMatchObject({
      merge: true,
      self: 'GUEST#7',
      fields: {
        email: 'John@Email.com',
        phone: '212-555-0123',
        first_name: 'John',
        last_name: 'Doe',
        name: 'John Doe',
      },
    })
  })

  test('whom no session names belongs to no venue', () => expect(map(change('eclub', 'insert', GUEST))).toEqual([]))

  test('with neither e-mail nor phone is still one customer', () => {
    const bare = { ...GUEST, emailaddress: '', phonenumber: null }
    const [write] = map(change('eclub', 'insert', bare), { sessions: [{ idclient: 12 }] }) as readonly Identify[]
    expect(write).toMatchObject({ self: 'GUEST#7', claims: [] })
  })

  test('named by a session is a customer before any comment', () => {
    const writes = map(change('datasession', 'insert', SESSION), around)
    expect(writes.map((write) => write.do)).toEqual(['merge', 'identify'])
    expect(writes[1]).toMatchObject({ within: 'RESTAURANT#12', self: 'GUEST#7', merge: true })
    expect(writes[1]).not.toHaveProperty('pin')
  })

  test('is not looked at again when a session changes otherwise', () => {
    expect(map(updated('datasession', SESSION, { ...SESSION, device_info: 'x' }), around)).toEqual([])
  })
})

describe('a venue', () => {
  test('is merged, with the columns that the table has', () => {
    expect(map(updated('client', VENUE, VENUE))).toEqual([
      {
        do: 'merge',
        table: 'restaurant_data',
        key: ['RESTAURANT#12', 'METADATA'],
        fields: { entity_type: 'restaurant', client_id: 12, restaurant_name: 'Opus Ocean Grille' },
      },
    ])
  })

  test('deleted in MySQL is flagged and keeps everything', () => {
    const [write] = map(changeEvent({ shape: SHAPES.client, op: 'delete', before: VENUE }))
    expect(write).toMatchObject({ do: 'remove', how: 'flag', fields: [] })
  })
})

test('only a restaurant stands for a row whose delete means something', () => {
  const { client, ...others } = feedback.tables
  const rowOf = (key: readonly [string, string]) =>
    client!.rowOf!({ table: 'restaurant_data', key, fields: {} }, SETTINGS)
  const [merge] = map(change('client', 'insert', VENUE))
  expect(rowOf((merge as Merge).key as [string, string])).toEqual(['12'])
  for (const sk of ['CUSTOMER#c', 'CUSTOMER#c#COMMENT#x', 'GUEST#7', 'EMAIL#METADATA', 'METADATA 2']) {
    expect(rowOf(['RESTAURANT#12', sk])).toBeNull()
  }
  expect([rowOf(['MENU#12', 'METADATA']), rowOf(['RESTAURANT#', 'METADATA'])]).toEqual([null, null])
  expect(Object.values(others).map((flow) => flow.rowOf)).toEqual([undefined, undefined, undefined])
})

describe('a venue onboarded earlier', () => {
  const adoption = commentOf(map(change('comment', 'insert', COMMENT), around)).identify.adopted!.by
  const item = (sk: string, fields = {}) => ({ key: ['RESTAURANT#12', sk] as const, fields })

  test('knows its people by the same claims', () => {
    const person = item('CUSTOMER#abc', { email: 'JOHN@email.com', phone: '(212) 555 0123' })
    expect(adoption.person(person)).toEqual({ id: 'abc', claims: ['EMAIL#john@email.com', 'PHONE#+12125550123'] })
    expect(adoption.person(item('CUSTOMER#abc#COMMENT#x', { email: 'a@b' }))).toBeNull()
  })

  test('knows its comments by their number', () => {
    expect(adoption.number(item('CUSTOMER#abc#COMMENT#x', { original_review_id: 41 }))).toBe(41)
    expect(adoption.number(item('CUSTOMER#abc#COMMENT#x', { original_review_id: '42' }))).toBe(42)
    expect(adoption.number(item('CUSTOMER#abc', { original_review_id: 41 }))).toBeNull()
  })

  test('starts its counters from what is there', () => {
    const [count] = adoption.counts(item('CUSTOMER#abc#COMMENT#x', { rating: 4, date_created: '2025-01-01T00:00:00' }))
    expect(count!.add).toEqual({ total_comments: 1, rating_sum: 4, rating_count: 1, rating_histogram_4: 1 })
    const odd = [null, '', ' ', 'great', 'Infinity', '1e999'].map((rating) =>
      item('CUSTOMER#abc#COMMENT#x', { rating }),
    )
    for (const one of odd) expect(adoption.counts(one)[0]!.add).toEqual({ total_comments: 1 })
    expect(adoption.counts(item('CUSTOMER#abc'))).toEqual([{ add: { total_customers: 1 } }])
    expect(adoption.counts(item('METADATA'))).toEqual([])
  })
})
