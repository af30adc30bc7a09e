// What Kafka's error codes and a failed connection mean for millrace: one place decides which are waited out by the
// protocol, and as what all others are thrown.

import { type ErrorCode, MillraceError } from '../../core/errors.ts'

/** The codes that are dealt with by name somewhere. */
export const CODE = {
  NONE: 0,
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER: 6,
  MESSAGE_TOO_LARGE: 10,
  COORDINATOR_LOADING: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  ILLEGAL_GENERATION: 22,
  UNKNOWN_MEMBER_ID: 25,
  REBALANCE_IN_PROGRESS: 27,
  TOPIC_ALREADY_EXISTS: 36,
  DUPLICATE_SEQUENCE: 46,
  INVALID_PRODUCER_EPOCH: 47,
  CONCURRENT_TRANSACTIONS: 51,
  MEMBER_ID_REQUIRED: 79,
  UNSTABLE_OFFSET_COMMIT: 88,
  PRODUCER_FENCED: 90,
} as const

const NAMES: Readonly<Record<number, string>> = {
  2: 'CORRUPT_MESSAGE',
  7: 'REQUEST_TIMED_OUT',
  9: 'REPLICA_NOT_AVAILABLE',
  17: 'INVALID_TOPIC_EXCEPTION',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  26: 'INVALID_SESSION_TIMEOUT',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  30: 'GROUP_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  35: 'UNSUPPORTED_VERSION',
  37: 'INVALID_PARTITIONS',
  38: 'INVALID_REPLICATION_FACTOR',
  40: 'INVALID_CONFIG',
  44: 'POLICY_VIOLATION',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  48: 'INVALID_TXN_STATE',
  49: 'INVALID_PRODUCER_ID_MAPPING',
  50: 'INVALID_TRANSACTION_TIMEOUT',
  52: 'TRANSACTION_COORDINATOR_FENCED',
  53: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  56: 'KAFKA_STORAGE_ERROR',
  58: 'SASL_AUTHENTICATION_FAILED',
  59: 'UNKNOWN_PRODUCER_ID',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  78: 'OFFSET_NOT_AVAILABLE',
  81: 'GROUP_MAX_SIZE_REACHED',
  84: 'ELIGIBLE_LEADERS_NOT_AVAILABLE',
  89: 'THROTTLING_QUOTA_EXCEEDED',
  ...Object.fromEntries(Object.entries(CODE).map(([name, code]) => [code, name])),
}

/** The partition's leader moves or is about to: ask for the new one and repeat. */
const LEADER_MOVES: ReadonlySet<number> = new Set([3, 5, 6, 7, 9, 19, 20, 56, 74, 75, 78])

/** The group's or the transaction's coordinator moves or starts. */
const COORDINATOR_MOVES: ReadonlySet<number> = new Set([14, 15, 16])

const MEANING: Readonly<Record<number, ErrorCode>> = {
  3: 'TOPIC_UNKNOWN',
  10: 'RECORD_TOO_LARGE',
  18: 'RECORD_TOO_LARGE',
  22: 'LOG_CURSOR_LOST',
  25: 'LOG_CURSOR_LOST',
  27: 'LOG_CURSOR_LOST',
  29: 'KAFKA_DENIED',
  30: 'KAFKA_DENIED',
  31: 'KAFKA_DENIED',
  35: 'KAFKA_UNFIT',
  47: 'LOG_FENCED',
  53: 'KAFKA_DENIED',
  58: 'KAFKA_DENIED',
  90: 'LOG_FENCED',
}

export function isLeaderMoving(code: number): boolean {
  return LEADER_MOVES.has(code)
}

export function isCoordinatorMoving(code: number): boolean {
  return COORDINATOR_MOVES.has(code)
}

export function isFenced(code: number): boolean {
  return code === CODE.INVALID_PRODUCER_EPOCH || code === CODE.PRODUCER_FENCED
}

/** `doing` says what the broker was asked to do, as in "append to millrace.app.comment". */
export function refusal(code: number, doing: string, detail?: string | null): MillraceError {
  const why = `Kafka refused to ${doing}: ${NAMES[code] ?? `error ${code}`}`
  const meaning = MEANING[code] ?? 'KAFKA_UNAVAILABLE'
  return new MillraceError(meaning, detail ? `${why} (${detail})` : why)
}

/** Throws unless the code says that all is well. */
export function expectNone(code: number, doing: string, detail?: string | null): void {
  if (code !== CODE.NONE) throw refusal(code, doing, detail)
}

interface ClientError extends Error {
  readonly code?: string | number
  readonly type?: string
  readonly cause?: unknown
}

/** What the client library throws when a broker cannot be spoken to. */
export function connectionError(error: unknown, broker: string): MillraceError {
  const cause = error as ClientError
  const text = `the Kafka broker ${broker} cannot be used: ${cause.message}`
  return new MillraceError(connectionMeaning(cause), text, { cause })
}

function connectionMeaning({ name, code, type, message }: ClientError): ErrorCode {
  if (name === 'KafkaJSSASLAuthenticationError' || /SASL/.test(String(type))) return 'KAFKA_DENIED'
  if (name === 'KafkaJSServerDoesNotSupportApiKey' || type === 'UNSUPPORTED_VERSION') return 'KAFKA_UNFIT'
  const isUntrusted = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(String(code)) || /certificate/i.test(message)
  return isUntrusted ? 'KAFKA_UNTRUSTED' : 'KAFKA_UNREACHABLE'
}
