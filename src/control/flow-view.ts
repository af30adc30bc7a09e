// How everything flows just now, as the console draws it: sources, log, sinks, what moves between them, what is wrong.

import { z } from 'zod'
import { Trouble } from './trouble.ts'

/**
 * Standby: another process has all of it, and this one takes over. Elsewhere: only others run it. Starting: not yet.
 */
const FLOW_STATES = ['running', 'retrying', 'stopped', 'standby', 'elsewhere', 'starting'] as const

const Fault = z.object({ code: z.string(), message: z.string(), hint: z.string() })
const State = z.enum(FLOW_STATES)

const SourceFlow = z.object({
  name: z.string(),
  kind: z.enum(['mysql', 'dynamodb', 'import']),
  state: State,
  /** Its last sign of life, by its own clock; null before the first. */
  seen_at: z.iso.datetime().nullable(),
  /** How long ago that was; null where there was none, and for imports, which are not waited for. */
  lag_seconds: z.number().nullable(),
  /** By whoever captures; null before anybody knows. */
  rows_per_second: z.number().nullable(),
  error: Fault.nullable(),
})

const ConnectorFlow = z.object({
  connector: z.string(),
  /** Names of a source and of a sink. */
  from: z.string(),
  to: z.string(),
  state: State,
  /** Null while the log does not answer. */
  lag_records: z.number().nullable(),
  lag_seconds: z.number().nullable(),
  /** By whoever delivers; null before anybody knows. */
  records_per_second: z.number().nullable(),
  /** A second, of what this process delivers; null where it delivers nothing. */
  writes: z.object({ applied: z.number(), stale: z.number(), exists: z.number(), rejected: z.number() }).nullable(),
  /** Of what this process delivered in the last minute, from the source's commit to the write; null where nothing came. */
  latency_ms: z.object({ p50: z.number(), p99: z.number() }).nullable(),
  dead_letters: z.number(),
  open_gaps: z.number(),
  open_conflicts: z.number(),
  error: Fault.nullable(),
})

export const FlowView = z.object({
  at: z.iso.datetime(),
  version: z.string(),
  started_at: z.iso.datetime(),
  ready: z.boolean(),
  why: z.array(z.string()),
  sources: z.array(SourceFlow),
  log: z.object({
    kind: z.enum(['file', 'kafka']),
    records_per_second: z.number().nullable(),
    /** Null where others append. */
    bytes_per_second: z.number().nullable(),
  }),
  sinks: z.array(z.object({ name: z.string(), kind: z.enum(['mysql', 'dynamodb']) })),
  flows: z.array(ConnectorFlow),
  /** Each once, whichever connectors have found it. */
  open_conflicts: z.number(),
  runs: z.object({ active: z.number(), queued: z.number() }),
  troubles: z.array(Trouble),
})
export type FlowView = z.infer<typeof FlowView>
export type SourceFlow = FlowView['sources'][number]
export type ConnectorFlow = FlowView['flows'][number]
export type FlowState = (typeof FLOW_STATES)[number]
