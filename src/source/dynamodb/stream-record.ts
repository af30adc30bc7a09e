// A record of a stream as DynamoDB sends it.

import type { Item } from '../../dynamodb/attribute.ts'

export interface StreamRecord {
  readonly eventName?: string
  /** Of the service that made the change; none where an application did. */
  readonly userIdentity?: { readonly Type?: string; readonly PrincipalId?: string }
  readonly dynamodb?: {
    readonly Keys?: Item
    readonly OldImage?: Item
    readonly NewImage?: Item
    readonly SequenceNumber?: string
    readonly SizeBytes?: number
    /** In seconds since 1970. */
    readonly ApproximateCreationDateTime?: number
  }
}

/** Null where the record does not say it. */
export function createdMs({ dynamodb }: StreamRecord): number | null {
  const seconds = Number(dynamodb?.ApproximateCreationDateTime ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1_000 : null
}
