// What a log asks of its scribe, the thread that alone writes to the file. Each order is carried out whole or not at all.

import type { ErrorCode } from '../../core/errors.ts'
import type { TopicSpec } from '../log.ts'
import type { Load } from './frame.ts'

export interface Orders {
  readonly declare: { readonly ask: readonly TopicSpec[]; readonly answer: null }
  /** Answers the epoch of the new writer. */
  readonly openWriter: { readonly ask: string; readonly answer: number }
  readonly append: { readonly ask: AppendOrder; readonly answer: null }
  readonly join: { readonly ask: JoinOrder; readonly answer: Membership }
  readonly leave: { readonly ask: number; readonly answer: null }
  /** Answers whether an heir has the partition now. */
  readonly commit: { readonly ask: CommitOrder; readonly answer: boolean }
  /** Gives a partition to the heir that waits for it. */
  readonly handOver: { readonly ask: Place; readonly answer: null }
  readonly beat: { readonly ask: number; readonly answer: null }
  /** Ends a session whose beat still stands where it was seen. */
  readonly expire: { readonly ask: Pulse; readonly answer: null }
}

export interface AppendOrder {
  readonly writer: string
  readonly epoch: number
  readonly load: Load
}

export interface JoinOrder {
  readonly reader: string
  readonly topicIds: readonly number[]
  readonly sessionId: number | null
  readonly process: string
}

export interface Membership {
  readonly sessionId: number
  readonly memberId: number
}

/** A reader's hold on a partition: good until the epoch changes. */
export interface Place {
  readonly reader: string
  readonly partitionId: number
  readonly epoch: number
}

export interface CommitOrder extends Place {
  readonly nextOffset: number
  readonly load: Load
}

export interface Pulse {
  readonly sessionId: number
  readonly beat: number
}

export type OrderName = keyof Orders

/** The ticket under which the scribe says that it has opened the file, or why not. */
export const OPENING = 0

/** One order on its way to the scribe. */
export interface Errand<Name extends OrderName = OrderName> {
  readonly ticket: number
  readonly name: Name
  readonly ask: Orders[Name]['ask']
}

/** An error on its way back: its fields travel, its class does not. */
export interface FaultFields {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly cause: unknown
}

/** What came of an order. */
export type Answer =
  | { readonly ticket: number; readonly answer: unknown }
  | { readonly ticket: number; readonly fault: FaultFields }
