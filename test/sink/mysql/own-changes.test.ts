// What the sink writes never comes back as a change, and what others write beside it always does.

import { describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { Captured } from '../../source/mysql/captured.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

describe.each(FLAVOURS)('capture beside a sink on %s', (_flavour, shared) => {
  test('sees nothing of what the sink does, first time or again, and all that others do', async () => {
    const columns = 'id int PRIMARY KEY, v varchar(20) UNIQUE, total int'
    await using table = await SinkDatabase.open(await shared(), { columns, key: ['id'], owns: ['v', 'total'] })
    const sink = await table.sink()
    await using source = openMysqlSource({ url: table.database.url, tables: [table.name], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    const writes = [
      placed(table.mergeOf(['1'], { v: 'merged' }), { offset: 1 }),
      placed(table.createOf(['2'], { v: 'made' }), { offset: 2 }),
      placed(table.countOf(['3'], { total: 1 }), { offset: 3 }),
      placed(table.mergeOf(['4'], { v: 'merged' }), { offset: 4 }),
    ]
    for (let time = 0; time < 2; time++) {
      expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied', 'rejected'])
    }
    // What moves no cursor: a record that was rejected and comes again, mended.
    const retried = placed(table.mergeOf(['4'], { v: 'mended' }), { offset: 4 })
    expect(did(await sink.apply([retried], forever))).toEqual(['applied'])
    await sink.apply([placed(table.removeOf(['2'], ['v']), { offset: 5 })], forever)
    await table.query(`UPDATE ${table.name} SET v = 'theirs' WHERE id = 1`)
    await captured.count(1)
    expect(captured.events.map(({ after }) => after?.v)).toEqual(['theirs'])
  })
})
