// One call of apply: who runs when. Writes of one lane and writes to one item run in the order given, everything else
// at once; after a rejection the rest of its lane is not tried.

import { setMaxListeners } from 'node:events'
import { formatCursor } from '../../core/cursor.ts'
import type { Create, Identify, Merge, Write } from '../../core/write.ts'
import { describeItem, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Clash, Outcome, PlacedWrite } from '../sink.ts'
import { type Stamp, stampOf } from '../stamp.ts'
import type { Partition } from './adopt.ts'
import type { Adoptions, NumberedRow } from './adoptions.ts'
import { CallIo } from './call-io.ts'
import { contest } from './contest.ts'
import { create } from './create.ts'
import { identify } from './identify.ts'
import { merge } from './merge.ts'
import { remove } from './remove.ts'
import type { Requests } from './requests.ts'
import { seed } from './seed.ts'
import type { SinkMemory } from './sink-memory.ts'
import { superseded } from './superseded.ts'
import { Tally } from './tally.ts'
import type { TargetTables } from './target-tables.ts'
import { Turns } from './turns.ts'

export interface ApplyCallOptions {
  readonly requests: Requests
  readonly targets: TargetTables
  readonly memory: SinkMemory
  readonly adoptions: Adoptions
  readonly signal: AbortSignal
  /** When a tombstone made now may go: seconds since 1970. */
  readonly expiresAt: number
  readonly nowMs: () => number
}

/** How the reason begins of what was not tried. */
const BEHIND = 'behind '

/** Which write of the call, and of which record, something is done for. */
interface Task {
  readonly stamp: Stamp
  readonly owner: number
}

export class ApplyCall {
  readonly #options: ApplyCallOptions
  readonly #io: CallIo
  readonly #tally: Tally
  readonly #turns = new Turns()
  /** Apart from the others: a dependent that waited for a later write of its own lane would wait for ever. */
  readonly #dependentTurns = new Turns()
  readonly #rejectedLanes = new Map<string, string>()
  readonly #failed = new AbortController()

  constructor(options: ApplyCallOptions) {
    this.#options = options
    this.#tally = new Tally(options.memory)
    const signal = AbortSignal.any([options.signal, this.#failed.signal])
    setMaxListeners(0, signal)
    this.#io = new CallIo({ ...options, signal })
  }

  async run(writes: readonly PlacedWrite[]): Promise<readonly Outcome[]> {
    for (const { write } of writes) this.#options.targets.checkOwned(write)
    const tasks = this.#start(writes)
    // Nothing of a failed call may still be on its way when the same writes are given again.
    await Promise.allSettled(tasks)
    this.#io.signal.throwIfAborted()
    const outcomes = await Promise.all(tasks)
    const uncounted = await this.#tally.flush(this.#io, rejectedOwners(writes, outcomes))
    return outcomes.map((outcome, owner) => {
      const reason = uncounted.get(owner)
      return reason === undefined ? outcome : { ...outcome, did: 'rejected', reason }
    })
  }

  #start(writes: readonly PlacedWrite[]): readonly Promise<Outcome>[] {
    const covers = superseded(writes)
    const started = writes.map((placed, owner) =>
      covers.has(owner) ? null : this.#turns.take(turnNames(placed), () => this.#perform(placed, owner)),
    )
    return writes.map((placed, owner) => {
      const cover = started[covers.get(owner) ?? owner]
      return started[owner] ?? this.#skip(placed, owner, cover)
    })
  }

  /** Of a merge that a newer one covers nothing is left to do, unless the newer one can never be applied. */
  async #skip(placed: PlacedWrite, owner: number, cover: Promise<Outcome> | null | undefined): Promise<Outcome> {
    const newer = await cover
    if (newer?.did !== 'rejected') return { did: 'stale' }
    // Nothing stands between the two in their lane: what the newer one is behind comes before both.
    if (newer.reason?.startsWith(BEHIND)) return newer
    return this.#turns.take(turnNames(placed), () => this.#apply(placed.write, { stamp: stampOf(placed), owner }))
  }

