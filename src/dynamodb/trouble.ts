// What an error of DynamoDB or of the way to it means: which are worth another try, which concern one write alone, and
// which need a person.

/**
 * throttled, unreachable, conflict: try again · condition, cancelled: an answer, not a fault · invalid: this write can
 * never be applied · denied, missing: a person has to act · unknown: none of these.
 */
export type Trouble =
  | 'throttled'
  | 'unreachable'
  | 'conflict'
  | 'condition'
  | 'cancelled'
  | 'invalid'
  | 'denied'
  | 'missing'
  | 'unknown'

/** Names of service errors, and codes of single statements and of a transaction's reasons, which are shorter. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  ProvisionedThroughputExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingError: 'throttled',
  RequestLimitExceeded: 'throttled',
  LimitExceeded: 'throttled',
  TooManyRequests: 'throttled',
  TransactionConflict: 'conflict',
  TransactionInProgress: 'conflict',
  ReplicatedWriteConflict: 'conflict',
  InternalServerError: 'unreachable',
  InternalServer: 'unreachable',
  ServiceUnavailable: 'unreachable',
  ExpiredToken: 'unreachable',
  RequestTimeout: 'unreachable',
  TimeoutError: 'unreachable',
  ConditionalCheckFailed: 'condition',
  TransactionCanceled: 'cancelled',
  Validation: 'invalid',
  ValidationError: 'invalid',
  ItemCollectionSizeLimitExceeded: 'invalid',
  Serialization: 'invalid',
  AccessDenied: 'denied',
  UnrecognizedClient: 'denied',
  MissingAuthenticationToken: 'denied',
  InvalidSignature: 'denied',
  IncompleteSignature: 'denied',
  CredentialsProviderError: 'denied',
  ResourceNotFound: 'missing',
}

const NETWORK = /^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|UND_ERR|ERR_STREAM_PREMATURE_CLOSE|ERR_SSL|ERR_HTTP)/

export function troubleOf(error: unknown): Trouble {
  const { name = '', code = '', status, $metadata } = error as Told
  const known = TROUBLES[name.replace(/Exception$/u, '')]
  if (known !== undefined) return known
  if (NETWORK.test(String(code)) || Number(status ?? $metadata?.httpStatusCode) >= 500) return 'unreachable'
  // An answer that was cut in the middle is no JSON.
  return error instanceof SyntaxError || /socket hang up|aborted|terminated/iu.test(String(error))
    ? 'unreachable'
    : 'unknown'
}

/** What an error may carry: `status` when DynamoDB answered, `$metadata` when a provider of credentials did. */
interface Told {
  readonly name?: string
  readonly code?: string
  readonly status?: number
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** The trouble that the code of one statement, or of one part of a transaction, stands for. */
export function troubleOfCode(code: string): Trouble {
  return TROUBLES[code.replace(/Exception$/u, '')] ?? 'unknown'
}
