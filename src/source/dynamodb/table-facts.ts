// What DynamoDB says of a table: its key, its stream, and whether that shows what a source needs.

import { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { itemShape, type KeyAttribute } from '../../core/item.ts'
import type { TableShape } from '../../core/table.ts'
import type { Transport } from '../../dynamodb/transport.ts'
import { faultOf, isNamed } from './dynamodb-fault.ts'

const WANTED = 'NEW_AND_OLD_IMAGES'

interface TableDescription {
  readonly KeySchema?: readonly { readonly AttributeName: string; readonly KeyType: string }[]
  readonly AttributeDefinitions?: readonly {
    readonly AttributeName: string
    readonly AttributeType: KeyAttribute['type']
  }[]
  readonly StreamSpecification?: { readonly StreamEnabled?: boolean; readonly StreamViewType?: string }
  readonly LatestStreamArn?: string
  readonly ItemCount?: number
  readonly TableSizeBytes?: number
}

export class TableFacts {
  readonly #transport: Transport
  readonly #signal: AbortSignal
  readonly #shapes = new Map<string, TableShape>()

  /** The signal ends what is asked when nobody needs the answer any more. */
  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport
    this.#signal = signal
  }

  async check(table: string): Promise<Finding> {
    const check = `stream of the DynamoDB table ${table}`
    const described = await this.#describe(table)
    const fault = faultIn(described)
    if (fault === null) return { check, isOk: true, detail: WANTED }
    return { check, isOk: false, detail: fault, fix: described === null ? makeIt(table) : enable(table) }
  }

  async shape(table: string): Promise<TableShape> {
    const known = this.#shapes.get(table)
    if (known !== undefined) return known
    const described = await this.#describe(table)
    if (described === null) throw unfit(table, 'it does not exist', makeIt(table))
    const shape = itemShape(table, keyOf(described))
    this.#shapes.set(table, shape)
    return shape
  }

  /** The ARN of its stream; throws STREAM_UNFIT where it has none that will do. */
  async stream(table: string): Promise<string> {
    const described = await this.#describe(table)
    const fault = faultIn(described)
    if (fault !== null) throw unfit(table, fault, described === null ? makeIt(table) : enable(table))
    return described?.LatestStreamArn ?? ''
  }

  /** As DynamoDB counts every few hours; null where there is no such table. */
  async size(table: string): Promise<{ readonly items: number | null; readonly bytes: number } | null> {
    const described = await this.#describe(table)
    return described && { items: described.ItemCount ?? null, bytes: described.TableSizeBytes ?? 0 }
  }

  /** Null where there is no such table. */
  async #describe(table: string): Promise<TableDescription | null> {
    try {
      const asked = { TableName: table }
      return (
        (await this.#transport.call<{ Table?: TableDescription }>('DescribeTable', asked, this.#signal)).Table ?? null
      )
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return null
      throw faultOf(error)
    }
  }
}

function keyOf({ KeySchema: schema = [], AttributeDefinitions: definitions = [] }: TableDescription): KeyAttribute[] {
  const types = new Map(definitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
  const parts = schema.toSorted((one, other) => one.KeyType.localeCompare(other.KeyType))
  return parts.map(({ AttributeName: name }) => ({ name, type: types.get(name) ?? 'S' }))
}

function faultIn(described: TableDescription | null): string | null {
  if (described === null) return 'it does not exist'
  const { StreamSpecification: stream } = described
  if (stream?.StreamEnabled !== true || described.LatestStreamArn === undefined) return 'it is off'
  return stream.StreamViewType === WANTED ? null : `it shows ${stream.StreamViewType} only`
}

function unfit(table: string, fault: string, hint: string): MillraceError {
  return new MillraceError('STREAM_UNFIT', `The stream of the DynamoDB table ${table} cannot be read: ${fault}.`, {
    hint,
  })
}

function enable(table: string): string {
  return `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=true,StreamViewType=${WANTED}`
}

function makeIt(table: string): string {
  return `Make the table ${table} with a stream of ${WANTED}, or leave the connector out of MILLRACE_CONNECTORS`
}
