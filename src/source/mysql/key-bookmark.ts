// Where a walk through a table resumes: the values of the last key, as text.

import { MillraceError } from '../../core/errors.ts'
import type { Row, Value } from '../../core/value.ts'
import type { Bookmark } from '../source.ts'

export function formatKey(columns: readonly string[], key: Row): Bookmark {
  return JSON.stringify(
    columns.map((name) => {
      const value = key[name] ?? null
      return value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : String(value)
    }),
  )
}

export function parseKey(bookmark: Bookmark): readonly Value[] {
  const values = JSON.parse(bookmark) as unknown
  if (!Array.isArray(values)) throw new MillraceError('BOOKMARK_UNREADABLE', `"${bookmark}" is no place in a table`)
  return values.map((value: unknown) => {
    if (typeof value === 'string') return value
    const { hex } = value as { hex?: unknown }
    if (typeof hex === 'string') return Buffer.from(hex, 'hex')
    throw new MillraceError('BOOKMARK_UNREADABLE', `"${bookmark}" is no place in a table`)
  })
}
