// Date and time as people and programs write it, with a zone or without: a wall time without one is taken for UTC.

export interface WallTime {
  /** Milliseconds since 1970, with what is finer behind the point. */
  readonly ms: number
  /** One text for one moment: UTC, no zeros behind the seconds. */
  readonly text: string
}

const FORM = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})?$/u

/** Null for what is no time. */
export function wallTime(text: string): WallTime | null {
  const [, day, minutes, seconds = '00', digits = '', zone = 'Z'] = FORM.exec(text) ?? []
  // Of the 30th of February a parser makes the 2nd of March.
  if (day === undefined || !isDay(day)) return null
  const secondMs = Date.parse(`${day}T${minutes}:${seconds}${zone}`)
  if (Number.isNaN(secondMs)) return null
  const fraction = digits.replace(/0+$/u, '')
  const tail = fraction === '' ? '' : `.${fraction}`
  return { ms: secondMs + Number(`0${tail}`) * 1_000, text: `${new Date(secondMs).toISOString().slice(0, -5)}${tail}Z` }
}

function isDay(text: string): boolean {
  const dayMs = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(text)
}
