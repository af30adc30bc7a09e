// Which part of the log a replay goes through: one range of each partition, and which of its events.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { type Cursor, cursorScope } from '../core/cursor.ts'
import { MillraceError } from '../core/errors.ts'
import { tableTopic } from '../core/topic.ts'
import type { Log } from '../log/log.ts'

const Place = z.object({ topic: z.string(), topicId: z.string(), partition: z.number(), offset: z.number() })
const Value = z.union([z.string(), z.number()])

export const ReplayScope = z.object({
  ranges: z.array(z.object({ from: Place, to: Place })),
  /** Null: all of them. */
  venue: Value.nullable(),
  key: z.array(Value).nullable(),
  /** Another table than the connector's own; null: its own. */
  into: z.string().nullable(),
})
export type ReplayScope = z.infer<typeof ReplayScope>

export interface ReplayAsked {
  readonly table?: string | undefined
  /** ISO times, or cursors `topic:partition:offset` by comma; all that the log has when left out. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const CURSOR = /^(?<topic>[\w.$-]+):(?<partition>\d{1,9}):(?<offset>\d{1,15})$/u

export interface LogPlace {
  /** The source's database, which names the topics. */
  readonly database: string
  readonly log: Log
}

export interface ReplayPlace extends LogPlace {
  readonly connector: Connector
}

/** Fixed once and for all: a run that is resumed must not find that its range has grown. */
export async function rangesOf(place: ReplayPlace, asked: ReplayAsked): Promise<ReplayScope['ranges']> {
  const { connector, database, log } = place
  if (asked.table !== undefined && !Object.hasOwn(connector.tables, asked.table)) {
    throw invalid(
      `the connector ${connector.name} has no table "${asked.table}": it has ${Object.keys(connector.tables).join(', ')}`,
    )
  }
  const tables = asked.table === undefined ? Object.keys(connector.tables) : [asked.table]
  const topics = tables.map((table) => tableTopic(connector, database, table))
  const from = parseBound('from', asked.from, topics)
  const to = parseBound('to', asked.to, topics)
  if (isBehind(from, to)) throw invalid(`from (${asked.from}) lies behind to (${asked.to}): were they swapped?`)
  const bounds = {
    log,
    reader: connector.name,
    froms: await boundOf(from, log, topics),
    tos: await boundOf(to, log, topics),
  }
  const ranges = await Promise.all(topics.map((topic) => rangesIn(topic, bounds)))
  return ranges.flat().filter((range) => range.from.offset < range.to.offset)
}

interface KnownCursor {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Where a range begins or ends, as it was asked for. */
type Asked = { readonly at: Date } | { readonly cursors: readonly KnownCursor[] } | null

function isBehind(from: Asked, to: Asked): boolean {
  if (from === null || to === null) return false
  if ('at' in from && 'at' in to) return from.at > to.at
  if (!('cursors' in from && 'cursors' in to)) return false
  return from.cursors.some(({ topic, partition, offset }) =>
    to.cursors.some((end) => end.topic === topic && end.partition === partition && end.offset < offset),
  )
}

type Bound = (cursor: Cursor) => number | null

interface Bounds {
  readonly log: Log
  readonly reader: string
  readonly froms: Bound
  readonly tos: Bound
}

/** What was not delivered yet is left to the delivery: nobody else knows what of it is counted. */
async function rangesIn(topic: string, { log, reader, froms, tos }: Bounds): Promise<ReplayScope['ranges']> {
  const committed = await log.committed(reader, topic)
  const oldest = await log.at(topic, new Date(0))
  return committed.map((upTo) => {
    const start = oldest.find((cursor) => cursorScope(cursor) === cursorScope(upTo)) ?? { ...upTo, offset: 0 }
    const to = tos(upTo) ?? upTo.offset
    return {
      from: { ...upTo, offset: Math.max(start.offset, froms(upTo) ?? 0) },
      to: { ...upTo, offset: Math.min(upTo.offset, to) },
    }
  })
}

function parseBound(name: string, text: string | undefined, topics: readonly string[]): Asked {
  if (text === undefined) return null
  const cursors = text.split(',').flatMap((one) => [CURSOR.exec(one)?.groups].filter((groups) => groups !== undefined))
  if (cursors.length === text.split(',').length) {
    const stray = cursors.find(({ topic = '' }) => !topics.includes(topic))
    if (stray !== undefined) {
      throw invalid(`${name} names the topic ${stray.topic}; the replay is of ${topics.join(', ')}`)
    }
    return {
      cursors: cursors.map(({ topic = '', partition, offset }) => {
        return { topic, partition: Number(partition), offset: Number(offset) }
      }),
    }
  }
  const at = new Date(text)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/u.test(text) && !Number.isNaN(at.getTime())) return { at }
  throw invalid(`${name} is "${text}": write a time as 2026-01-31T12:00:00Z, or cursors as topic:partition:offset`)
}

async function boundOf(asked: Asked, log: Log, topics: readonly string[]): Promise<Bound> {
  if (asked === null) return () => null
  if ('cursors' in asked) {
    return ({ topic, partition }) =>
      asked.cursors.find((one) => one.topic === topic && one.partition === partition)?.offset ?? null
  }
  const found = await Promise.all(topics.map((topic) => log.at(topic, asked.at)))
  return (cursor) => found.flat().find((one) => cursorScope(one) === cursorScope(cursor))?.offset ?? null
}

function invalid(message: string): MillraceError {
  return new MillraceError('SCOPE_INVALID', message)
}
