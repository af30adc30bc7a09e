// What this process has counted since the day began: its counters as they are now, without what they were then.

import type { FlowView } from '../control/flow-view.ts'
import { CANARY } from '../core/canary.ts'
import type { Side } from '../core/contested.ts'
import { type Figures, figuresSince, NO_FIGURES } from '../core/figures.ts'
import type { Metrics } from '../observe/metrics.ts'
import { capturePart, deliverPart } from './parts.ts'

type Counter = 'captureRows' | 'deliverRecords' | 'deliverWrites' | 'sinkThrottles' | 'retries'

export interface DayCountOptions {
  readonly metrics: Pick<Metrics, Counter | 'deliverLatency'>
  readonly connectors: readonly string[]
  /** Their names. */
  readonly sources: ReadonlyMap<Side, string>
}

interface Value {
  readonly labels: Partial<Readonly<Record<string, string | number>>>
  readonly value: number
}

const DIDS = ['applied', 'stale', 'exists', 'rejected'] as const
const BUCKETS = 'millrace_deliver_latency_seconds_bucket'

export class DayCount {
  readonly #options: DayCountOptions
  #before = NO_FIGURES
  #peaks: Figures['peaks'] = {}

  constructor(options: DayCountOptions) {
    this.#options = options
  }

  /** How it goes just now: the most of it is kept. */
  see({ flows }: Pick<FlowView, 'flows'>): void {
    const most = (now: number | null, before = 0) => Math.max(now ?? 0, before)
    const peaks = flows.map(({ connector, records_per_second, lag_seconds }) => {
      const { records, lag } = this.#peaks[connector] ?? {}
      return [connector, { records: most(records_per_second, records), lag: most(lag_seconds, lag) }] as const
    })
    this.#peaks = Object.fromEntries(peaks)
  }

  async figures(): Promise<Figures> {
    return figuresSince(await this.#now(), this.#before)
  }

  /** Of the day that ends with this; the next one begins. */
  async end(): Promise<Figures> {
    const now = await this.#now()
    const figures = figuresSince(now, this.#before)
    this.#before = now
    this.#peaks = {}
    return figures
  }

  async #now(): Promise<Figures> {
    const { connectors, sources } = this.#options
    const captured = await this.#counter('captureRows')
    const retries = await this.#counter('retries')
    const retriesOf = (part: string) => sum(retries.filter(({ labels }) => labels.part === part))
    const ofSources = [...sources].map(([side, source]) => {
      const rows = captured.filter(({ labels }) => labels.source === source && labels.table !== CANARY)
      return [source, { rows: sum(rows), retries: retriesOf(capturePart(side)) }] as const
    })
    const counted = await this.#ofConnectors()
    const ofConnectors = connectors.map((name) => {
      return [name, { ...counted(name), retries: retriesOf(deliverPart(name)) }] as const
    })
    return {
      sources: Object.fromEntries(ofSources),
      connectors: Object.fromEntries(ofConnectors),
      latency: await this.#latency(),
      peaks: this.#peaks,
    }
  }

  async #ofConnectors(): Promise<(name: string) => Readonly<Record<string, number>>> {
    const records = await this.#counter('deliverRecords')
    const writes = await this.#counter('deliverWrites')
    const throttles = await this.#counter('sinkThrottles')
    return (name) => {
      const of = (values: readonly Value[]) => values.filter(({ labels }) => labels.connector === name)
      const did = (what: string) => sum(of(writes).filter(({ labels }) => labels.did === what))
      return {
        ...Object.fromEntries(DIDS.map((what) => [what, did(what)])),
        ...{ records: sum(of(records)), throttles: sum(of(throttles)) },
      }
    }
  }

  async #latency(): Promise<Figures['latency']> {
    const { values } = await this.#options.metrics.deliverLatency.get()
    const buckets = values.filter(({ metricName }) => metricName === BUCKETS)
    const byConnector = Map.groupBy(buckets, ({ labels }) => String(labels.connector))
    const all = [...byConnector].map(([connector, own]) => {
      return [connector, Object.fromEntries(own.map(({ labels, value }: Value) => [String(labels.le), value]))] as const
    })
    return Object.fromEntries(all)
  }

  async #counter(name: Counter): Promise<readonly Value[]> {
    return (await this.#options.metrics[name].get()).values
  }
}

function sum(values: readonly Value[]): number {
  return values.reduce((all, { value }) => all + value, 0)
}
