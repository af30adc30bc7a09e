// The limits of a run as options of a command.

import { MillraceError } from '../core/errors.ts'
import type { OptionSpec } from './command.ts'

export const LIMIT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  'rows-per-second': { value: 'N', about: 'read at most so many rows a second; `none` takes the limit away' },
  'write-units-per-second': { value: 'N', about: 'spend about so many write units a second at most' },
  'source-share': { value: 'SHARE', about: 'of the time, read from the source at most so much: 0.5 is half of it' },
}

export interface LimitNumbers {
  readonly rows_per_second?: number | null
  readonly write_units_per_second?: number | null
  readonly source_share?: number | null
}

export function limitsGiven(options: ReadonlyMap<string, string>): LimitNumbers {
  const given = Object.keys(LIMIT_OPTIONS).flatMap((name) => {
    const text = options.get(name)
    return text === undefined ? [] : [[name.replaceAll('-', '_'), numberOf(name, text)] as const]
  })
  return Object.fromEntries(given)
}

function numberOf(name: string, text: string): number | null {
  if (text === 'none') return null
  const number = Number(text)
  const isFit = Number.isFinite(number) && number > 0 && (name !== 'source-share' || number <= 1)
  if (isFit) return number
  throw new MillraceError(
    'COMMAND_INVALID',
    `--${name} takes a number above 0${name === 'source-share' ? ', up to 1' : ''}, not "${text}"`,
  )
}
