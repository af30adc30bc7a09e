// Where the topics of a log file end, all but those that grow by themselves.

import { changeTopic, DROPPED, deadTopic, RUNS, SCHEMAS } from '../../src/core/topic.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'

/** `url` is that of the log, `tables` those of the database that are followed. */
export async function logEnds(url: string, database: string, tables: readonly string[]): Promise<readonly number[]> {
  const changes = tables.map((table) => changeTopic(database, table))
  const log = await openSqliteLog({ path: url.replace(/^file:/u, '') })
  try {
    const all = [...changes, ...changes.map(deadTopic), RUNS, DROPPED, SCHEMAS].map((topic) => log.ends(topic))
    return (await Promise.all(all)).flat().map(({ offset }) => offset)
  } finally {
    await log.close()
  }
}
