// Takes what a person decides about a conflict, as an order for a run.

import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import { MillraceError } from '../core/errors.ts'
import { NO_LIMITS } from '../core/run.ts'
import type { ConflictBook, KnownConflict, KnownContest } from './conflict-book.ts'
import { ResolveScope } from './resolve.ts'
import type { Run } from './run-book.ts'
import type { OrderGiven, RunDesk } from './run-desk.ts'

export interface ConflictDeskOptions {
  readonly desk: RunDesk
  readonly book: ConflictBook
  readonly connectors: readonly Connector[]
}

export interface Resolving {
  readonly id: string
  readonly take: Side
  readonly note: string
}

export class ConflictDesk {
  readonly #options: ConflictDeskOptions

  constructor(options: ConflictDeskOptions) {
    this.#options = options
  }

  /** What it comes to; throws CONFLICT_UNKNOWN, CONFLICT_SETTLED, and SCOPE_INVALID where nobody could carry it out. */
  async plan({ id, take, note }: Resolving): Promise<Omit<OrderGiven, 'by'>> {
    const { book } = this.#options
    await book.refresh()
    const connector = this.#writer(openOne(book.get(id)), take)
    return { kind: 'resolve', connector, scope: JSON.stringify({ id, take, note }), limits: NO_LIMITS }
  }

  /** The run under way that takes the same side is the answer. */
  async order(asked: Resolving, by: string): Promise<Run> {
    const given = await this.plan(asked)
    return this.#options.desk.order({ ...given, by }, (runs) => underWay(runs, asked))
  }

  /** Who writes to the side that loses, and knows where. */
  #writer({ id, connectors: finders }: KnownContest, take: Side): string {
    const writers = this.#options.connectors.filter(({ sink }) => sink !== take)
    const writer = writers.find(({ name }) => finders.includes(name))
    if (writer !== undefined) return writer.name
    const names = writers.map(({ name }) => name).join(' or ')
    const who = names === '' ? 'no connector writes there' : `${names} has not met it yet`
    const loser: Side = take === 'mysql' ? 'dynamodb' : 'mysql'
    throw new MillraceError('SCOPE_INVALID', `${id} cannot be written to ${loser}: ${who}`)
  }
}

function openOne(known: KnownConflict): KnownContest {
  const { id, kind, state } = known
  if (kind === 'claim')
    throw new MillraceError('SCOPE_INVALID', `${id} is about a claim, of which there are no versions`)
  if (state === 'open') return known
  throw new MillraceError('CONFLICT_SETTLED', `the conflict ${id} is ${state} already`)
}

function underWay(runs: readonly Run[], { id, take }: Resolving): Run | null {
  for (const run of runs) {
    if (run.order.kind !== 'resolve') continue
    const scope = ResolveScope.parse(JSON.parse(run.order.scope))
    if (scope.id !== id) continue
    if (scope.take === take) return run
    throw new MillraceError('CONFLICT_SETTLED', `the conflict ${id} is being resolved already: ${scope.take} is taken`)
  }
  return null
}
