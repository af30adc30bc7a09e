// The yardstick of the sink of MySQL: the same rows, as many at a time and on as many connections, with nothing that would
// make them safe to repeat.

import mysql from 'mysql2/promise'
import { contend } from '../contender.ts'
import { CONNECTIONS, type SinkJob } from './sink-job.ts'
import { makeSinkTable, rowsText, workOf, writeRounds } from './sink-rounds.ts'

contend<SinkJob>(async (job, meter) => {
  await makeSinkTable(job)
  const work = workOf(job)
  const open = () => mysql.createConnection({ uri: job.url, dateStrings: true })
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, open))
  const names = Object.keys(work.fieldsOf(0, work.round))
  const sets = names.map((name) => `${name} = VALUES(${name})`)
  await writeRounds(
    job,
    async (ids, { round, lane }) => {
      const rows = rowsText(work, ids, { fieldsOf: work.fieldsOf, round })
      await connections[lane]?.query(`INSERT INTO ${work.table} ${rows} ON DUPLICATE KEY UPDATE ${sets}`)
    },
    meter,
  )
  for (const connection of connections) await connection.end()
})
