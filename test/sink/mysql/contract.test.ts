import { sinkContract } from '../../contract/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { placed } from '../../support/sink-table.ts'

const columns =
  'pk varchar(100), sk varchar(100), text varchar(2000), rating decimal(38, 9), total bigint, PRIMARY KEY (pk, sk)'

for (const [name, shared] of FLAVOURS) {
  sinkContract(name, async () => {
    const at = await SinkDatabase.open(await shared(), {
      columns,
      key: ['pk', 'sk'],
      owns: ['text', 'rating', 'total'],
    })
    return {
      table: at.name,
      open: () => at.sink(),
      read: async (key) => {
        const { pk: _pk, sk: _sk, ...fields } = (await at.row(...key)) ?? {}
        const there = Object.entries(fields).filter(([, value]) => value !== null)
        return Object.fromEntries(there)
      },
      put: async ([pk, sk = ''], fields) => {
        const { text = null, rating = null, total = null } = fields as Record<string, string | number | null>
        await at.query(`REPLACE INTO ${at.name} VALUES (?, ?, ?, ?, ?)`, [pk, sk, text, rating, total])
      },
      hopeless: (key) => at.mergeOf(key, { text: 'x'.repeat(2001) }),
      place: (write, offset, lane) => placed(write, { offset, ...(lane === undefined ? {} : { lane }) }),
      [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
    }
  })
}
