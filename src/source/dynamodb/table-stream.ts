// The stream of one table: all of its shards, parents before children, as they split, merge and end.

import { DescribeStreamCommand, type DynamoDBStreamsClient, type Shard } from '@aws-sdk/client-dynamodb-streams'
import { MillraceError } from '../../core/errors.ts'
import type { TableShape } from '../../core/table.ts'
import { faultOf } from './dynamodb-fault.ts'
import { ShardReader } from './shard-reader.ts'
import type { TableBookmark } from './stream-bookmark.ts'

/** New shards appear when one ends, and when DynamoDB sees fit. */
const DESCRIBE_EVERY_MS = 10_000

export interface TableStreamOptions {
  readonly client: DynamoDBStreamsClient
  readonly shape: TableShape
  readonly from: TableBookmark
  readonly nowMs: () => number
}

export class TableStream {
  readonly shape: TableShape
  readonly sinceMs: number
  readonly #options: TableStreamOptions
  readonly #readers = new Map<string, ShardReader>()
  #describedMs: number | null = null

  constructor(options: TableStreamOptions) {
    this.#options = options
    this.shape = options.shape
    this.sinceMs = options.from.sinceMs
  }

  /** Those that may be read: what their parents hold has been. */
  get readers(): readonly ShardReader[] {
    return [...this.#readers.values()].filter(({ isOver }) => !isOver)
  }

  get bookmark(): TableBookmark {
    const { stream, sinceMs } = this.#options.from
    return { stream, sinceMs, shards: Object.fromEntries([...this.#readers].map(([id, one]) => [id, one.bookmark])) }
  }

  /** When it is time to look for shards that are new. */
  get refreshMs(): number {
    return this.#describedMs === null ? 0 : this.#describedMs + DESCRIBE_EVERY_MS
  }

  /** Looks for them, if it is. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { nowMs, from } = this.#options
    if (nowMs() < this.refreshMs) return
    const listed = new Map((await this.#describe(signal)).map((shard) => [shard.ShardId ?? '', shard]))
    if (this.#describedMs === null) this.#checkListed(listed)
    this.#describedMs = nowMs()
    for (const [id, { isOver }] of this.#readers) if (isOver && !listed.has(id)) this.#readers.delete(id)
    for (let found = true; found; ) {
      found = false
      for (const [id, shard] of listed) {
        if (this.#readers.has(id) || !this.#mayBegin(shard, listed)) continue
        this.#open(id, from.shards[id] ?? { last: null, isOver: false })
        found = true
      }
    }
  }

  /** A shard ended: its children are there by now. */
  look(): void {
    this.#describedMs = Math.min(this.#describedMs ?? 0, this.#options.nowMs() - DESCRIBE_EVERY_MS)
  }

  #open(shard: string, from: TableBookmark['shards'][string]): void {
    const { client, shape, nowMs, from: table } = this.#options
    this.#readers.set(shard, new ShardReader({ client, table: shape.name, stream: table.stream, shard, from, nowMs }))
  }

  #mayBegin({ ParentShardId: parent }: Shard, listed: ReadonlyMap<string, Shard>): boolean {
    if (parent === undefined || !listed.has(parent)) return true
    return this.#readers.get(parent)?.isOver === true
  }

  #checkListed(listed: ReadonlyMap<string, Shard>): void {
    const { shape, from } = this.#options
    const lost = Object.entries(from.shards).find(([id, { isOver }]) => !isOver && !listed.has(id))
    if (lost === undefined) return
    throw new MillraceError(
      'HISTORY_GONE',
      `The stream of ${shape.name} does not have the shard ${lost[0]} any more, which was not read to its end.`,
    )
  }

  async #describe(signal: AbortSignal): Promise<readonly Shard[]> {
    const { client, from } = this.#options
    const shards: Shard[] = []
    let start: string | undefined
    do {
      const input = { StreamArn: from.stream, ...(start === undefined ? {} : { ExclusiveStartShardId: start }) }
      const answer = await client.send(new DescribeStreamCommand(input), { abortSignal: signal }).catch((error) => {
        throw faultOf(error)
      })
      shards.push(...(answer.StreamDescription?.Shards ?? []))
      start = answer.StreamDescription?.LastEvaluatedShardId
    } while (start !== undefined)
    return shards
  }
}
