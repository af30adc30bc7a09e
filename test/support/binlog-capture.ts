// What a server writes into its binary log about some statements: the raw table maps and row events, in order.

import { parseMysqlUrl } from '../../src/mysql/mysql-address.ts'
import { Dump } from '../../src/source/mysql/dump.ts'
import { TableLayout } from '../../src/source/mysql/layout.ts'
import { type DecodedRow, decodeRows } from '../../src/source/mysql/rows.ts'
import type { FreshDatabase } from './fresh-database.ts'
import { freshName } from './fresh-name.ts'
import type { SharedDatabase } from './shared-server.ts'

export interface RawEvent {
  readonly type: number
  readonly body: Buffer
}

export interface CapturedRow extends DecodedRow {
  readonly layout: TableLayout
  readonly type: number
}

const TABLE_MAP = 19
const CHECKSUM_BYTES = 4

/** Runs `change` and returns the rows it changed in the tables of `database`, decoded. */
export async function captureRows(
  server: SharedDatabase,
  database: FreshDatabase,
  change: () => Promise<unknown>,
): Promise<readonly CapturedRow[]> {
  const isMariadb = server.flavour === 'mariadb'
  const layouts = new Map<number, TableLayout>()
  const rows: CapturedRow[] = []
  for (const { type, body } of await captureEvents(server, database, change)) {
    const id = body.readUIntLE(0, 6)
    if (type === TABLE_MAP) layouts.set(id, TableLayout.parse(body, { isMariadb }))
    else {
      const layout = layouts.get(id)
      if (layout === undefined) throw new Error('rows without a table map')
      decodeRows(layout, { type, body }, (row) => rows.push({ ...row, layout, type }))
    }
  }
  return rows
}

export async function captureEvents(
  server: SharedDatabase,
  database: FreshDatabase,
  change: () => Promise<unknown>,
): Promise<readonly RawEvent[]> {
  const written = server.flavour === 'mysql' ? '@@gtid_executed' : '@@gtid_binlog_pos'
  const [{ gtids, id } = { gtids: '', id: '' }] = await database.query(`SELECT ${written} AS gtids, @@server_id AS id`)
  const last = freshName('last')
  await change()
  await database.query(`CREATE TABLE ${last} (id INT)`)
  await database.query(`INSERT INTO ${last} VALUES (1)`)
  const events: RawEvent[] = []
  const own = new Set<number>()
  const end = Promise.withResolvers<void>()
  const dump = new Dump({
    address: parseMysqlUrl(database.url),
    serverId: 1_000_000 + Math.floor(Math.random() * 1e9),
    of: String(id),
    gtids: String(gtids).replaceAll('\n', ''),
    heartbeatMs: 10_000,
    onEvent: (buffer, at, until) => {
      const type = buffer[at + 4] ?? 0
      if (!isOfRows(type)) return
      const body = Buffer.from(buffer.subarray(at + 19, until - CHECKSUM_BYTES))
      const id = body.readUIntLE(0, 6)
      if (type === TABLE_MAP) {
        if (body.includes(last)) return end.resolve()
        if (body.toString('latin1', 9, 9 + (body[8] ?? 0)) !== database.name) return
        own.add(id)
      }
      if (own.has(id)) events.push({ type, body })
    },
    onFailure: end.reject,
  })
  await end.promise
  await dump.close()
  return events
}

function isOfRows(type: number): boolean {
  return type === TABLE_MAP || (type >= 23 && type <= 25) || (type >= 30 && type <= 32)
}
