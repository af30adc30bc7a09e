// What the counters of this process come to of late: looked at once a second, so that whoever asks is answered at once.

import { type Buckets, quantile } from '../core/quantile.ts'
import type { Metrics } from '../observe/metrics.ts'
import { nextBeat } from '../pipeline/beat.ts'
import type { Clock } from '../pipeline/clock.ts'

type Counted = 'captureRows' | 'captureBytes' | 'captureSeen' | 'deliverRecords' | 'deliverWrites' | 'sinkThrottles'
type Labels = Readonly<Record<string, string>>

interface Value {
  readonly metric: Counted | 'deliverLatency'
  readonly labels: Partial<Readonly<Record<string, string | number>>>
  readonly value: number
}

interface Look {
  readonly atMs: number
  readonly values: readonly Value[]
}

const COUNTED: readonly Counted[] = [
  'captureRows',
  'captureBytes',
  'captureSeen',
  'deliverRecords',
  'deliverWrites',
  'sinkThrottles',
]
const BUCKETS = 'millrace_deliver_latency_seconds_bucket'
const EVERY_MS = 1_000
/** A rate is of the last few seconds: of one second alone it would jump. */
const RATE_LOOKS = 5
const LOOKS_MAX = 60

export class Rates {
  readonly #metrics: Metrics
  readonly #clock: Clock
  /** The newest first. */
  #looks: readonly Look[] = []

  constructor({ metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock }) {
    this.#metrics = metrics
    this.#clock = clock
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look()
      await nextBeat(this.#clock, EVERY_MS, signal)
    }
  }

  async look(): Promise<void> {
    const look = { atMs: this.#clock.nowMs(), values: await this.#read() }
    this.#looks = [look, ...this.#looks].slice(0, LOOKS_MAX + 1)
  }

  /** Of all that have these labels. */
  perSecond(metric: Counted, labels: Labels): number {
    const [now, then] = [this.#looks[0], this.#looks[Math.min(RATE_LOOKS, this.#looks.length - 1)]]
    if (now === undefined || then === undefined || now.atMs <= then.atMs) return 0
    const grown = sum(now, metric, labels) - sum(then, metric, labels)
    return Math.round((grown / (now.atMs - then.atMs)) * 10_000) / 10
  }

  /** How much it has grown in the last minute. */
  grown(metric: Counted, labels: Labels): number {
    const [now, then] = [this.#looks[0], this.#looks.at(-1)]
    return now === undefined || then === undefined ? 0 : sum(now, metric, labels) - sum(then, metric, labels)
  }

  /** Null before there is one. */
  latest(metric: Counted, labels: Labels): number | null {
    const found = this.#looks[0]?.values.find((one) => one.metric === metric && isOf(one, labels))
    return found?.value ?? null
  }

  /** In which milliseconds this share of a connector's deliveries of the last minute came; null where none came. */
  latencyMs(connector: string, share: number): number | null {
    const [now, then] = [this.#looks[0], this.#looks.at(-1)]
    if (now === undefined || then === undefined) return null
    const before = new Map(buckets(then, connector))
    const counts = buckets(now, connector).map(([upTo, count]) => [upTo, count - (before.get(upTo) ?? 0)] as const)
    const seconds = quantile(counts, share)
    return seconds === null ? null : Math.round(seconds * 10_000) / 10
  }

  async #read(): Promise<readonly Value[]> {
    const latency = await this.#metrics.deliverLatency.get()
    const latencies = latency.values.filter(({ metricName }) => metricName === BUCKETS)
    const counted = await Promise.all(
      COUNTED.map(async (metric) => (await this.#metrics[metric].get()).values.map((one) => ({ metric, ...one }))),
    )
    return [...counted.flat(), ...latencies.map((one) => ({ metric: 'deliverLatency' as const, ...one }))]
  }
}

function sum({ values }: Look, metric: Counted, labels: Labels): number {
  return values.reduce((all, one) => all + (one.metric === metric && isOf(one, labels) ? one.value : 0), 0)
}

function isOf({ labels }: Value, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}

/** Each counts what those before it count, too. */
function buckets({ values }: Look, connector: string): Buckets {
  const own = values.filter((one) => one.metric === 'deliverLatency' && one.labels.connector === connector)
  return own.map(({ labels: { le }, value }) => [le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value])
}
