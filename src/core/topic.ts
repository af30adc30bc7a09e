// Names of topics: one place, because users and other tools rely on them.

import type { Connector } from './connector.ts'
import { importsDatabase } from './imported-row.ts'
import { ITEMS_DATABASE } from './item.ts'

export const AUDIT = 'millrace.audit'
export const BOOKMARKS = 'millrace.bookmarks'
export const CONFLICTS = 'millrace.conflicts'
export const DIFFERENCES = 'millrace.differences'
export const DROPPED = 'millrace.dropped'
export const GAPS = 'millrace.gaps'
export const NOTICES = 'millrace.notices'
export const RUNS = 'millrace.runs'
export const SCHEMAS = 'millrace.schemas'

/** Whoever holds a partition of it reads that slice of the source. */
export function slicesTopic(source: string, slices: number): string {
  return `millrace.slices.${source}.${slices}`
}

export function changeTopic(database: string, table: string): string {
  return `millrace.${database}.${table}`
}

/** What stands for a database in the topics that a connector follows; `database` is the one of MySQL. */
export function topicDatabase({ source, name }: Pick<Connector, 'source' | 'name'>, database: string): string {
  switch (source) {
    case 'mysql':
      return database
    case 'dynamodb':
      return ITEMS_DATABASE
    case 'import':
      return importsDatabase(name)
  }
}

/** Where the changes of a connector's table are. */
export function tableTopic(connector: Pick<Connector, 'source' | 'name'>, database: string, table: string): string {
  return changeTopic(topicDatabase(connector, database), table)
}

/** Those of all its tables. */
export function connectorTopics(
  connector: Pick<Connector, 'source' | 'name' | 'tables'>,
  database: string,
): readonly string[] {
  return Object.keys(connector.tables).map((table) => tableTopic(connector, database, table))
}

export function deadTopic(topic: string): string {
  return `${topic}.dead`
}
