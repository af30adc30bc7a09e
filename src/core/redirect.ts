// A connector's writes for another table of the same keys: to rebuild a table beside the one that is in use.

import type { Write } from './write.ts'

export function redirect(write: Write, from: string, to: string): Write {
  const table = write.table === from ? to : write.table
  if (write.do !== 'create' && write.do !== 'identify') return { ...write, table }
  const counts = (write.counts ?? []).map((count) => ({ ...count, table: count.table === from ? to : count.table }))
  if (write.do === 'create') return { ...write, table, counts }
  const dependents = (id: string) => (write.dependents?.(id) ?? []).map((one) => redirect(one, from, to))
  return { ...write, table, counts, dependents }
}
