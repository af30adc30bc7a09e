// How one connector flows, whoever delivers for it.

import type { ConnectorFlow } from '../control/flow-view.ts'
import type { Connector } from '../core/connector.ts'
import { ageInSeconds, type FlowPlace, IMPORTS } from './flow-place.ts'
import type { PartStandings } from './part-standings.ts'
import { deliverPart } from './parts.ts'

const DIDS = ['applied', 'stale', 'exists', 'rejected'] as const

export function connectorFlow(place: FlowPlace, connector: Connector, parts: PartStandings): ConnectorFlow {
  const { rates, logRates, books, clock } = place
  const { name, source, sink } = connector
  const part = deliverPart(name)
  const lag = place.lag.of(name)
  const isAllHere = parts.isAllHere(part, logRates.partitionsOf(name))
  return {
    ...{ connector: name, to: sink, state: parts.stateOf(part), error: parts.errorOf(part) },
    from: source === IMPORTS ? IMPORTS : (place.sources.get(source) ?? source),
    lag_records: lag?.records ?? null,
    lag_seconds: lag === null ? null : ageInSeconds(lag.oldestMs ?? clock.nowMs(), clock.nowMs()),
    records_per_second: isAllHere
      ? rates.perSecond('deliverRecords', { connector: name })
      : logRates.deliveredPerSecond(name),
    writes: parts.isHere(part) ? writesOf(place, name) : null,
    latency_ms: latencyOf(place, name),
    dead_letters: books.letters.of(name),
    open_gaps: books.gaps.open(name).length,
    open_conflicts: books.conflicts.openFor(name),
  }
}

function writesOf({ rates }: FlowPlace, connector: string): ConnectorFlow['writes'] {
  const writes = DIDS.map((did) => [did, rates.perSecond('deliverWrites', { connector, did })])
  return Object.fromEntries(writes) as ConnectorFlow['writes']
}

function latencyOf({ rates }: FlowPlace, connector: string): ConnectorFlow['latency_ms'] {
  const [p50, p99] = [rates.latencyMs(connector, 0.5), rates.latencyMs(connector, 0.99)]
  return p50 === null || p99 === null ? null : { p50, p99 }
}
