// Up to when a venue is known to agree: everything that was changed before has been compared, and was equal or was mended.

import { venueRun } from './sync.ts'

export interface Verified {
  readonly connector: string
  /** Null: all venues, except those named. */
  readonly venue: string | null
  readonly except: readonly string[]
  readonly run: string
  readonly throughMs: number
}

const ALL = '*'

/** Its key in the topic of runs. */
export function verifiedKey({ connector, venue }: Pick<Verified, 'connector' | 'venue'>): string {
  return `${venueRun(connector, venue ?? ALL)} verified`
}
