// Names of topics: one place, because users and other tools rely on them.

export const BOOKMARKS = 'millrace.bookmarks'
export const CONFLICTS = 'millrace.conflicts'
export const DIFFERENCES = 'millrace.differences'
export const DROPPED = 'millrace.dropped'
export const GAPS = 'millrace.gaps'
export const RUNS = 'millrace.runs'
export const SCHEMAS = 'millrace.schemas'

export function changeTopic(database: string, table: string): string {
  return `millrace.${database}.${table}`
}

export function deadTopic(topic: string): string {
  return `${topic}.dead`
}