  async #perform(placed: PlacedWrite, owner: number): Promise<Outcome> {
    const rejected = this.#rejectedLanes.get(placed.lane)
    if (rejected !== undefined) return { did: 'rejected', reason: `${BEHIND}${rejected}` }
    const stamp = stampOf(placed)
    const outcome = await this.#apply(placed.write, { stamp, owner })
    if (outcome.did === 'rejected') this.#rejectedLanes.set(placed.lane, `${stamp.mark}, which was rejected`)
    return outcome
  }

  async #apply(write: Write, task: Task): Promise<Outcome> {
    try {
      return await this.#attempt(write, task)
    } catch (error) {
      if (error instanceof Rejection) return { did: 'rejected', reason: `${describeWrite(write)}: ${error.message}` }
      this.#failed.abort(error)
      throw error
    }
  }

  #attempt(write: Write, task: Task): Promise<Outcome> {
    const { expiresAt } = this.#options
    const { stamp, owner } = task
    switch (write.do) {
      case 'create':
        return this.#create(write, task)
      case 'merge':
        return this.#merge(write, stamp)
      case 'remove':
        return remove(this.#io, write, { stamp, expiresAt })
      case 'identify':
        return this.#identify(write, task)
      case 'count':
        this.#tally.add(write, stamp, owner)
        // What is delivered once more was counted the first time.
        return Promise.resolve({ did: stamp.isReplay ? 'exists' : 'applied' })
    }
  }

  #merge(write: Merge, stamp: Stamp): Promise<Outcome> {
    const { memory, nowMs } = this.#options
    if (write.seed) return seed(this.#io, write, { stamp, memory })
    if (write.mustExist || write.contested !== undefined) return contest(this.#io, write, { stamp, nowMs })
    return merge(this.#io, write, stamp)
  }

  async #create(write: Create, { stamp, owner }: Task): Promise<Outcome> {
    const clashes = await this.#adopt(write.adopted && { ...write, within: write.key[0], by: write.adopted.by }, stamp)
    const isKnown =
      write.adopted && (await this.#isKnown({ ...write.adopted, table: write.table, within: write.key[0] }, stamp))
    const outcome: Outcome = isKnown ? { did: 'exists' } : await create(this.#io, write, stamp)
    if (outcome.did === 'applied') for (const count of write.counts ?? []) this.#tally.add(count, stamp, owner)
    return withClashes(outcome, clashes)
  }

  #isKnown(row: NumberedRow, { mark }: Stamp): Promise<boolean> {
    return this.#options.adoptions.isKnown(row, mark, this.#io.signal)
  }

  async #identify(write: Identify, task: Task): Promise<Outcome> {
    const { memory, targets } = this.#options
    const { stamp, owner } = task
    const found = await this.#adopt(write.adopt && { ...write, by: write.adopt }, stamp)
    if (write.adopted && (await this.#isKnown({ ...write, ...write.adopted }, stamp)))
      return withClashes({ did: 'exists' }, found)
    const { person, did } = await identify(this.#io, write, { stamp, memory })
    if (person.isOurs) for (const count of write.counts ?? []) this.#tally.add(count, stamp, owner)
    const clashes = [...found, ...memory.unreported(person.clashes, stamp.mark)]
    const writes = write.dependents?.(person.id) ?? []
    for (const dependent of writes) targets.checkOwned(dependent)
    const dependents = await Promise.all(
      writes.map(async (dependent) => {
        const outcome = await this.#dependentTurns.take(itemNames(dependent), () => this.#apply(dependent, task))
        return { ...outcome, do: dependent.do }
      }),
    )
    const rejected = dependents.find((dependent) => dependent.did === 'rejected')
    const outcome = {
      did: rejected === undefined ? did : 'rejected',
      ...(rejected?.reason === undefined ? {} : { reason: rejected.reason }),
      ...(person.isOurs ? { made: true as const } : {}),
      ...(dependents.length === 0 ? {} : { dependents }),
    } as const
    return withClashes(outcome, clashes)
  }

  /** The clashes that are this record's to report. */
  async #adopt(partition: Partition | undefined, { mark }: Stamp): Promise<readonly Clash[]> {
    if (partition === undefined) return []
    const adopted = await this.#options.adoptions.of(partition, mark, this.#io.signal)
    return adopted.mark.record === mark ? (adopted.clashes ?? []) : []
  }
}

/** All writes of records of which one was rejected. */
function rejectedOwners(writes: readonly PlacedWrite[], outcomes: readonly Outcome[]): ReadonlySet<number> {
  const marks = writes.map(({ cursor }) => formatCursor(cursor))
  const rejected = new Set(marks.filter((_, owner) => outcomes[owner]?.did === 'rejected'))
  return new Set(marks.flatMap((mark, owner) => (rejected.has(mark) ? [owner] : [])))
}

/** An identify has no item yet: its claims take turns of their own. */
function turnNames({ write, lane }: PlacedWrite): readonly string[] {
  const laneTurn = `lane ${lane}`
  return [laneTurn, ...itemNames(write)]
}

function itemNames(write: Write): readonly string[] {
  return write.do === 'identify' ? [] : [`item ${itemId(write)}`]
}

function describeWrite(write: Write): string {
  return write.do === 'identify' ? `${write.table} [${write.within}]` : describeItem(write)
}

function withClashes(outcome: Outcome, clashes: readonly Clash[]): Outcome {
  return clashes.length === 0 ? outcome : { ...outcome, clashes }
}
