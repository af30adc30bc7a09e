// Audit: who ordered or changed what, the newest first.

import { useComputed, useSignal } from '@preact/signals'
import type { AuditView } from '../../control/audit-view.ts'
import { useAsked } from '../part/asked.ts'
import { Cell } from '../part/cell.tsx'
import { EmptyRow } from '../part/empty-row.tsx'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { exactTime } from '../part/moments.ts'
import { Older, TO_NEWEST } from '../part/older.tsx'
import { askedPath, Pick } from '../part/pick.tsx'
import { askOfPlace, linkTo, place } from '../part/place.ts'
import { SkeletonRows } from '../part/skeleton.tsx'
import { TableHead } from '../part/table-head.tsx'

const SHOWN = 100
const EVERY_MS = 10_000
const ACTIONS = ['', 'order', 'pause', 'resume', 'cancel', 'limit', 'drop', 'migrate']

type Entry = AuditView['entries'][number]

export function AuditPage() {
  const path = useComputed(() => askedPath('/api/audit', ['by', 'action', 'before'], { limit: String(SHOWN) }))
  const { data, error, again } = useAsked<AuditView>(path, useSignal(EVERY_MS))
  const { asked } = place.value
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Audit</h1>
      </div>
      <div class="filters">
        <Pick label="Action" name="action" options={ACTIONS} forgets={TO_NEWEST} />
        <Field label="By" value={asked.get('by') ?? ''} change={(by) => askOfPlace({ ...TO_NEWEST, by })} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={again} />}
      {(error === null || data !== null) && <Entries view={data} />}
      <Older what="the audit" next={data?.next ?? null} />
    </>
  )
}

function Entries({ view }: { readonly view: AuditView | null }) {
  return (
    <div class="table-frame">
      <table class="stacked" aria-busy={view === null}>
        <caption class="unseen">Who did what</caption>
        <TableHead columns={['When', 'Who', 'What', 'Details']} />
        <tbody>
          {view === null && <SkeletonRows rows={10} columns={4} />}
          {view?.entries.map((entry) => (
            <Row key={JSON.stringify(entry)} entry={entry} />
          ))}
          {view?.entries.length === 0 && (
            <EmptyRow columns={4}>Nobody has done such a thing{view.next === null ? '' : ' of late'}.</EmptyRow>
          )}
        </tbody>
      </table>
    </div>
  )
}

function Row({ entry: { at, by, action, kind, connector, run, details } }: { readonly entry: Entry }) {
  const what = [action, kind, connector === null ? '' : `of ${connector}`].filter((one) => one).join(' ')
  const told = Object.entries(details).filter(([, value]) => value !== null && value !== '' && value !== false)
  return (
    <tr>
      <Cell of="When">
        <time dateTime={at}>{exactTime(new Date(at))}</time>
      </Cell>
      <th scope="row">{by}</th>
      <Cell of="What">{run === null ? what : <a href={linkTo('runs', run)}>{what}</a>}</Cell>
      <td class="details">{told.map(([name, value]) => detailText(name.replaceAll('_', ' '), value)).join(', ')}</td>
    </tr>
  )
}

function detailText(name: string, value: unknown): string {
  if (value === true) return name
  const texts = (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  )
  return `${name}: ${texts.join(', ')}`
}
