// What a process counted of what it moved: sums, and the most that it saw at once. Those of several processes, or of several
// days, go together to one.

import { z } from 'zod'

const Counts = z.record(z.string(), z.number())
type Counts = z.infer<typeof Counts>
const ByName = z.record(z.string(), Counts)
type ByName = z.infer<typeof ByName>

export const Figures = z.object({
  /** By connector: records, writes by what the target did with them, retries. */
  connectors: ByName,
  /** By source: rows captured, retries. */
  sources: ByName,
  /** By connector: how many changes took up to so many seconds, as a histogram of Prometheus counts them. */
  latency: ByName,
  /** By connector, the most at once: records a second, lag in seconds. */
  peaks: ByName,
})
export type Figures = z.infer<typeof Figures>

/** Of one process, between two daily summaries. */
export interface DayFigures {
  readonly process: string
  /** When the summary before was due: the day begins then. */
  readonly dayMs: number
  /** Since when it counted. */
  readonly fromMs: number
  readonly atMs: number
  readonly figures: Figures
}

export const NO_FIGURES: Figures = { connectors: {}, sources: {}, latency: {}, peaks: {} }

export function addFigures(one: Figures, other: Figures): Figures {
  return { ...each(one, other, (all, more) => all + more), peaks: together(one.peaks, other.peaks, Math.max) }
}

/** What has been counted since; peaks are as they are. */
export function figuresSince(now: Figures, then: Figures): Figures {
  return { ...each(now, then, (all, before) => all - before), peaks: now.peaks }
}

type Join = (one: number, other: number) => number

function each(one: Figures, other: Figures, join: Join): Omit<Figures, 'peaks'> {
  return {
    connectors: together(one.connectors, other.connectors, join),
    sources: together(one.sources, other.sources, join),
    latency: together(one.latency, other.latency, join),
  }
}

function together(one: ByName, other: ByName, join: Join): ByName {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((name) => [name, joined(one[name] ?? {}, other[name] ?? {}, join)]))
}

function joined(one: Counts, other: Counts, join: Join): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((name) => [name, join(one[name] ?? 0, other[name] ?? 0)]))
}
