// What both contenders do with their work: make the table and fill it, write the rounds before, and then the one that counts.

import mysql from 'mysql2/promise'
import type { Meter } from '../meter.ts'
import { CHUNK, CONNECTIONS, type SinkJob } from './sink-job.ts'
import { type FieldsOf, SINK_WORKS, type SinkWork } from './sink-works.ts'

/** Writes these rows of a round, on the connection with this number. */
export type WriteRows = (ids: readonly number[], at: { readonly round: number; readonly lane: number }) => Promise<void>

/** Rows of other numbers are written first, for compiled code is nobody's merit. */
const WARM_UP = 40 * CHUNK

export function workOf({ work: name }: SinkJob): SinkWork {
  const work = SINK_WORKS[name]
  if (work === undefined) throw new Error(`${name} is no work`)
  return work
}

export async function writeRounds(job: SinkJob, write: WriteRows, meter: Meter): Promise<void> {
  const { before, round } = workOf(job)
  const warmUp = { from: job.rows, to: job.rows + WARM_UP }
  for (const each of [...before, round]) await writeRound(warmUp, each, write)
  for (const each of before) await writeRound({ from: 0, to: job.rows }, each, write)
  meter.done(0)
  await writeRound({ from: 0, to: job.rows }, round, write)
  meter.done(job.rows)
}

/** The table as it is before anything of ours. */
export async function makeSinkTable(job: SinkJob): Promise<void> {
  const work = workOf(job)
  const connection = await mysql.createConnection(job.url)
  await connection.query(work.create)
  const { filled } = work
  for (let from = 0; filled !== null && from < job.rows + WARM_UP; from += CHUNK) {
    const ids = Array.from({ length: CHUNK }, (_, index) => from + index)
    await connection.query(`INSERT INTO ${work.table} ${rowsText(work, ids, { fieldsOf: filled, round: 0 })}`)
  }
  await connection.end()
}

interface Filling {
  readonly fieldsOf: FieldsOf
  readonly round: number
}

/** The columns' names, and the rows. */
export function rowsText({ key }: SinkWork, ids: readonly number[], { fieldsOf, round }: Filling): string {
  const names = Object.keys(fieldsOf(0, round))
  const rows = ids.map((id) => `(${id},${Object.values(fieldsOf(id, round)).map((value) => mysql.escape(value))})`)
  return `(${[key, ...names]}) VALUES ${rows}`
}

interface Range {
  readonly from: number
  readonly to: number
}

async function writeRound({ from, to }: Range, round: number, write: WriteRows): Promise<void> {
  let next = from
  const work = async (lane: number) => {
    while (next < to) {
      const ids = Array.from({ length: Math.min(CHUNK, to - next) }, (_, index) => next + index)
      next += ids.length
      await write(ids, { round, lane })
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => work(lane)))
}
