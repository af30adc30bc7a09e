// Several processes share the rows of a file: each of them gets room for batches, also those that read nothing of the file.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKafka } from '../../src/stack/kafka.ts'
import { ImportPlace } from '../support/import-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { until } from '../support/until.ts'

const ROWS = 6_000
/** As small as live changes want it, it has one at most. */
const YOUNG_BYTES = 4 * 1024 * 1024

async function youngBytes({ url }: Pick<Millrace, 'url'>): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_heap_space_size_total_bytes\{space="new"\} (.*)$/mu.exec(metrics)?.[1])
}

test('a process that only delivers makes room for the rows of a file that another one reads', async () => {
  await using kafka = await openKafka()
  await using place = await ImportPlace.open({ MILLRACE_LOG: kafka.url })
  const processes = [{ url: place.url }, await place.beside({}, ['--role', 'deliver'])]
  const lines = Array.from({ length: ROWS }, (_, row) => `${row},Item ${row},1\n`)
  await writeFile(join(place.folder, 'all.csv'), `external_id,name,price\n${lines.join('')}`)
  const asked = { sourceType: 'csv', sourceIdentifier: 'all.csv', options: { targetTable: 'catalog_items' } }
  const most = processes.map(() => 0)
  // It grows when it is found to be too small, and need not stay as it is when nothing comes: so it is looked at all the time.
  const look = async () => {
    for (const [index, one] of processes.entries()) most[index] = Math.max(most[index] ?? 0, await youngBytes(one))
    return most.every((bytes) => bytes > YOUNG_BYTES) ? most : null
  }
  let run = await place.trigger(asked)
  const looked = async () => {
    if (!['queued', 'running'].includes((await place.runs())[0]?.state ?? '')) {
      run = await place.trigger({ ...asked, force: true })
    }
    return look()
  }
  await until(looked, { what: 'both have room', withinMs: 240_000 })
  expect(await place.done(run)).toMatchObject({ state: 'done' })
})
