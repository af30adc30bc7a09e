// The DynamoDB sink: every write of a connector, made safe to repeat. What it remembers between calls only saves
// requests; everything it relies on stands in the items themselves.

import { setMaxListeners } from 'node:events'
import type { TargetTable } from '../../core/connector.ts'
import type { Finding } from '../../core/finding.ts'
import type { Write } from '../../core/write.ts'
import type { Address } from '../../dynamodb/client-config.ts'
import { Transport } from '../../dynamodb/transport.ts'
import type { Compared, ItemsPage, ItemsRequest, Outcome, PlacedWrite, Sink } from '../sink.ts'
import { Adoptions } from './adoptions.ts'
import { ApplyCall } from './apply-call.ts'
import { CallIo } from './call-io.ts'
import { checkTables } from './check.ts'
import { Comparison } from './comparison.ts'
import { foresee } from './foresee.ts'
import { itemsPage } from './items-page.ts'
import { Pace } from './pace.ts'
import { Requests } from './requests.ts'
import { SinkMemory } from './sink-memory.ts'
import { TargetTables } from './target-tables.ts'
import type { WriteBudget } from './write-budget.ts'

export interface DynamodbSinkOptions extends Address {
  readonly targets: Readonly<Record<string, TargetTable>>
  /** Write units a second, perhaps shared with other processes; without it as fast as DynamoDB takes them. */
  readonly budget?: WriteBudget
  /** Hears of each request that DynamoDB throttles. */
  readonly onThrottled?: () => void
  readonly inFlightMax?: number
  /** How long a tombstone stays: longer than the log keeps records, and than the longest run. */
  readonly tombstoneMs?: number
  readonly now?: () => number
}

const IN_FLIGHT_MAX = 64
const TOMBSTONE_MS = 90 * 24 * 3_600_000

export async function openDynamodbSink(options: DynamodbSinkOptions): Promise<Sink> {
  return new DynamodbSink(await Transport.open(options), options)
}

class DynamodbSink implements Sink {
  readonly #transport: Transport
  readonly #requests: Requests
  readonly #targets: TargetTables
  readonly #memory = new SinkMemory()
  readonly #adoptions: Adoptions
  readonly #closed = new AbortController()
  readonly #now: () => number
  readonly #tombstoneMs: number

  constructor(transport: Transport, options: DynamodbSinkOptions) {
    const { targets, budget = null, inFlightMax = IN_FLIGHT_MAX, tombstoneMs = TOMBSTONE_MS, now = Date.now } = options
    this.#transport = transport
    setMaxListeners(0, this.#closed.signal)
    const heard = options.onThrottled === undefined ? {} : { onThrottled: options.onThrottled }
    this.#requests = new Requests({ transport, budget, pace: new Pace({ inFlightMax, now }), ...heard })
    this.#targets = new TargetTables(targets)
    this.#adoptions = new Adoptions(this.#memory, () => this.#openIo())
    this.#now = now
    this.#tombstoneMs = tombstoneMs
  }

  check(): Promise<readonly Finding[]> {
    return checkTables({ requests: this.#requests, targets: this.#targets, signal: this.#closed.signal })
  }

  apply(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return new ApplyCall({
      requests: this.#requests,
      targets: this.#targets,
      memory: this.#memory,
      adoptions: this.#adoptions,
      signal: AbortSignal.any([signal, this.#closed.signal]),
      expiresAt: Math.ceil((this.#now() + this.#tombstoneMs) / 1000),
      nowMs: this.#now,
    }).run(writes)
  }

  foresee(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const io = this.#openIo(signal)
    return Promise.all(writes.map((placed) => foresee(io, placed)))
  }

  compare(
    writes: readonly Write[],
    { isSure, signal }: { readonly isSure: boolean; readonly signal: AbortSignal },
  ): Promise<readonly Compared[]> {
    const io = this.#openIo(signal, isSure)
    const by = { adoptions: this.#adoptions, nowMs: this.#now() }
    return Promise.all(writes.map((write) => new Comparison(io, by).of(write)))
  }

  items(request: ItemsRequest, signal: AbortSignal): Promise<ItemsPage> {
    return itemsPage(this.#openIo(signal), request)
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#transport.close()
  }

  #openIo(asked?: AbortSignal, isConsistent = true): CallIo {
    const signals = [this.#closed.signal, ...(asked === undefined ? [] : [asked])]
    const signal = AbortSignal.any(signals)
    setMaxListeners(0, signal)
    return new CallIo({ requests: this.#requests, targets: this.#targets, signal, isConsistent })
  }
}
