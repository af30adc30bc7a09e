// How everything flows, as far as tests of what is told need it.

import type { ConnectorFlow, FlowView } from '../../src/control/flow-view.ts'

export function connectorFlow(more: Partial<ConnectorFlow> = {}): ConnectorFlow {
  return {
    ...{ connector: 'feedback', from: 'mysql.app', to: 'dynamodb', state: 'running', error: null },
    ...{ records_per_second: 0, writes: null, latency_ms: null, lag_records: 0, lag_seconds: 0 },
    ...{ dead_letters: 0, open_gaps: 0, open_conflicts: 0 },
    ...more,
  }
}

export function flowView(more: Partial<FlowView> = {}): FlowView {
  return {
    ...{ at: '2026-01-01T00:00:00Z', version: '1', started_at: '2026-01-01T00:00:00Z', ready: true, why: [] },
    sources: [],
    log: { kind: 'file', records_per_second: null, bytes_per_second: null },
    sinks: [],
    flows: [connectorFlow()],
    open_conflicts: 0,
    ...{ runs: { active: 0, queued: 0 }, troubles: [] },
    ...more,
  }
}
