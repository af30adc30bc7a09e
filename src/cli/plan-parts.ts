// What a plan is opened with, for one connector: with the cache that it shares, or with one that knows nothing yet.

import { LookupCache, type SharedCache } from '../pipeline/lookup-cache.ts'
import { Lookups } from '../pipeline/lookups.ts'
import type { Observer } from '../pipeline/observer.ts'
import type { PlanParts } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { Resources } from './resources.ts'

export interface PlanPartsOptions extends Pick<Resources, 'sources' | 'codecs'> {
  readonly observer: Pick<Observer, 'lookedUp'>
}

export interface Cache {
  readonly memory: LookupCache
  readonly shared: SharedCache | null
}

const OWN_BYTES_MAX = 4 * 1024 * 1024

export function planParts(
  { sources, codecs, observer }: PlanPartsOptions,
  ready: ReadyConnector,
  cache: Cache = afresh(),
): PlanParts {
  const source = sources.lookupOf(ready.connector)
  const asking = { connector: ready.connector.name, source: source.name, lookup: source, observer }
  return { ready, source, openCodec: codecs.openCodec, lookups: new Lookups({ ...asking, ...cache }) }
}

/** A cache answers as of the first try: what was missing then would be missing still. */
function afresh(): Cache {
  return { memory: new LookupCache(OWN_BYTES_MAX), shared: null }
}
