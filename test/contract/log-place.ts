import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import type { Log, LogRecord, StoredRecord, TopicSpec } from '../../src/log/log.ts'

/** Where logs of one kind are opened; every log opened at one place holds the same records. */
export interface LogPlace {
  /** One more log there, as another process would open it. */
  open(): Promise<Log>
  close(): Promise<void>
  /** Leaves an aborted transaction behind the topic's records, where the kind has such a thing. */
  leaveAborted?(topic: string): Promise<void>
}

export type StartPlace = () => Promise<LogPlace>

/** The place and one log of a group of tests; further logs are closed with them. */
export class LogBench {
  #place: LogPlace | null = null
  readonly #logs: Log[] = []

  constructor(start: StartPlace) {
    beforeAll(async () => {
      this.#place = await start()
      await this.open()
    })
    afterAll(async () => {
      for (const log of this.#logs) await log.close()
      await this.#place?.close()
    })
  }

  get place(): LogPlace {
    return this.#place!
  }

  get log(): Log {
    return this.#logs[0]!
  }

  async open(): Promise<Log> {
    const log = await this.place.open()
    this.#logs.push(log)
    return log
  }

  /** A topic of this test alone. */
  async topic(spec: Partial<TopicSpec> = {}): Promise<string> {
    const topic = unique('topic')
    await this.log.declare([{ topic, partitions: 1, isCompacted: false, ...spec }])
    return topic
  }

  /** Appends through a writer of its own. */
  async append(records: readonly LogRecord[]): Promise<void> {
    const writer = await this.log.writer(unique('writer'))
    await writer.append(records)
    await writer.close()
  }
}

/** A name that no other test uses. */
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const text = (value: Uint8Array | null): string | null =>
  value === null ? null : new TextDecoder().decode(value)

export function record(topic: string, key: string, value: string | null): LogRecord {
  return { topic, key: bytes(key), value: value === null ? null : bytes(value) }
}

/** A record for each value; all have one key. */
export const recordsOf = (topic: string, values: readonly string[]): readonly LogRecord[] =>
  values.map((value) => record(topic, 'one', value))

export const valuesOf = (records: Iterable<StoredRecord>): readonly (string | null)[] =>
  Array.from(records, (one) => text(one.value))

/** Every record of a topic, partition after partition. */
export async function everything(log: Log, topic: string): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = []
  for (const end of await log.ends(topic)) {
    const signal = new AbortController().signal
    for await (const some of log.range({ ...end, offset: 0 }, end, signal)) records.push(...some)
  }
  return records
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const DEADLINE_MS = 60_000

/** Fails when the promise takes longer than any healthy log needs. */
export async function within<T>(what: string, promise: Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${deadlineMs} ms`)), deadlineMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Looks again and again until the condition holds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const startMs = performance.now(); !(await condition()); await pause(5)) {
    if (performance.now() - startMs > DEADLINE_MS) throw new Error(`${what}: not within ${DEADLINE_MS} ms`)
  }
}
