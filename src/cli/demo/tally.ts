// What the demo has seen so far: which comments were written, which have arrived and how much later.

import type { Visit } from './legacy-site.ts'
import type { Arrival } from './watched-sink.ts'

export interface Followed {
  readonly visit: Visit
  readonly writtenAt: Date
  /** Null while it is on its way. */
  readonly latencyMs: number | null
}

export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly worstMs: number
}

const RECENT_MAX = 50
const LATENCIES_MAX = 5_000

export class Tally {
  readonly #pending = new Map<number, Visit>()
  /** Arrivals of comments whose commit was not yet reported back to us: it can be that quick. */
  readonly #early = new Map<number, number>()
  readonly #latenciesMs: number[] = []
  #recent: Followed[] = []
  #written = 0
  #arrived = 0

  get written(): number {
    return this.#written
  }
  get arrived(): number {
    return this.#arrived
  }
  /** The newest first. */
  get recent(): readonly Followed[] {
    return this.#recent
  }

  get latency(): Latency | null {
    const sorted = this.#latenciesMs.toSorted((one, other) => one - other)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return sorted.length === 0 ? null : { p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1) }
  }

  wrote(visit: Visit): Followed | null {
    this.#written++
    this.#recent.unshift({ visit, writtenAt: new Date(), latencyMs: null })
    this.#recent.length = Math.min(this.#recent.length, RECENT_MAX)
    this.#pending.set(visit.idcomment, visit)
    const arrivedMs = this.#early.get(visit.idcomment)
    this.#early.delete(visit.idcomment)
    return arrivedMs === undefined ? null : this.#settle(visit, arrivedMs)
  }

  /** What is now known of the comment, where it is one of ours. */
  heard({ idcomment, did }: Arrival, nowMs: number): Followed | null {
    if (did === 'rejected') return null
    const visit = this.#pending.get(idcomment)
    if (visit !== undefined) return this.#settle(visit, nowMs)
    this.#early.set(idcomment, nowMs)
    return null
  }

  #settle(visit: Visit, arrivedMs: number): Followed {
    const latencyMs = Math.max(0, arrivedMs - visit.committedMs)
    this.#arrived++
    this.#pending.delete(visit.idcomment)
    this.#latenciesMs.push(latencyMs)
    if (this.#latenciesMs.length > LATENCIES_MAX) this.#latenciesMs.shift()
    this.#recent = this.#recent.map((one) => (one.visit === visit ? { ...one, latencyMs } : one))
    return this.#recent.find((one) => one.visit === visit) ?? { visit, writtenAt: new Date(), latencyMs }
  }
}
