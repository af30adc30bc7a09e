// Takes orders for repairs of gaps, and answers which gaps there are.

import { MillraceError } from '../core/errors.ts'
import type { RepairScope } from '../core/gap.ts'
import { type Limits, NO_LIMITS } from '../core/run.ts'
import type { GapBook, KnownGap } from './gap-book.ts'
import type { Run } from './run-book.ts'
import type { OrderGiven, RunDesk } from './run-desk.ts'

export interface GapDeskOptions {
  readonly desk: RunDesk
  readonly book: GapBook
}

export interface RepairAsked {
  readonly connector: string
  /** One gap; all that are open when left out. */
  readonly gap?: string | undefined
  readonly limits?: Partial<Limits>
}

export class GapDesk {
  readonly #options: GapDeskOptions

  constructor(options: GapDeskOptions) {
    this.#options = options
  }

  async list(): Promise<readonly KnownGap[]> {
    const { book } = this.#options
    await book.refresh()
    return book.all()
  }

  /** What it comes to; throws GAP_UNKNOWN and NOTHING_TO_REPAIR. */
  async plan({ connector, gap, limits }: RepairAsked): Promise<Omit<OrderGiven, 'by'>> {
    await this.list()
    const meant = gap === undefined ? this.#options.book.open(connector) : [this.#open(connector, gap)]
    if (meant.length === 0) throw nothing(`no gap is open for ${connector}`)
    const gaps = meant.map(({ id }) => id).toSorted()
    const tables = tablesOf(meant, connector)
    const scope: RepairScope = { gaps, tables }
    return { kind: 'repair', connector, scope: JSON.stringify(scope), limits: { ...NO_LIMITS, ...limits } }
  }

  /** One under way that repairs these gaps is the answer. */
  async order(asked: RepairAsked, by: string): Promise<Run> {
    const given = await this.plan(asked)
    return this.#options.desk.order({ ...given, by }, (runs) => runs.find((run) => isCovering(run, given)) ?? null)
  }

  #open(connector: string, id: string): KnownGap {
    const found = this.#options.book.all().find((one) => one.id === id)
    if (found === undefined) throw new MillraceError('GAP_UNKNOWN', `there is no gap "${id}"`)
    const standing = found.standings.find((one) => one.connector === connector)
    if (standing === undefined) throw nothing(`${connector} reads no table of the gap ${id}`)
    if (standing.repair === null) return found
    throw nothing(`the run ${standing.repair.run} has repaired the gap ${id} for ${connector}`)
  }
}

function tablesOf(gaps: readonly KnownGap[], connector: string): readonly string[] {
  const standings = gaps.flatMap(({ standings: all }) => all.filter((one) => one.connector === connector))
  return [...new Set(standings.flatMap(({ tables }) => tables))]
}

function isCovering({ order }: Run, given: Omit<OrderGiven, 'by'>): boolean {
  if (order.kind !== 'repair' || order.connector !== given.connector || order.wanted === 'cancelled') return false
  const { gaps } = JSON.parse(order.scope) as RepairScope
  const wanted = JSON.parse(given.scope) as RepairScope
  return wanted.gaps.every((gap) => gaps.includes(gap))
}

function nothing(message: string): MillraceError {
  return new MillraceError('NOTHING_TO_REPAIR', message)
}
