// zongji as its documentation says, for the yardsticks.

import ZongJi, { type AnyBinlogEvent, type RowData } from '@vlasky/zongji'

/** What is used of it beside its documented interface. */
interface Internals {
  readonly connection: { pause(): void; resume(): void }
}

export function openZongji(url: string): ZongJi {
  const { hostname, port, username, password } = new URL(url)
  return new ZongJi({ host: hostname, port: Number(port), user: username, password })
}

/** Its connection, to be paused while there is more than can be taken. */
export function connectionOf(zongji: ZongJi): Internals['connection'] {
  return (zongji as unknown as Internals).connection
}

export function insertedRows(event: AnyBinlogEvent): readonly RowData[] {
  return event.getTypeName() === 'WriteRows' && 'rows' in event ? (event.rows as RowData[]) : []
}
