// A walk through all items of a table, in segments side by side. Its bookmark says where each of them stands, so how
// many there are stays as it was decided at first.

import { z } from 'zod'
import { MillraceError } from '../../core/errors.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import type { Transport } from '../../dynamodb/transport.ts'
import type { Bookmark } from '../source.ts'
import { faultOf } from './dynamodb-fault.ts'

const BYTES_A_SEGMENT = 32 * 1024 * 1024
/** Each brings 1 MB of items at most to a page. */
const SEGMENTS_MAX = 8

const READ = 'read' as const
const Key = z.record(z.string(), z.record(z.string(), z.string()))
/** The key of the last item that was looked at; null before the first. */
const Segment = z.union([z.literal(READ), z.null(), Key])
const Segmented = z.object({ segments: z.array(Segment).min(1) })
type Segment = z.infer<typeof Segment>

/** Where a walk begins, by the table's size. */
export function segmentsFor(bytes: number): Bookmark {
  const count = Math.min(SEGMENTS_MAX, Math.max(1, Math.ceil(bytes / BYTES_A_SEGMENT)))
  return JSON.stringify({ segments: Array.from({ length: count }, () => null) })
}

export interface ScanRequest {
  readonly table: string
  readonly at: Bookmark
  readonly rowsMax: number
  readonly signal: AbortSignal
}

export interface ScanPage {
  readonly items: readonly Item[]
  /** Null after the last page. */
  readonly next: Bookmark | null
}

/** One page: a part of it from each segment that has more. */
export async function segmentedScan(transport: Transport, request: ScanRequest): Promise<ScanPage> {
  const segments = parse(request.at)
  const open = segments.flatMap((segment, index) => (segment === READ ? [] : [index])).slice(0, request.rowsMax)
  const limit = Math.floor(request.rowsMax / open.length)
  const parts = await Promise.all(
    open.map(async (index) => {
      const after = segments[index] ?? null
      const ofSegment = segments.length === 1 ? {} : { Segment: index, TotalSegments: segments.length }
      const input = { TableName: request.table, Limit: limit, ConsistentRead: true, ...ofSegment, ...startOf(after) }
      const part = await transport.call<Part>('Scan', input, request.signal).catch((error) => {
        throw faultOf(error)
      })
      return { index, items: part.Items ?? [], stands: part.LastEvaluatedKey ?? READ }
    }),
  )
  const stand: (Segment | Item)[] = [...segments]
  for (const { index, stands } of parts) stand[index] = stands
  const isOver = stand.every((one) => one === READ)
  return { items: parts.flatMap(({ items }) => items), next: isOver ? null : JSON.stringify({ segments: stand }) }
}

interface Part {
  readonly Items?: readonly Item[]
  readonly LastEvaluatedKey?: Item
}

function startOf(after: Segment): object {
  return after === null ? {} : { ExclusiveStartKey: after }
}

function parse(bookmark: Bookmark): readonly Segment[] {
  try {
    const known: unknown = JSON.parse(bookmark)
    const { success, data } = Segmented.safeParse(known)
    return success ? data.segments : [unsegmented(Key.parse(known))]
  } catch (cause) {
    throw new MillraceError('BOOKMARK_UNREADABLE', 'The bookmark is not one of a walk through a table.', { cause })
  }
}

const BYTES = 'bytes:'

/** Of a release that knew one segment only: the key alone, with bytes marked. */
function unsegmented(key: z.infer<typeof Key>): Segment {
  const plain = ([type, text]: [string, string]) => [type, type === 'B' ? text.replace(BYTES, '') : text]
  const parts = Object.entries(key).map(([name, value]) => [name, Object.fromEntries(Object.entries(value).map(plain))])
  return Object.fromEntries(parts)
}
