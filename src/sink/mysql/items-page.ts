// One page of a walk through a table, in the order of its primary key: the rows that merges or creates of ours have
// written and none has removed, whole and as they are now.

import type { Value } from '../../core/value.ts'
import type { ItemKey } from '../../core/write.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import type { ItemsPage, ItemsRequest } from '../sink.ts'
import { COUNTED } from './bookkeeping.ts'
import { comparable } from './comparable.ts'
import { literal } from './literal.ts'
import { type Loading, loadGuards } from './load-rows.ts'
import { askedFor, readValue } from './read-value.ts'
import { keyText, rowKey } from './row-key.ts'
import type { Guard } from './row-state.ts'
import type { Answer } from './session.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'
import type { TargetTables } from './target-tables.ts'

export async function itemsPage(
  by: Loading & { readonly targets: TargetTables },
  { table, after, itemsMax }: ItemsRequest,
): Promise<ItemsPage> {
  const shape = await by.targets.shape(by.session, table)
  const others = [...shape.columns.values()].filter(({ name }) => !shape.key.some((part) => part.name === name))
  const columns = [...shape.key, ...others]
  const asked = columns.map((column) => askedFor(column, 't')).join(', ')
  const order = shape.key.map(({ name }) => `t.${quotedName(name)}`).join(', ')
  const answers = await by.session.rows(
    `SELECT ${asked} FROM ${quotedName(table)} t ${behind(shape, after)} ORDER BY ${order} LIMIT ${itemsMax}`,
  )
  const rows = answers.map((answer) => rowOf(shape, columns, answer))
  const guards =
    rows.length === 0
      ? new Map()
      : await loadGuards(by, { table, keys: rows.map(({ key }) => rowKey(shape, key)), names: null })
  return {
    items: rows.filter(({ text }) => isOurs(guards.get(text) ?? new Map())).map(({ key, fields }) => ({ key, fields })),
    next: rows.length < itemsMax ? null : (rows.at(-1)?.key ?? null),
  }
}

function behind(shape: TargetShape, after: ItemKey | null): string {
  if (after === null) return ''
  const { values } = rowKey(shape, after)
  const parts = shape.key.map(
    (column, at) => [`t.${quotedName(column.name)}`, literal(column, values[at] ?? null)] as const,
  )
  const [[first, one] = ['', ''], second] = parts
  return second === undefined
    ? `WHERE ${first} > ${one}`
    : `WHERE ${first} >= ${one} AND (${first} > ${one} OR ${second[0]} > ${second[1]})`
}

function rowOf(shape: TargetShape, columns: readonly TargetColumn[], answer: Answer) {
  const values = columns.map((column, at) => readValue(column, answer[at] ?? null))
  const count = shape.key.length
  const fields = columns.slice(count).flatMap((column, at) => {
    const value: Value = values[count + at] ?? null
    return value === null ? [] : [[column.name, comparable(column, value)] as const]
  })
  const key = values.slice(0, count).map(String) as unknown as ItemKey
  return { key, text: keyText(values.slice(0, count)), fields: Object.fromEntries(fields) }
}

function isOurs(guards: ReadonlyMap<string, Guard>): boolean {
  if ([...guards.values()].some(({ removed }) => removed !== null)) return false
  return [...guards].some(([name, { position }]) => position !== null && !name.startsWith(COUNTED))
}
