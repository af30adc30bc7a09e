// Gathers what the demo's picture shows: counts and their rates at the three stages, latency and lag.

import type { Metrics } from '../../observe/metrics.ts'
import type { Scene, Stage } from './frame.ts'
import { Speed } from './speed.ts'
import type { Tally } from './tally.ts'

export interface SceneryOptions {
  readonly tally: Tally
  readonly metrics: Metrics
  readonly address: string
  /** What stands under each stage's title. */
  readonly places: { readonly source: string; readonly log: string; readonly target: string }
}

export class Scenery {
  readonly #options: SceneryOptions
  readonly #startMs = performance.now()
  readonly #speeds = {
    source: new Speed(this.#startMs),
    log: new Speed(this.#startMs),
    target: new Speed(this.#startMs),
  }

  constructor(options: SceneryOptions) {
    this.#options = options
  }

  async scene(): Promise<Scene> {
    const { tally, metrics, address, places } = this.#options
    const nowMs = performance.now()
    const changes = await total(metrics.captureRows)
    this.#speeds.source.see(tally.written, nowMs)
    this.#speeds.log.see(changes, nowMs)
    this.#speeds.target.see(tally.arrived, nowMs)
    const stages: readonly Stage[] = [
      {
        title: 'MySQL',
        where: places.source,
        count: tally.written,
        what: 'comments',
        rates: this.#speeds.source.rates,
      },
      { title: 'log', where: places.log, count: changes, what: 'changes', rates: this.#speeds.log.rates },
      {
        title: 'DynamoDB',
        where: places.target,
        count: tally.arrived,
        what: 'comments',
        rates: this.#speeds.target.rates,
      },
    ]
    return {
      elapsedMs: nowMs - this.#startMs,
      stages,
      latency: tally.latency,
      onTheirWay: tally.written - tally.arrived,
      lagRecords: await total(metrics.lagRecords),
      dead: await total(metrics.deliverDead),
      recent: tally.recent,
      address,
    }
  }
}

async function total(metric: { get(): Promise<{ values: readonly { value: number }[] }> }): Promise<number> {
  const { values } = await metric.get()
  return values.reduce((sum, { value }) => sum + value, 0)
}
