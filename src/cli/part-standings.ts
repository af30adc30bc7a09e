// How the parts stand, as this process sees them at one moment: its own by what they say, others as such.

import type { FlowState } from '../control/flow-view.ts'
import type { PartReport } from '../control/readiness.ts'

const ELSEWHERE: readonly FlowState[] = ['elsewhere', 'standby']

export class PartStandings {
  /** The names of those that this process runs. */
  readonly #own: ReadonlySet<string>
  readonly #reports: ReadonlyMap<string, PartReport>

  constructor(own: ReadonlySet<string>, reports: readonly PartReport[]) {
    this.#own = own
    this.#reports = new Map(reports.map((report) => [report.part, report]))
  }

  stateOf(part: string): FlowState {
    if (!this.#own.has(part)) return 'elsewhere'
    const report = this.#reports.get(part)
    if (report === undefined) return 'starting'
    if (report.state === 'running' && report.partitions === 0) return 'standby'
    return report.state === 'ended' ? 'stopped' : report.state
  }

  errorOf(part: string): PartReport['error'] {
    return this.#reports.get(part)?.error ?? null
  }

  /** At least some of it is done in this process. */
  isHere(part: string): boolean {
    return !ELSEWHERE.includes(this.stateOf(part))
  }

  /** So are all of its partitions, or slices, of which there are so many. */
  isAllHere(part: string, of: number): boolean {
    return this.isHere(part) && (this.#reports.get(part)?.partitions ?? of) >= of
  }
}
