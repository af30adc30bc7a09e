// Dead letters, the newest first, to choose among.

import type { Signal } from '@preact/signals'
import type { DeadListView, DeadView } from '../../control/dead-view.ts'
import { Ago } from '../part/ago.tsx'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { linkTo, place } from '../part/place.ts'
import { may } from '../part/session.ts'
import { keyText } from '../part/shown-value.tsx'
import { SkeletonRows } from '../part/skeleton.tsx'
import { type Column, TableHead } from '../part/table-head.tsx'

const COLUMNS: readonly Column[] = ['Row', 'Reason', { title: 'Attempts', kind: 'number' }, 'Died']

interface DeadTableProps {
  /** Null: still to come. */
  readonly view: DeadListView | null
  readonly chosen: Signal<ReadonlySet<string>>
}

export function DeadTable({ view, chosen }: DeadTableProps) {
  const letters = view?.letters ?? []
  const areAll = letters.length > 0 && letters.every(({ id }) => chosen.value.has(id))
  const isOperator = may('operator')
  const all = (
    <input
      type="checkbox"
      aria-label="Choose all that are shown"
      checked={areAll}
      onChange={() => (chosen.value = new Set(areAll ? [] : letters.map(({ id }) => id)))}
    />
  )
  return (
    <div class="table-frame">
      <table class="stacked dead" aria-busy={view === null}>
        <caption class="unseen">Dead letters</caption>
        <TableHead columns={COLUMNS} {...(isOperator && { tick: all })} />
        <tbody>
          {view === null && <SkeletonRows rows={8} columns={isOperator ? 5 : 4} />}
          {letters.map((letter) => (
            <Row key={letter.id} letter={letter} chosen={chosen} isOperator={isOperator} />
          ))}
          {view !== null && letters.length === 0 && (
            <EmptyRow columns={isOperator ? 5 : 4}>
              {view.total === 0
                ? 'No dead letters. What a target refuses for good waits here, with the reason and the row.'
                : 'No older ones.'}
            </EmptyRow>
          )}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly letter: DeadView
  readonly chosen: Signal<ReadonlySet<string>>
  readonly isOperator: boolean
}

function Row({ letter, chosen, isOperator }: RowProps) {
  const { id, connector, table, op, key, reason, attempts, died_at: died } = letter
  const name = table === null ? letter.cursor : `${table} ${keyText(key)}`
  const tick = () => {
    const others = [...chosen.value].filter((one) => one !== id)
    chosen.value = new Set(chosen.value.has(id) ? others : [...others, id])
  }
  return (
    <tr>
      {isOperator && (
        <td class="tick">
          <input type="checkbox" aria-label={`Choose ${name}`} checked={chosen.value.has(id)} onChange={tick} />
        </td>
      )}
      <th scope="row">
        <a href={linkTo('dead', id, Object.fromEntries(place.value.asked))}>{name}</a>
        <span class="route">
          {op ?? 'unreadable'}, {connector}
        </span>
      </th>
      <Cell of="Reason" kind="words">
        {reason}
      </Cell>
      <Cell of="Attempts" kind="number">
        {attempts}
      </Cell>
      <Cell of="Died">
        <Ago at={died} />
      </Cell>
    </tr>
  )
}
