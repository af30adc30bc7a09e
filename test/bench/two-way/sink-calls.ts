// Merges through our sink of MySQL: each lane is a partition of the log, with one call at a time.

import { position } from '../../../src/core/position.ts'
import { openMysqlSink } from '../../../src/sink/mysql/mysql-sink.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { contend } from '../contender.ts'
import type { SinkJob } from './sink-job.ts'
import { makeSinkTable, workOf, writeRounds } from './sink-rounds.ts'
import type { SinkWork } from './sink-works.ts'

const TOPIC = 'millrace.dynamodb.bench'
/** Digits of a position of DynamoDB's streams. */
const DIGITS = 34
const ROUND_OFFSETS = 10_000_000
const FOREVER = new AbortController().signal

contend<SinkJob>(async (job, meter) => {
  await makeSinkTable(job)
  const work = workOf(job)
  const { table, key, fieldsOf, round: last } = work
  const targets = { [table]: { key: [key], owns: Object.keys(fieldsOf(0, last)) } as const }
  const sink = await openMysqlSink({ url: job.url, targets })
  await writeRounds(
    job,
    async (ids, { round, lane }) => {
      const outcomes = await sink.apply(
        ids.map((id) => placed(work, { id, round, lane })),
        FOREVER,
      )
      const other = outcomes.find(({ did, contests }) => did !== 'applied' || contests !== undefined)
      if (other !== undefined) throw new Error(`a row was ${other.did}: ${other.reason}`)
    },
    meter,
  )
  await sink.close()
})

interface Place {
  readonly id: number
  readonly round: number
  readonly lane: number
}

function placed({ table, fieldsOf, more }: SinkWork, { id, round, lane }: Place): PlacedWrite {
  const offset = round * ROUND_OFFSETS + id
  return {
    write: { do: 'merge', table, key: [String(id)], fields: fieldsOf(id, round), ...more(id, round) },
    position: position(1, [{ value: offset, digits: DIGITS }]),
    cursor: { topic: TOPIC, topicId: 'bench', partition: lane, offset },
    lane: `${TOPIC} ${id}`,
    reader: 'bench',
    since: 0,
  }
}
