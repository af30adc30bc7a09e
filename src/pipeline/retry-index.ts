// The dead letters that an order of a retry is about.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { connectorTopics, tableTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import { DeadIndex } from './dead-index.ts'

export interface RetryIndexOptions {
  /** The source's, which names the topics. */
  readonly database: string
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

/** What is left out leaves no letter out. */
const RetryScope = z.strictObject({
  ids: z.array(z.string()).optional(),
  table: z.string().optional(),
  reason: z.string().optional(),
})

/** `scope` is the order's. */
export function retryIndex(options: RetryIndexOptions, connector: Connector, scope: string): DeadIndex {
  const { database, ...reading } = options
  const { table, ids, reason } = scopeOf(scope)
  const meant = table === undefined ? undefined : [tableTopic(connector, database, table)]
  return new DeadIndex({
    ...reading,
    topics: connectorTopics(connector, database),
    filter: { connector: connector.name, topics: meant, ids, reason },
  })
}

function scopeOf(text: string): z.infer<typeof RetryScope> {
  const parsed = RetryScope.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new MillraceError('SCOPE_INVALID', `${text} does not say which dead letters are meant`)
}
