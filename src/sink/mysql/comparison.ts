// What of a write is not true of the table as it stands; nothing is written.

import type { FieldDifference } from '../../core/difference.ts'
import { fieldNames } from '../../core/field-names.ts'
import { fieldText } from '../../core/field-text.ts'
import type { Field, Fields } from '../../core/value.ts'
import type { Create, Merge, Remove, Write } from '../../core/write.ts'
import { Rejection } from '../rejection.ts'
import type { Compared, Difference } from '../sink.ts'
import { comparable } from './comparable.ts'
import { heldValue } from './held-value.ts'
import { jsonText } from './json-field.ts'
import { type Loading, loadRows } from './load-rows.ts'
import type { RowState } from './row-state.ts'
import { RowStates } from './row-states.ts'
import { settleGroups } from './settle-groups.ts'
import type { RowWrite, TargetTables } from './target-tables.ts'

/** What only mends has a guard of its own: the positions by which live changes are judged stay as they are. */
const MEND = 'mend'
const DELETED_AT = 'deleted_at'
const TEXT_MAX = 300

export async function comparison(
  by: Loading & { readonly targets: TargetTables; readonly nowMs: number },
  writes: readonly Write[],
): Promise<readonly Compared[]> {
  const checked = writes.map((write) => by.targets.checked(write))
  const states = await RowStates.load(
    { ...by, find: (wanted) => loadRows(by, wanted) },
    { writes: checked, reads: fieldNames },
  )
  return checked.map((write) => {
    try {
      return { differences: differences(states, write, by.nowMs), met: metBy(states, write) }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      // It can never be delivered, so it is not there.
      const { table } = write
      return { differences: [{ table, key: null, fields: null, position: null, mends: [] }], met: [] }
    }
  })
}

function differences(states: RowStates, write: RowWrite, nowMs: number): readonly Difference[] {
  if (write.do === 'count' || (write.do === 'merge' && write.seed)) return []
  const state = states.of(write)
  if (write.do === 'create') return ofCreate(state, write)
  return write.do === 'merge' ? ofMerge(state, write, nowMs) : ofRemove(state, write)
}

/** A row that this sink emptied is not met. */
function metBy(states: RowStates, write: RowWrite): readonly string[] {
  return isNone(states.of(write)) ? [] : [write.table]
}

function ofCreate(state: RowState, write: Create): readonly Difference[] {
  const { table, key, later = [] } = write
  if (isNone(state)) return [missing(write, [])]
  const fields = differing(state, write.fields).filter(({ name, held }) => held !== null || !later.includes(name))
  if (fields.length === 0) return []
  const mend: Merge = { do: 'merge', table, key, fields: pick(write.fields, fields), guard: MEND, mends: true }
  return [{ table, key, fields, position: state.guard(undefined).position, mends: [mend] }]
}

/** What the other side owns too differs only where this write would win. */
function ofMerge(state: RowState, write: Merge, nowMs: number): readonly Difference[] {
  const { table, key, guard, mustExist } = write
  if (isNone(state)) {
    if (mustExist === 'or-pass') return []
    return [missing(write, mustExist === 'or-reject' ? [] : [{ ...write, mends: true }])]
  }
  const contested = write.contested?.map((one) => ({ ...one, before: null }))
  const unsettled = { ...write, ...(contested === undefined ? {} : { contested }) }
  const fields = differing(state, settleGroups(state, unsettled, nowMs).left)
  const held = contested?.map((one) => ({ ...one, before: state.held }))
  const mends = [{ ...write, ...(held === undefined ? {} : { contested: held }), mends: true }]
  return fields.length === 0 ? [] : [{ table, key, fields, position: state.guard(guard).position, mends }]
}

/** A row that nobody has marked as removed. */
function ofRemove(state: RowState, { table, key, guard, deletedAt }: Remove): readonly Difference[] {
  if (!state.isThere || state.guard(undefined).removed !== null) return []
  const fields = [{ name: DELETED_AT, wanted: deletedAt, held: null }]
  return [{ table, key, fields, position: state.guard(guard).position, mends: [] }]
}

/** What this sink emptied is no row. */
function isNone(state: RowState): boolean {
  return !state.isThere || state.guard(undefined).removed === 'tombstone'
}

function missing({ table, key }: Create | Merge, mends: readonly Merge[]): Difference {
  return { table, key, fields: null, position: null, mends }
}

function differing(state: RowState, fields: Fields): readonly FieldDifference[] {
  const found: FieldDifference[] = []
  for (const [name, field] of Object.entries(fields)) {
    const column = state.row.shape.columns.get(name)
    if (column === undefined) continue
    const wanted = comparable(column, heldValue(column, field))
    const held = comparable(column, heldValue(column, state.found.held[name] ?? null))
    if (fieldText(wanted) === fieldText(held)) continue
    found.push({ name, wanted: shown(wanted), held: shown(held) })
  }
  const { removed, deletedAt } = state.guard(undefined)
  // A row that is there is not deleted.
  if (removed !== null) found.push({ name: DELETED_AT, wanted: null, held: deletedAt })
  return found
}

/** Long ones only as far as they go. */
function shown(field: Field): string | null {
  if (field === null) return null
  const text = typeof field === 'string' ? field : jsonText(field)
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`
}

function pick(fields: Fields, found: readonly FieldDifference[]): Fields {
  return Object.fromEntries(found.flatMap(({ name }) => (name in fields ? [[name, fields[name] ?? null]] : [])))
}
