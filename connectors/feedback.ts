// Restaurant feedback: `client`, `datasession`, `comment` and `eclub` in MySQL become restaurants, customers and
// comments in one DynamoDB table. Comments are created and never touched again: they may carry AI responses.

import { v5 as uuid } from 'uuid'
import { defineConnector, type Found, type LookupSpec, type Narrowing, type Settings } from '../src/core/connector.ts'
import type { ChangeEvent } from '../src/core/event.ts'
import { claimsOf, fullName } from '../src/core/identity.ts'
import { keyNames, keyNamesFault, text } from '../src/core/settings.ts'
import type { SyncStats, VenueStatus } from '../src/core/sync.ts'
import { asNumber, asText, asWallTime, type Fields, type Row, type Value } from '../src/core/value.ts'
import type { Adoption, Count, Identify, ItemKey, Merge, StoredItem, Write } from '../src/core/write.ts'

/** Ids are derived from the source row, so that a repeat is the same item. Never change this. */
const NAMESPACE = '6f0c5a52-6f4e-5d0b-9a1c-3b6f1c0f9e77'

const GUEST_COLUMNS = ['ideclub', 'emailaddress', 'firstname', 'lastname', 'phonenumber']
const SESSION_COLUMNS = ['iddatasession', 'idclient', 'ideclub', 'device_info', 'session_info']
const COMMENT_COLUMNS = ['idcomment', 'iddatasession', 'comment', 'rating', 'date_entered', 'date_replied', 'reply']
const CLIENT_FIELDS = ['name', 'address', 'city', 'state', 'zip', 'country', 'phone', 'email', 'website', 'timezone']

const session: LookupSpec = {
  table: 'datasession',
  by: 'iddatasession',
  columns: SESSION_COLUMNS,
  value: (event) => event.after?.iddatasession ?? null,
}

/** The guest and the venue of a visit, which is the event itself or what was looked up for it. */
function around(visit: (event: ChangeEvent, found: Found) => Row | null): Readonly<Record<string, LookupSpec>> {
  return {
    guest: {
      table: 'eclub',
      by: 'ideclub',
      columns: GUEST_COLUMNS,
      value: (event, found) => visit(event, found)?.ideclub ?? null,
    },
    venue: {
      table: 'client',
      by: 'idclient',
      columns: ['idclient', 'name'],
      value: (event, found) => visit(event, found)?.idclient ?? null,
    },
  }
}

const sessions: LookupSpec = {
  table: 'datasession',
  by: 'ideclub',
  columns: ['ideclub', 'idclient'],
  value: (event) => event.after?.ideclub ?? null,
  many: true,
}

export default defineConnector({
  name: 'feedback',
  source: 'mysql',
  sink: 'dynamodb',
  settings: {
    TABLE: { about: 'The DynamoDB table of restaurants, customers and comments.', default: 'restaurant_data' },
    KEY: { about: 'Its two key attributes.', default: 'pk,sk', check: keyNamesFault },
    COUNTRY: {
      about: 'Country of phone numbers that name none, as ISO 3166 letters.',
      default: 'US',
      check: (value) => (/^[A-Z]{2}$/u.test(value) ? null : 'two capital letters, for example US'),
    },
  },
  targets: (settings) => ({ [text(settings.TABLE)]: { key: keyNames(settings.KEY), owns: OWNED } }),
  tables: {
    client: {
      columns: ['idclient', 'name'],
      narrow: { venue: { column: 'idclient' } },
      map: mapClient,
      rowOf: ({ key }) => /^RESTAURANT#(.+) METADATA$/u.exec(key.join(' '))?.slice(1) ?? null,
    },
    eclub: { columns: GUEST_COLUMNS, lookups: { sessions }, narrow: visited('ideclub'), map: mapGuest },
    datasession: {
      columns: SESSION_COLUMNS,
      lookups: around((event) => event.after),
      narrow: { venue: { column: 'idclient' } },
      map: mapSession,
    },
    comment: {
      columns: COMMENT_COLUMNS,
      lookups: { session, ...around((_event, found) => found.one('session')) },
      narrow: { ...visited('iddatasession'), changedAt: 'date_entered', where: ['rating'] },
      map: mapComment,
    },
  },
  sync: { venues: { table: 'client', name: 'name' }, venueOf, status: syncStatus },
})

