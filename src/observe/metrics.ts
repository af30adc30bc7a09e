// Every metric millrace has, by name, in one place. The README's table, the dashboards and the alerts are tested
// against it.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { FLOW_METRICS } from './flow-metrics.ts'
import type { MetricSpec } from './metric-spec.ts'
import { PROCESS_METRICS } from './process-metrics.ts'
import { RUN_METRICS } from './run-metrics.ts'

interface Kinds {
  counter: Counter<string>
  gauge: Gauge<string>
  histogram: Histogram<string>
}

export const METRICS = { ...PROCESS_METRICS, ...FLOW_METRICS, ...RUN_METRICS } as const satisfies Record<
  string,
  MetricSpec
>

type Specs = typeof METRICS
type Instrument<Spec extends MetricSpec> = Spec['kind'] extends 'counter'
  ? Counter<Spec['labels'][number]>
  : Spec['kind'] extends 'gauge'
    ? Gauge<Spec['labels'][number]>
    : Histogram<Spec['labels'][number]>

/** The instruments, one for each entry of METRICS, and the registry that prints them. */
export type Metrics = { readonly [Name in keyof Specs]: Instrument<Specs[Name]> } & { readonly registry: Registry }

export function createMetrics(): Metrics {
  const registry = new Registry()
  const instruments = Object.entries(METRICS).map(([key, spec]) => [key, create(spec, registry)])
  return Object.assign(Object.fromEntries(instruments), { registry })
}

/**
 * How often it is looked whether the event loop is late, which wakes a process that has nothing else to do. What Node
 * then says of the delay has this time in it.
 */
const LOOP_LOOK_MS = 250

/** Adds what Node and the operating system say of this process, and which version it runs. */
export function describeProcess(metrics: Metrics, version: string): void {
  collectDefaultMetrics({ register: metrics.registry, eventLoopMonitoringPrecision: LOOP_LOOK_MS })
  metrics.buildInfo.set({ version, node: process.version }, 1)
}

function create(spec: MetricSpec, registry: Registry): Kinds[keyof Kinds] {
  const options = { name: spec.name, help: spec.about, labelNames: [...spec.labels], registers: [registry] }
  switch (spec.kind) {
    case 'counter':
      return new Counter(options)
    case 'gauge':
      return new Gauge(options)
    case 'histogram':
      return new Histogram({ ...options, ...(spec.buckets && { buckets: [...spec.buckets] }) })
  }
}
