// What a check is given: whom it asks, and as whom.

import type { ServerIdentity } from './server-identity.ts'
import type { Sessions } from './sessions.ts'

export interface Checked {
  readonly sessions: Sessions
  readonly server: ServerIdentity
  readonly user: string
  readonly database: string
  /** What the dump would be known as, where it is configured. */
  readonly serverId: number | null
}
