import { sinkContract } from '../../contract/sink.ts'
import { fieldsOf, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

for (const [name, shared] of emulators) {
  sinkContract(name, async () => {
    const table = await new SinkTable((await shared()).url).create()
    return {
      table: table.name,
      open: () => table.sink(),
      read: async (key) => fieldsOf(await table.item(key)) ?? null,
      put: ([pk, sk = ''], fields) => table.put({ pk, sk, ...fields }),
      hopeless: (key) => table.mergeOf(key, { text: 'x'.repeat(420_000) }),
      place: (write, offset, lane) => placed(write, { offset, ...(lane === undefined ? {} : { lane }) }),
      [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
    }
  })
}
