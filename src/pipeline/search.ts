// One event's way through its lookups. Each level asks for whatever can be asked for with the rows found so far; a
// lookup that uses rows which are not there yet waits for the next.

import type { Found, LookupSpec } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { Position } from '../core/position.ts'
import type { Row, Value } from '../core/value.ts'
import type { CachedRows } from './lookup-cache.ts'

export type Specs = Readonly<Record<string, LookupSpec>>
/** An error when a lookup's own `value` threw: that event is at fault, not the batch. */
export type Finding = Found | Error

/** One value that is looked for, by however many events. */
export interface Ask {
  readonly id: string
  readonly value: Value
  /** The newest event that asks. */
  notBefore: Position
  answer: CachedRows | null
}

/** What one lookup has to find on this level. */
export interface Wanted {
  readonly spec: LookupSpec
  readonly asks: Map<string, Ask>
}

/** Thrown out of a lookup's `value` that uses rows which are not there yet: it is asked again on the next level. */
const NOT_YET = new Error('a lookup was used before it was declared')

export class Search implements Found {
  readonly #event: ChangeEvent
  readonly #specs: Specs
  readonly #found = new Map<string, readonly Row[]>()
  readonly #asked = new Map<string, string>()
  #fault: Error | null = null

  constructor(event: ChangeEvent, specs: Specs) {
    this.#event = event
    this.#specs = specs
  }

  get finding(): Finding {
    if (this.#fault !== null) return this.#fault
    return this.#found.size === Object.keys(this.#specs).length ? this : NOT_YET
  }

  one(name: string): Row | null {
    return this.many(name)[0] ?? null
  }

  many(name: string): readonly Row[] {
    const rows = this.#found.get(name)
    if (rows !== undefined) return rows
    if (name in this.#specs) throw NOT_YET
    throw new Error(`there is no lookup named ${name}`)
  }

  want(wanted: Map<string, Wanted>): void {
    for (const [name, spec] of Object.entries(this.#specs)) {
      if (this.#found.has(name) || this.#fault !== null) continue
      const value = this.#valueOf(spec)
      if (value === NOT_YET) continue
      if (value === null || value instanceof Error) this.#found.set(name, [])
      else this.#ask(name, value, wanted)
    }
  }

  #valueOf(spec: LookupSpec): Value | typeof NOT_YET {
    try {
      return spec.value(this.#event, this) ?? null
    } catch (error) {
      if (error === NOT_YET) return NOT_YET
      this.#fault = error instanceof Error ? error : new Error(String(error))
      return null
    }
  }

  #ask(name: string, value: Value, wanted: Map<string, Wanted>): void {
    const spec = this.#specs[name]
    if (spec === undefined) return
    const one = wanted.get(name) ?? { spec, asks: new Map<string, Ask>() }
    wanted.set(name, one)
    const id = value instanceof Uint8Array ? `b${Buffer.from(value).toString('hex')}` : `${typeof value}${value}`
    const ask = one.asks.get(id) ?? { id, value, notBefore: this.#event.position, answer: null }
    if (ask.notBefore < this.#event.position) ask.notBefore = this.#event.position
    one.asks.set(id, ask)
    this.#asked.set(name, id)
  }

  take(wanted: ReadonlyMap<string, Wanted>): void {
    for (const [name, id] of this.#asked) {
      this.#found.set(name, wanted.get(name)?.asks.get(id)?.answer?.rows ?? [])
    }
    this.#asked.clear()
  }
}