const OWNED = [
  ...['entity_type', 'client_id', ...CLIENT_FIELDS.map((name) => (name === 'name' ? 'restaurant_name' : name))],
  ...['customer_id', 'email', 'phone', 'first_name', 'last_name', 'name'],
  ...['comment_id', 'comment_text', 'rating', 'date_created', 'date_replied', 'reply_text', 'device_info'],
  ...['session_info', 'original_review_id'],
  ...['total_comments', 'total_customers', 'rating_sum', 'rating_count', 'rating_average', 'rating_histogram_*'],
  ...['newest_comment_at', 'last_sync_at', 'last_sync_stats', 'sync_in_progress'],
]

/** The venue is that of the sessions which name the row. */
function visited(by: string): Narrowing {
  return { venue: { column: by, through: { table: 'datasession', by, column: 'idclient' } } }
}

function mapClient(event: ChangeEvent, _found: Found, settings: Settings): readonly Write[] {
  const row = event.after ?? event.before
  if (row === null) return []
  const at = { table: text(settings.TABLE), key: restaurantKey(restaurant(row.idclient)) }
  if (event.op === 'delete') {
    return [{ do: 'remove', ...at, how: 'flag', fields: [], deletedAt: event.changedAt.toISOString() }]
  }
  return [{ do: 'merge', ...at, fields: restaurantFields(row) }]
}

/** A guest belongs to the venues whose sessions name them; before that, to none. */
function mapGuest(event: ChangeEvent, found: Found, settings: Settings): readonly Write[] {
  const row = event.after
  if (row === null) return []
  const venues = new Set(found.many('sessions').map((one) => restaurant(one.idclient)))
  return [...venues].map((within) => ({ ...identifyGuest(row, within, settings), merge: true }))
}

/** Nobody knew the guest's venue before: what the guest's own events would have said is said here. */
function mapSession(event: ChangeEvent, found: Found, settings: Settings): readonly Write[] {
  const row = event.after
  const person = found.one('guest')
  if (row === null || person === null || row.ideclub === event.before?.ideclub) return []
  const guest = identifyGuest(person, restaurant(row.idclient), settings)
  return [...seedRestaurant(found, settings), { ...guest, merge: true, isOfOther: true }]
}

function mapComment(event: ChangeEvent, found: Found, settings: Settings): readonly Write[] {
  const row = event.after
  if (row === null || event.op === 'update') return []
  const visit = found.one('session')
  if (visit === null)
    throw new Error(`comment ${row.idcomment} names datasession ${row.iddatasession}, which is missing`)
  const within = restaurant(visit.idclient)
  const person = found.one('guest')
  const identify = person === null ? identifyNobody(visit, within, settings) : identifyGuest(person, within, settings)
  return [
    ...seedRestaurant(found, settings),
    {
      ...identify,
      // Guests often sign in after they have commented: the session's comments stay with whom they were given first.
      pin: `SESSION#${visit.iddatasession}`,
      // A comment that the venue already has is left as it is, and so is its customer.
      adopted: { by: adoption(settings), number: Number(row.idcomment) },
      dependents: (customer) => [createComment(row, { visit, customer, within }, settings)],
    },
  ]
}

function createComment(row: Row, at: { visit: Row; customer: string; within: string }, settings: Settings): Write {
  const { visit, customer, within } = at
  const id = uuid(`comment:${row.idcomment}`, NAMESPACE)
  const fields = {
    entity_type: 'comment',
    comment_id: id,
    customer_id: customer,
    client_id: visit.idclient ?? null,
    comment_text: row.comment ?? null,
    rating: row.rating ?? null,
    date_created: asWallTime(row.date_entered),
    date_replied: asWallTime(row.date_replied),
    reply_text: row.reply ?? null,
    device_info: visit.device_info ?? null,
    session_info: visit.session_info ?? null,
    original_review_id: row.idcomment ?? null,
  }
  return {
    do: 'create',
    table: text(settings.TABLE),
    key: [within, `CUSTOMER#${customer}#COMMENT#${id}`],
    fields,
    later: ['date_replied', 'reply_text'],
    counts: [commentCount(fields, within, settings)],
  }
}

function identifyGuest(row: Row, within: string, settings: Settings): Identify {
  const id = uuid(`eclub:${row.ideclub}`, NAMESPACE)
  return { ...identifyPerson(id, row, { within, settings }), self: `GUEST#${row.ideclub}` }
}

/** A comment without a guest: a customer of its own for each session, whom nothing identifies. */
function identifyNobody(visit: Row, within: string, settings: Settings): Identify {
  return identifyPerson(uuid(`datasession:${visit.iddatasession}`, NAMESPACE), {}, { within, settings })
}

