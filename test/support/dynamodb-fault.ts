// What the real DynamoDB answers when something goes wrong, as emulators never do, in the form the SDK expects.

import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export type Fault =
  /** An error such as `ThrottlingException`; with `isCarriedOut` the request is, and only its answer is lost. */
  | { readonly kind: 'error'; readonly type: string; readonly isCarriedOut?: boolean }
  /** The connection is reset: before the request is carried out, after it, or in the middle of the answer. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' | 'midway' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Of a BatchWriteItem only the first so many are carried out. */
  | { readonly kind: 'unprocessed'; readonly carriedOut: number }
  /** Of a BatchGetItem only the first so many keys of each table are read. */
  | { readonly kind: 'unprocessedKeys'; readonly read: number }
  /** These statements of a BatchExecuteStatement fail, throttled unless `code` says else; the others are carried out. */
  | { readonly kind: 'statements'; readonly failed: readonly number[]; readonly code?: string }
  /** A transaction is cancelled; reasons by index, e.g. `{ 1: 'TransactionConflict' }`. */
  | { readonly kind: 'cancel'; readonly reasons: Readonly<Record<number, string>> }

export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}

export interface Request {
  readonly Statements?: readonly unknown[]
  readonly TransactItems?: readonly unknown[]
  readonly RequestItems?: Readonly<Record<string, readonly unknown[]>>
}

type CarryOut = (request: Request) => Promise<Answer>

const NAMES = 'com.amazonaws.dynamodb.v20120810#'
const STATUS: Readonly<Record<string, number>> = {
  InternalServerError: 500,
  InternalFailure: 500,
  ServiceUnavailable: 503,
}
const MESSAGES: Readonly<Record<string, string>> = {
  ProvisionedThroughputExceededException: 'The level of configured provisioned throughput for the table was exceeded.',
  ThrottlingException: 'Throughput exceeds the current capacity of your table or index.',
  TransactionConflict: 'Transaction is ongoing for the item',
}

export function errorAnswer(type: string): Answer {
  return answer(STATUS[type] ?? 400, { __type: NAMES + type, message: MESSAGES[type] ?? type })
}

export async function unprocessed(request: Request, carriedOut: number, carryOut: CarryOut): Promise<Answer> {
  const all = Object.entries(request.RequestItems ?? {}).flatMap(([table, items]) =>
    items.map((item) => ({ table, item })),
  )
  const rest = byTable(all.slice(carriedOut))
  if (carriedOut === 0) return answer(200, { UnprocessedItems: rest })
  const done = await carryOut({ ...request, RequestItems: byTable(all.slice(0, carriedOut)) })
  return done.status === 200 ? answer(200, { ...parse(done), UnprocessedItems: rest }) : done
}

export async function unprocessedKeys(request: Request, read: number, carryOut: CarryOut): Promise<Answer> {
  const asked = (request.RequestItems ?? {}) as unknown as Readonly<Record<string, KeysOfTable>>
  const some = (from: number, to?: number) =>
    Object.fromEntries(Object.entries(asked).map(([table, one]) => [table, { ...one, Keys: one.Keys.slice(from, to) }]))
  const rest = Object.fromEntries(Object.entries(some(read)).filter(([, { Keys }]) => Keys.length > 0))
  if (read === 0) return answer(200, { Responses: {}, UnprocessedKeys: rest })
  const done = await carryOut({ RequestItems: some(0, read) as never })
  return done.status === 200 ? answer(200, { ...parse(done), UnprocessedKeys: rest }) : done
}

interface KeysOfTable {
  readonly Keys: readonly unknown[]
}

interface StatementFault {
  readonly failed: readonly number[]
  readonly code?: string
}

export async function failedStatements(request: Request, fault: StatementFault, carryOut: CarryOut): Promise<Answer> {
  const statements = request.Statements ?? []
  const others = statements.filter((_, index) => !fault.failed.includes(index))
  const done = others.length === 0 ? answer(200, { Responses: [] }) : await carryOut({ ...request, Statements: others })
  if (done.status !== 200) return done
  const given = parse(done).Responses?.values() ?? [].values()
  const code = fault.code ?? 'ProvisionedThroughputExceeded'
  const failure = { Error: { Code: code, Message: MESSAGES[`${code}Exception`] ?? code } }
  return answer(200, {
    Responses: statements.map((_, index) => (fault.failed.includes(index) ? failure : given.next().value)),
  })
}

export function cancelled(request: Request, reasons: Readonly<Record<number, string>>): Answer {
  const codes = (request.TransactItems ?? []).map((_, index) => reasons[index] ?? 'None')
  return answer(400, {
    __type: `${NAMES}TransactionCanceledException`,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => (Code === 'None' ? { Code } : { Code, Message: MESSAGES[Code] ?? Code })),
  })
}

function byTable(requests: readonly { readonly table: string; readonly item: unknown }[]): Record<string, unknown[]> {
  const tables = Object.entries(Object.groupBy(requests, ({ table }) => table))
  return Object.fromEntries(tables.map(([table, list = []]) => [table, list.map(({ item }) => item)]))
}

function parse({ body }: Answer): { readonly Responses?: readonly unknown[] } {
  return JSON.parse(body.toString())
}

function answer(status: number, content: object): Answer {
  const body = Buffer.from(JSON.stringify(content))
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': String(body.length),
    'x-amzn-requestid': randomBytes(26).toString('hex').toUpperCase(),
    'x-amz-crc32': String(crc32(body)),
  }
  return { status, headers, body }
}
