// Dates and times in the forms of the MySQL source. A time with a zone is kept in UTC, one without is taken for UTC, and
// a fraction is held to as many digits as the column has, cut off and never rounded into the next second.

import { Rejection } from '../rejection.ts'
import type { TargetColumn } from './target-column.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/u
const MIDNIGHT = /^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$/u
const TIME = /^(-?)(\d{2,3}:\d{2})(:\d{2})?(?:\.(\d+))?$/u
/** As they are held. */
const HELD = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)?$/u
const HELD_LENGTH = 19
/** As nearly all moments come. */
const IN_UTC = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?$/u
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?)?$/iu

export function heldTime(column: TargetColumn, text: string): string {
  const held = formOf(column, text)
  if (held === null) {
    throw new Rejection(
      `${column.table}.${column.name} cannot hold ${JSON.stringify(text)}: it is no ${column.type.name}`,
    )
  }
  return held
}

function formOf({ type }: TargetColumn, text: string): string | null {
  switch (type.name) {
    case 'date':
      return DATE.test(text) ? text : (MIDNIGHT.exec(text)?.[1] ?? null)
    case 'time': {
      const [, sign = '', minutes, seconds = ':00', fraction = ''] = TIME.exec(text) ?? []
      return minutes === undefined ? null : `${sign}${minutes}${seconds}${digits(fraction, type.scale)}`
    }
    default: {
      const wall = wallTime(text, type.scale)
      return wall === null || type.name !== 'timestamp' || wall.startsWith('0000') ? wall : `${wall.replace(' ', 'T')}Z`
    }
  }
}

/** In UTC; zero and partial dates as they are. */
function wallTime(text: string, scale: number): string | null {
  if (text.length === HELD_LENGTH + (scale === 0 ? 0 : 1 + scale) && HELD.test(text)) return text
  if (IN_UTC.test(text)) {
    const fraction = text.slice(HELD_LENGTH + 1, text.endsWith('Z') ? -1 : undefined)
    return `${text.slice(0, 10)} ${text.slice(11, HELD_LENGTH)}${digits(fraction, scale)}`
  }
  const [, date, minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = MOMENT.exec(text) ?? []
  if (date === undefined) return null
  const behind = digits(fraction, scale)
  if (zone === 'Z' || /^(Z|[+-]00:?00)$/iu.test(zone)) return `${date} ${minutes}${seconds}${behind}`
  const time = Date.parse(`${date}T${minutes}${seconds}${zone.replace(/^(...):?(..)$/u, '$1:$2')}`)
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}${behind}`
}

function digits(fraction: string, scale: number): string {
  return scale === 0 ? '' : `.${fraction.slice(0, scale).padEnd(scale, '0')}`
}
