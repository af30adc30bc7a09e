// A table of people's own that imports fill: what its constraints say holds for imports as for anybody else.

import { expect, test } from 'vitest'
import { KEPT_COLUMNS } from '../../../src/core/imported-row.ts'
import { position } from '../../../src/core/position.ts'
import { openImportSink } from '../../../src/sink/mysql/import/import-sink.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever } from '../../support/sink-table.ts'

test.each(FLAVOURS)('a unique value that is taken costs the row that wants it, on %s', async (_flavour, shared) => {
  const columns = `id INT PRIMARY KEY, email VARCHAR(40) UNIQUE, theirs INT NULL, ${KEPT_COLUMNS}`
  await using table = await SinkDatabase.open(await shared(), { columns, key: ['id'], owns: ['email'] })
  const sink = await openImportSink({ url: table.database.adminUrl, targets: table.targets })
  await using _sink = { [Symbol.asyncDispose]: () => sink.close() }
  const put = (id: number, email: string, offset: number): PlacedWrite => ({
    write: table.mergeOf([`${id}`], { email }),
    position: position(1, [{ value: offset, digits: 12 }]),
    cursor: { topic: 'imports', topicId: 'one', partition: 0, offset },
    lane: `imports ${id}`,
    reader: 'customers',
    since: 0,
    broughtBy: offset > 6 ? 'the-third' : offset > 2 ? 'the-next' : 'the-first',
  })
  const rows = async () => {
    const found = await table.query(`SELECT id, email, theirs FROM ${table.name} ORDER BY id`)
    return found.map(({ id, email, theirs }) => `${id} ${email} ${theirs}`)
  }
  expect(did(await sink.apply([put(1, 'ann', 1), put(2, 'bob', 2)], forever))).toEqual(['applied', 'applied'])
  await table.query(`UPDATE ${table.name} SET theirs = 7`)
  const outcomes = await sink.apply([put(3, 'ann', 3), put(4, 'cid', 4), put(2, 'dan', 5), put(5, 'bob', 6)], forever)
  expect(did(outcomes)).toEqual(['rejected', 'applied', 'applied', 'applied'])
  expect(outcomes[0]?.reason).toContain(`Duplicate entry 'ann' for key`)
  // What a row gives up is free for another one of the call, and what others wrote into a row stays.
  expect(await rows()).toEqual(['1 ann 7', '2 dan 7', '4 cid null', '5 bob null'])
  const changed = await sink.apply([put(4, 'ann', 7)], forever)
  expect(did(changed)).toEqual(['rejected'])
  expect(await rows()).toEqual(['1 ann 7', '2 dan 7', '4 cid null', '5 bob null'])
})
