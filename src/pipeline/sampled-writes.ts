// What a row that is looked at again should have come to.

import type { Found } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { SampledWrite } from '../sink/import-checks.ts'
import type { ReadyConnector } from './ready-connector.ts'

const NOTHING: Found = {
  one: () => null,
  many: () => [],
}

/** None of what cannot be mapped: it did not arrive, though somebody may have given its dead letter up since. */
export function sampledWrites({ connector, settings }: ReadyConnector, event: ChangeEvent): readonly SampledWrite[] {
  try {
    const writes = connector.tables[event.table]?.map(event, NOTHING, settings) ?? []
    return writes.map((write) => ({ write, position: event.position }))
  } catch {
    return []
  }
}
