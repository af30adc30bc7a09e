// Metrics of changes on their way: capture, log, deliver, and what is left over.

import { LATENCY_S, type MetricSpec, SIZES } from './metric-spec.ts'

export const FLOW_METRICS = {
  partState: {
    kind: 'gauge',
    name: 'millrace_part_state',
    about: 'State of each part (capture, deliver per connector): 1 at the state it is in, 0 at the others.',
    labels: ['part', 'state'],
  },
  retries: {
    kind: 'counter',
    name: 'millrace_retries_total',
    about: 'Retries of a part after an error, by error code.',
    labels: ['part', 'code'],
  },
  captureRows: {
    kind: 'counter',
    name: 'millrace_capture_rows_total',
    about: 'Changed rows read from the source and appended to the log.',
    labels: ['source', 'table'],
  },
  captureBytes: {
    kind: 'counter',
    name: 'millrace_capture_bytes_total',
    about: 'Bytes appended to the log, keys and values.',
    labels: ['source'],
  },
  captureBatches: {
    kind: 'counter',
    name: 'millrace_capture_batches_total',
    about: 'Batches the source yielded: transactions, groups of small ones, parts of a huge one, heartbeats.',
    labels: ['source'],
  },
  captureDelay: {
    kind: 'gauge',
    name: 'millrace_capture_delay_seconds',
    about: "Age of the source's last sign of life when its batch was durable in the log; true also when idle.",
    labels: ['source'],
  },
  captureSeen: {
    kind: 'gauge',
    name: 'millrace_capture_seen_timestamp_seconds',
    about: 'When the source last gave a sign of life, by its own clock, in seconds since 1970.',
    labels: ['source'],
  },
  gaps: {
    kind: 'counter',
    name: 'millrace_gaps_total',
    about: "Stretches of a table's history that are missing: given up, or never written down by the source.",
    labels: ['source', 'table'],
  },
  gapsOpen: {
    kind: 'gauge',
    name: 'millrace_gaps_open',
    about: 'Gaps in the tables of a connector that no repair has closed yet.',
    labels: ['connector'],
  },
  appendTime: {
    kind: 'histogram',
    name: 'millrace_append_seconds',
    about: 'Time to make one batch and its bookmark durable in the log.',
    labels: ['source'],
    buckets: LATENCY_S,
  },
  lagRecords: {
    kind: 'gauge',
    name: 'millrace_lag_records',
    about: 'Records between the cursors of a reader and the ends of a topic.',
    labels: ['reader', 'topic'],
  },
  lagTime: {
    kind: 'gauge',
    name: 'millrace_lag_seconds',
    about: 'Age of the oldest change a reader has not delivered yet; 0 when there is none.',
    labels: ['reader', 'topic'],
  },
  deliverPartitions: {
    kind: 'gauge',
    name: 'millrace_deliver_partitions',
    about: 'Partitions that this process delivers; none while it stands by for others.',
    labels: ['connector'],
  },
  deliverRecords: {
    kind: 'counter',
    name: 'millrace_deliver_records_total',
    about: 'Records delivered and committed.',
    labels: ['connector', 'topic'],
  },
  deliverWrites: {
    kind: 'counter',
    name: 'millrace_deliver_writes_total',
    about: 'Writes by what the sink did with them: applied, stale, exists, rejected.',
    labels: ['connector', 'table', 'did'],
  },
  deliverDead: {
    kind: 'counter',
    name: 'millrace_deliver_dead_total',
    about: 'Events sent to the dead topic.',
    labels: ['connector', 'topic'],
  },
  deliverClashes: {
    kind: 'counter',
    name: 'millrace_deliver_clashes_total',
    about: 'Claims that another item holds already, recorded for a person.',
    labels: ['connector'],
  },
  conflicts: {
    kind: 'counter',
    name: 'millrace_conflicts_total',
    about:
      'Groups of fields that both sides had changed, as often as deliveries and runs met them, by whose version counts.',
    labels: ['connector', 'verdict'],
  },
  conflictsOpen: {
    kind: 'gauge',
    name: 'millrace_conflicts_open',
    about: 'Conflicts of fields that wait for a person to decide.',
    labels: ['connector'],
  },
  deliverBatch: {
    kind: 'histogram',
    name: 'millrace_deliver_batch_records',
    about: 'Records per delivered batch.',
    labels: ['connector'],
    buckets: SIZES,
  },
  deliverStage: {
    kind: 'histogram',
    name: 'millrace_deliver_stage_seconds',
    about: 'Time a batch spends in each stage: decode, lookup, map, apply, commit.',
    labels: ['connector', 'stage'],
    buckets: LATENCY_S,
  },
  deliverLatency: {
    kind: 'histogram',
    name: 'millrace_deliver_latency_seconds',
    about: "From the source's commit to the write applied in the target.",
    labels: ['connector'],
    buckets: LATENCY_S,
  },
  lookupValues: {
    kind: 'counter',
    name: 'millrace_lookup_values_total',
    about: 'Values looked up, by where the answer came from: memory, shared, source.',
    labels: ['connector', 'from'],
  },
  sinkThrottles: {
    kind: 'counter',
    name: 'millrace_sink_throttles_total',
    about: 'Requests that the target throttled.',
    labels: ['connector'],
  },
  deadWaiting: {
    kind: 'gauge',
    name: 'millrace_dead_letters',
    about: 'Dead letters that wait for a person.',
    labels: ['connector'],
  },
  canaryOn: {
    kind: 'gauge',
    name: 'millrace_canary_on',
    about: '1 while the canary row is written into the source, 0 where it may not be.',
    labels: ['source'],
  },
  canarySeen: {
    kind: 'gauge',
    name: 'millrace_canary_timestamp_seconds',
    about:
      'When the canary last arrived in the target of a connector, in seconds since 1970; at first when the process began.',
    labels: ['connector', 'source'],
  },
  canaryTime: {
    kind: 'histogram',
    name: 'millrace_canary_seconds',
    about: 'From the commit of the canary row in the source to its arrival in the target.',
    labels: ['connector', 'source'],
    buckets: LATENCY_S,
  },
} as const satisfies Record<string, MetricSpec>
