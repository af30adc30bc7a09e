// The rows in a page's items, and what each says: its fields as texts, its version, and whether it is gone.

import { MillraceError } from '../../core/errors.ts'
import type { Imported } from '../../core/imported.ts'
import { compilePath, type Found, type Json } from '../../core/json-path.ts'
import { nearest } from '../../core/nearest.ts'
import type { RestSpec } from '../../core/rest-spec.ts'
import { wallTime } from '../../core/wall-time.ts'
import type { RowSaid } from '../imported-event.ts'
import type { Secrets } from './secrets.ts'

/** A row, and the item that it was taken out of: the same where each item is a row. */
export interface RestRow {
  readonly row: Json
  readonly item: Json
}

/** In the URL of one item: a field. */
export const PLACEHOLDER = /\{(\w+)\}/gu

export interface RestRowsOptions {
  readonly spec: RestSpec
  readonly imported: Imported
  readonly secrets: Secrets
  readonly orderedAtMs: number
  /** Rows of an item that no path leads to. */
  readonly derive?: (item: Json) => readonly Json[]
}

export class RestRows {
  readonly #options: RestRowsOptions
  readonly #where: readonly ((item: Json) => boolean)[]
  readonly #rowsOf: (item: Json) => readonly Json[]
  readonly #fields: readonly (readonly [name: string, places: readonly Found[]])[]
  readonly #version: Found | null
  readonly #gone: Found | null
  #known: { readonly text: string; readonly version: bigint | null } = { text: '', version: null }

  constructor(options: RestRowsOptions) {
    const { spec, imported, orderedAtMs, derive } = options
    this.#options = options
    const names = Object.keys(imported.fields)
    const inUrl = [...(spec.one?.url ?? '').matchAll(PLACEHOLDER)].map(([, name = '']) => name)
    const said = [...Object.keys(spec.fields), ...Object.keys(spec.constants), ...inUrl]
    const unknown = said.find((name) => !names.includes(name))
    if (unknown !== undefined) {
      const meant = nearest(unknown, names)
      const hint = meant === null ? `the fields are ${names.join(', ')}` : `did you mean ${meant}?`
      throw new MillraceError('IMPORT_INVALID', `there is no field ${unknown}: ${hint}`)
    }
    this.#where = spec.where.map((one) => condition(one, orderedAtMs))
    this.#rowsOf = derive ?? expanded(spec)
    this.#fields = names
      .filter((name) => !(name in spec.constants))
      .map((name) => [name, [spec.fields[name] ?? [quoted(name)]].flat().map(compilePath)])
    this.#version = spec.version === undefined ? null : compilePath(spec.version.path)
    this.#gone = spec.gone === undefined ? null : compilePath(spec.gone)
  }

  of(item: Json): readonly Json[] {
    return this.#where.every((holds) => holds(item)) ? this.#rowsOf(item) : []
  }

  said({ row, item }: RestRow, place: number): RowSaid {
    const { spec, secrets } = this.#options
    const whole = () => secrets.hide(JSON.stringify(row))
    const aside = (fault: string): RowSaid => ({ place, texts: {}, said: whole, fault })
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return aside('it is no object with fields')
    const texts: Record<string, string | null> = { ...spec.constants }
    for (const [name, places] of this.#fields) {
      texts[name] = textOf(places.map((found) => found(row, item)).find((one) => one !== undefined && one !== null))
    }
    const version = this.#versionOf({ row, item })
    if (typeof version === 'string') return aside(version)
    const isGone = this.#gone?.(row, item) === true
    return { place, texts, said: whole, fault: null, version, isGone }
  }

  /** A text is the reason why there is none; null where none is asked for. */
  #versionOf({ row, item }: RestRow): bigint | null | string {
    const asked = this.#options.spec.version
    if (asked === undefined || this.#version === null) return null
    const text = textOf(this.#version(row, item))
    if (text === null) return `it has no version: there is nothing at ${asked.path}`
    // The rows of one item often have its version.
    if (this.#known.text !== text) this.#known = { text, version: versionIn(text, asked.as) }
    const wanted = asked.as === 'time' ? 'a time' : 'a whole number'
    return this.#known.version ?? `its version is ${JSON.stringify(text)}, but must be ${wanted}`
  }
}

/** Null for what is none. */
function versionIn(text: string, as: 'number' | 'time'): bigint | null {
  if (as === 'time') return nanoseconds(text)
  return /^\d{1,18}$/u.test(text) ? BigInt(text) : null
}

function condition(where: RestSpec['where'][number], orderedAtMs: number): (item: Json) => boolean {
  const found = compilePath(where.path)
  if ('until' in where) return (item) => (wallTime(textOf(found(item, item)) ?? '')?.ms ?? 0) <= orderedAtMs
  const wanted = where.is.map((one) => JSON.stringify(one))
  return (item) => wanted.includes(JSON.stringify(found(item, item) ?? null))
}

function quoted(name: string): string {
  return `[${JSON.stringify(name)}]`
}

function expanded({ expand }: RestSpec): (item: Json) => readonly Json[] {
  if (expand === undefined) return (item) => [item]
  const found = compilePath(expand)
  return (item) => {
    const list = found(item, item) ?? []
    return Array.isArray(list) ? list : [list]
  }
}

function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Since 1970; null for what is no time, or before. */
function nanoseconds(text: string): bigint | null {
  const [, second = '', digits = ''] = /^(.*?)(?:\.(\d+))?Z$/u.exec(wallTime(text)?.text ?? '') ?? []
  const ms = Date.parse(`${second}Z`)
  return Number.isNaN(ms) || ms < 0 ? null : BigInt(ms) * 1_000_000n + BigInt(digits.slice(0, 9).padEnd(9, '0'))
}
