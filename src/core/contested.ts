// Fields that both sides own. What the source had before a change tells whether the other side has changed them since;
// where it has, a policy says whose version counts, and says the same on both sides.

import { fieldText } from './field-text.ts'
import { Exact, type Field, type Fields } from './value.ts'
import { wallTime } from './wall-time.ts'

export const SIDES = ['mysql', 'dynamodb'] as const
export type Side = (typeof SIDES)[number]

export const POLICIES = ['newest-wins', 'mysql-wins', 'dynamodb-wins', 'review'] as const
export type Policy = (typeof POLICIES)[number]

/** A group of fields that stand or fall together. */
export interface Contested {
  /** Names the group in conflicts. */
  readonly group: string
  /** What people call the row; the same on both sides. */
  readonly row: string
  readonly policy: Policy
  /** Names of fields of the write. */
  readonly fields: readonly string[]
  /** Among them the one that says when a version was made; for `newest-wins`. */
  readonly clock?: string
  /** What the source held before, in the target's forms: nothing of a row that is new. Null where nobody knows. */
  readonly before: Fields | null
}

export interface Versions {
  /** The side that the write comes from. */
  readonly from: Side
  readonly incoming: Fields
  /** What the target holds; null where there is no such item. */
  readonly held: Fields | null
  readonly nowMs: number
}

/** `nobody`: both sides stay as they are until a person decides. */
export interface Settled {
  readonly wins: 'incoming' | 'held' | 'nobody'
  /** Why it came to that, where both sides have changed the group; null where they have not. */
  readonly conflict: string | null
}

/** Clocks are seldom in step to the second; one that is further ahead is wrong. */
const AHEAD_MS_MAX = 5 * 60_000

export function settle(contested: Contested, versions: Versions): Settled {
  const { incoming, held } = versions
  const { before } = contested
  if (held === null) return { wins: 'incoming', conflict: null }
  if (isSame(contested, incoming, held)) return { wins: 'held', conflict: null }
  if (before !== null && isSame(contested, incoming, before)) return { wins: 'held', conflict: null }
  if (isSame(contested, before ?? {}, held)) return { wins: 'incoming', conflict: null }
  return byPolicy(contested, versions, held)
}

function byPolicy(contested: Contested, versions: Versions, held: Fields): Settled {
  const other: Side = versions.from === 'mysql' ? 'dynamodb' : 'mysql'
  switch (contested.policy) {
    case 'review':
      return { wins: 'nobody', conflict: 'a person decides' }
    case 'mysql-wins':
    case 'dynamodb-wins':
      return {
        wins: contested.policy === `${versions.from}-wins` ? 'incoming' : 'held',
        conflict: `${contested.policy === 'mysql-wins' ? 'MySQL' : 'DynamoDB'} has the last word`,
      }
    case 'newest-wins':
      if (contested.clock === undefined) return { wins: 'nobody', conflict: 'no clock is declared' }
      return byClock(contested.clock, {
        ...{ from: versions.from, nowMs: versions.nowMs, isChange: contested.before !== null },
        times: { [versions.from]: versions.incoming, [other]: held } as Record<Side, Fields>,
      })
  }
}

interface Times {
  readonly from: Side
  readonly nowMs: number
  /** Otherwise nobody knows what the sides agreed on last: where only one has a time, the other never made a version. */
  readonly isChange: boolean
  readonly times: Readonly<Record<Side, Fields>>
}

/** Which side the write comes from must not matter, or each side would settle it in its own way. */
function byClock(clock: string, { from, nowMs, isChange, times }: Times): Settled {
  const isNever = (side: Side) => !isChange && times[side === 'mysql' ? 'dynamodb' : 'mysql'][clock] != null
  const read = SIDES.map((side) => timeOf(times[side][clock] ?? null))
  const faults = SIDES.flatMap((side, index) => {
    const time = read[index] ?? null
    if (times[side][clock] == null) return isNever(side) ? [] : [`${clock} is missing in ${side}`]
    if (time === null) return [`${clock} is no time in ${side}`]
    return time * 1_000 > nowMs + AHEAD_MS_MAX ? [`${clock} lies in the future in ${side}`] : []
  })
  if (faults.length > 0) return { wins: 'nobody', conflict: faults.join(', ') }
  const [mysql, dynamodb] = read.map((time) => time ?? Number.NEGATIVE_INFINITY) as [number, number]
  const winner: Side = mysql >= dynamodb ? 'mysql' : 'dynamodb'
  const conflict =
    mysql === dynamodb ? `${clock} is the same: MySQL has the last word` : `${clock} is newer in ${winner}`
  return { wins: winner === from ? 'incoming' : 'held', conflict }
}

/** Numbers up to here are seconds. */
const SECONDS_MAX = 100_000_000_000

/** Seconds since 1970, for a column may hold no fractions of one; null for what is no time. */
function timeOf(field: Field): number | null {
  const ms = millisecondsOf(field)
  return ms === null ? null : Math.floor(ms / 1_000)
}

function millisecondsOf(field: Field): number | null {
  if (typeof field === 'string') return wallTime(field)?.ms ?? null
  const number = field instanceof Exact ? Number(field.text) : field
  if (typeof number !== 'number' && typeof number !== 'bigint') return null
  const short = Number(number)
  if (!Number.isFinite(short)) return null
  return short < SECONDS_MAX ? short * 1_000 : short
}

function isSame({ fields, clock }: Contested, one: Fields, other: Fields): boolean {
  return fields.every((name) => {
    const first = one[name] ?? null
    const second = other[name] ?? null
    if (first === second) return true
    if (typeof first === 'string' && typeof second === 'string' && name !== clock) return false
    const time = name === clock ? timeOf(first) : null
    return time === null ? fieldText(first) === fieldText(second) : time === timeOf(second)
  })
}