function identifyPerson(id: string, row: Row, where: { within: string; settings: Settings }): Identify {
  const { within, settings } = where
  const table = text(settings.TABLE)
  return {
    do: 'identify',
    table,
    within,
    claims: claimsOf(asText(row.emailaddress), asText(row.phonenumber), text(settings.COUNTRY)),
    id,
    key: (customer) => [within, `CUSTOMER#${customer}`],
    fields: customerFields(row),
    onCreate: { entity_type: 'customer', customer_id: id },
    merge: false,
    adopt: adoption(settings),
    counts: [{ do: 'count', table, key: restaurantKey(within), add: { total_customers: 1 } }],
  }
}

function seedRestaurant(found: Found, settings: Settings): readonly Merge[] {
  const row = found.one('venue')
  if (row === null) return []
  const key = restaurantKey(restaurant(row.idclient))
  return [{ do: 'merge', table: text(settings.TABLE), key, fields: restaurantFields(row), seed: true }]
}

function commentCount(fields: Fields, within: string, settings: Settings): Count {
  const rating = Number(String(fields.rating ?? '').trim() || Number.NaN)
  const rated = { rating_sum: rating, rating_count: 1, [`rating_histogram_${rating}`]: 1 }
  const created = fields.date_created
  return {
    do: 'count',
    table: text(settings.TABLE),
    key: restaurantKey(within),
    add: { total_comments: 1, ...(Number.isFinite(rating) ? rated : {}) },
    ratios: { rating_average: ['rating_sum', 'rating_count'] },
    ...(typeof created === 'string' ? { greatest: { newest_comment_at: created } } : {}),
  }
}

/** Venues that were onboarded before millrace hold customers and comments under random ids. */
function adoption(settings: Settings): Adoption {
  return {
    name: 'feedback',
    mark: restaurantKey,
    person: (item) => {
      const id = /^CUSTOMER#([^#]+)$/u.exec(item.key[1] ?? '')?.[1]
      if (id === undefined) return null
      return { id, claims: claimsOf(asText(item.fields.email), asText(item.fields.phone), text(settings.COUNTRY)) }
    },
    number: (item) => (isComment(item) ? asNumber(item.fields.original_review_id) : null),
    counts: (item) => {
      if (isComment(item)) return [commentCount(item.fields, item.key[0], settings)]
      return /^CUSTOMER#[^#]+$/u.test(item.key[1] ?? '') ? [{ add: { total_customers: 1 } }] : []
    },
  }
}

function isComment(item: StoredItem): boolean {
  return item.key[1]?.includes('#COMMENT#') ?? false
}

function restaurantFields(row: Row): Fields {
  const known = CLIENT_FIELDS.filter((name) => name in row)
  return {
    entity_type: 'restaurant',
    client_id: row.idclient ?? null,
    ...Object.fromEntries(known.map((name) => [name === 'name' ? 'restaurant_name' : name, row[name] ?? null])),
  }
}

function customerFields(row: Row): Fields {
  const first = asText(row.firstname)?.trim() || null
  const last = asText(row.lastname)?.trim() || null
  return {
    email: asText(row.emailaddress)?.trim() || null,
    phone: asText(row.phonenumber)?.trim() || null,
    first_name: first,
    last_name: last,
    name: fullName(first, last),
  }
}

function restaurant(idclient: Value | undefined): string {
  return `RESTAURANT#${idclient}`
}

function restaurantKey(within: string): ItemKey {
  return [within, 'METADATA']
}

function venueOf(write: Write): string | null {
  const within = write.do === 'identify' ? write.within : write.key[0]
  return /^RESTAURANT#(.+)$/u.exec(within)?.[1] ?? null
}

function syncStatus(venue: string, { isUnderWay, last }: VenueStatus, settings: Settings): Merge {
  const statsOf = ({ newPeople, newItems, duplicates, errors }: SyncStats) => {
    return { new_customers: newPeople, new_comments: newItems, skipped_duplicates: duplicates, errors }
  }
  return {
    do: 'merge',
    table: text(settings.TABLE),
    key: restaurantKey(restaurant(venue)),
    fields: {
      sync_in_progress: isUnderWay,
      ...(last && { last_sync_at: new Date(last.syncedAtMs).toISOString(), last_sync_stats: statsOf(last.stats) }),
    },
  }
}
