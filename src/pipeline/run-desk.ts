// Takes orders for runs. Whoever decides by what the book says holds the desk's writer, which fences every other: if
// somebody else was faster, it is read and decided again. So of two equal requests at once, one makes the run.

import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '../core/audit-entry.ts'
import { MillraceError } from '../core/errors.ts'
import { type Limits, type Order, orderKey } from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { Verified } from '../core/verified.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { AuditTrail } from '../sink/audit-trail.ts'
import { auditRecord } from './audit-record.ts'
import { type Audited, auditEntry } from './audited.ts'
import type { Clock } from './clock.ts'
import { decideAlone } from './decide-alone.ts'
import { orderDetails } from './order-details.ts'
import { isOver, type Run, type RunBook, type RunsAsked, stateOf } from './run-book.ts'

export interface RunDeskOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly book: RunBook
  readonly clock: Clock
  /** Who asked for what of imports goes on it. */
  readonly trail?: AuditTrail | null
}

export type OrderGiven = Pick<Order, 'kind' | 'connector' | 'scope' | 'limits' | 'by'> & {
  /** Of an order that may come twice: the second time it is the same. */
  readonly id?: string
}

export interface Amendment {
  /** Who asks. */
  readonly by: string
  readonly wanted?: Order['wanted']
  readonly limits?: Partial<Limits>
}

/** What a run that there is already is to be about from now on: what it was about, and more behind that. */
export interface Grown {
  readonly run: Run
  readonly scope: string
}

interface Told extends Pick<AuditEntry, 'id' | 'who' | 'what' | 'atMs'> {
  readonly more?: Readonly<Record<string, unknown>>
}

/** What goes on record: an order, or none where a run does it already; and who wanted it, unless nobody did just now. */
type Decision = { readonly order: Order; readonly told?: Told } | { readonly run: Run; readonly told?: Told }

const ACTIONS = { running: 'resume', paused: 'pause', cancelled: 'cancel' } as const
const WRITER = 'millrace.desk'

