// What DynamoDB says instead of an answer.

import type { Item } from './attribute.ts'

export class ServiceError extends Error {
  readonly status: number
  readonly reasons: readonly Reason[]
  /** The item that failed the condition, when it was asked for. */
  readonly item: Item | undefined

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? body.Message ?? '')
    this.name = body.__type?.replace(/^.*#/u, '') ?? `HTTP ${status}`
    this.status = status
    this.reasons = body.CancellationReasons ?? []
    this.item = body.Item
  }
}

export interface Reason {
  readonly Code?: string
  readonly Message?: string
}

interface ErrorBody {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
  readonly CancellationReasons?: readonly Reason[]
  readonly Item?: Item
}