export class RunDesk {
  readonly #options: RunDeskOptions
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: RunDeskOptions) {
    this.#options = options
  }

  /** `same` finds the run that is already under way for this; it is then the answer. */
  async order(given: OrderGiven, same: (runs: readonly Run[]) => Run | null = () => null): Promise<Run> {
    // What comes of it may be on record before it is itself.
    const atMs = this.#options.clock.nowMs()
    const deed = { id: `order ${given.id ?? randomUUID()}`, who: given.by, atMs }
    let isFresh = false
    const id = await this.#decide((book) => {
      const earlier = given.id === undefined ? null : book.get(given.id)
      if (earlier !== null) return { run: earlier }
      const runs = book.all()
      const known = same(runs.filter((run) => !isOver(run)))
      isFresh = known === null
      const told = { ...deed, what: 'order', more: { is_new: isFresh } } as const
      return known === null ? { order: this.#fresh(given, runs), told } : { run: known, told }
    })
    const run = this.#read(id)
    const what = given.kind === 'rollback' ? 'rollback' : given.id === undefined ? 'trigger' : 'schedule'
    await this.#tell(run, { ...deed, what, more: { is_new: isFresh } })
    return run
  }

  /** `grown` finds a run that may do it besides, and what that is about then: it goes on with it, even if it is done. */
  async orderBesides(given: OrderGiven, grown: (runs: readonly Run[]) => Grown | null): Promise<Run> {
    const deed = { id: `order ${randomUUID()}`, who: given.by, what: 'order', atMs: this.#options.clock.nowMs() }
    const told = { ...deed, more: { is_new: true } }
    const id = await this.#decide((book) => {
      const runs = book.all()
      const found = grown(runs)
      if (found === null) return { order: this.#fresh(given, runs), told }
      const { order } = found.run
      // What it ends with under the attempt before concludes nothing of this one.
      return { order: { ...order, scope: found.scope, attempt: order.attempt + 1 } }
    })
    return this.#read(id)
  }

  async amend(id: string, { by, wanted, limits }: Amendment): Promise<Run> {
    const atMs = this.#options.clock.nowMs()
    const amended = (order: Order) => ({ wanted: wanted ?? order.wanted, limits: { ...order.limits, ...limits } })
    const what = wanted === undefined ? 'limit' : ACTIONS[wanted]
    const deed = { id: `amend ${randomUUID()}`, who: by, what, atMs } as const
    const told = limits === undefined ? deed : { ...deed, more: { limits } }
    await this.#decide((book) => {
      const run = book.get(id)
      if (run === null) throw new MillraceError('RUN_UNKNOWN', `there is no run ${id}`)
      const { order } = run
      const state = stateOf(run)
      if (state === 'failed' && wanted === 'running')
        return { order: { ...order, ...amended(order), attempt: order.attempt + 1 }, told }
      if (isOver(run) || order.wanted === 'cancelled') {
        throw new MillraceError('RUN_OVER', `the run ${id} is ${isOver(run) ? state : 'being cancelled'}`)
      }
      return { order: { ...order, ...amended(order) }, told }
    })
    const run = this.#read(id)
    await this.#tell(run, deed)
    return run
  }

  async find(id: string): Promise<Run> {
    await this.#options.book.refresh()
    return this.#read(id)
  }

  async list(): Promise<readonly Run[]> {
    await this.#options.book.refresh()
    return this.#options.book.all()
  }

  /** Some of them; what became of their rows is added up for these alone. */
  async page(asked: RunsAsked): Promise<readonly Run[]> {
    await this.#options.book.refresh()
    return this.#options.book.page(asked)
  }

  /** Up to when the connector's venues are known to agree. */
  async verified(connector: string): Promise<readonly Verified[]> {
    await this.#options.book.refresh()
    return this.#options.book.verified(connector)
  }

  async #tell({ order }: Run, audited: Audited): Promise<void> {
    const entry = auditEntry(order, audited)
    if (entry !== null) await this.#options.trail?.write(entry)
  }

  #fresh(given: OrderGiven, runs: readonly Run[]): Order {
    // It grows from one order to the next whoever takes them: what one of two runs leaves behind the other may rely on it.
    const orderedAtMs = Math.max(this.#options.clock.nowMs(), 1 + (runs[0]?.order.orderedAtMs ?? 0))
    return { id: randomUUID(), ...given, wanted: 'running', attempt: 1, orderedAtMs }
  }

  #read(id: string): Run {
    const run = this.#options.book.get(id)
    if (run === null) throw new MillraceError('RUN_UNKNOWN', `there is no run ${id}`)
    return run
  }

  /** Answers the id of the run that was known, or of the order that is now on record. */
  #decide(choose: (book: RunBook) => Decision): Promise<string> {
    const turn = this.#turn.catch(() => undefined).then(() => this.#choose(choose))
    this.#turn = turn
    return turn
  }

  #choose(choose: (book: RunBook) => Decision): Promise<string> {
    const { log, book } = this.#options
    return decideAlone(log, WRITER, async (writer) => {
      await book.refresh()
      const decision = choose(book)
      const records = await this.#records(decision)
      if (records.length > 0) await writer.append(records)
      await book.refresh()
      return orderOf(decision).id
    })
  }

  /** The order, if it is a new one, and who wanted it: in one append, so that neither is there without the other. */
  async #records(decision: Decision): Promise<readonly LogRecord[]> {
    const { records } = this.#options
    const order = orderOf(decision)
    const { told } = decision
    const key = Buffer.from(orderKey(order.id))
    const details = { ...orderDetails(order), ...told?.more }
    return [
      ...('order' in decision ? [{ topic: RUNS, key, value: await records.pack('order', order) }] : []),
      ...(told === undefined ? [] : [await auditRecord(records, { ...told, run: order.id, details })]),
    ]
  }
}

function orderOf(decision: Decision): Order {
  return 'order' in decision ? decision.order : decision.run.order
}
