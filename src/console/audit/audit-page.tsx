// Audit: who ordered or changed what, the newest first.

import { useComputed, useSignal } from '@preact/signals'
import type { AuditView } from '../../control/audit-view.ts'
import { useAsked } from '../part/asked.ts'
import { Failure } from '../part/failure.tsx'
import { Field } from '../part/field.tsx'
import { Icon } from '../part/icon.tsx'
import { exactTime } from '../part/moments.ts'
import { askedPath, Pick } from '../part/pick.tsx'
import { askOfPlace, linkTo, place } from '../part/place.ts'
import { SkeletonRows } from '../part/skeleton.tsx'

const SHOWN = 100
const EVERY_MS = 10_000
const ACTIONS = ['', 'order', 'pause', 'resume', 'cancel', 'limit', 'drop', 'migrate']
const TO_NEWEST = { before: '' } as const

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
      {(asked.has('before') || (data?.next ?? null) !== null) && (
        <nav class="pager" aria-label="Pages of the audit">
          <button type="button" disabled={!asked.has('before')} onClick={() => askOfPlace(TO_NEWEST)}>
            <Icon name="back" /> Newest
          </button>
          <button
            type="button"
            disabled={(data?.next ?? null) === null}
            onClick={() => askOfPlace({ before: data?.next ?? '' })}
          >
            Older <Icon name="forward" />
          </button>
        </nav>
      )}
    </>
  )
}

function Entries({ view }: { readonly view: AuditView | null }) {
  return (
    <div class="table-frame">
      <table class="stacked" aria-busy={view === null}>
        <caption class="unseen">Who did what</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {view === null && <SkeletonRows rows={10} columns={4} />}
          {view?.entries.map((entry) => (
            <Row key={JSON.stringify(entry)} entry={entry} />
          ))}
          {view?.entries.length === 0 && (
            <tr>
              <td colSpan={4} class="empty">
                Nobody has done such a thing{view.next === null ? '' : ' of late'}.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

function Row({ entry: { at, by, action, kind, connector, run, details } }: { readonly entry: Entry }) {
  const what = [action, kind, connector === null ? '' : `of ${connector}`].filter((one) => one).join(' ')
  const told = Object.entries(details).filter(([, value]) => value !== null && value !== '')
  return (
    <tr>
      <td>
        <time dateTime={at}>{exactTime(new Date(at))}</time>
      </td>
      <th scope="row">{by}</th>
      <td>{run === null ? what : <a href={linkTo('runs', run)}>{what}</a>}</td>
      <td class="details">
        {told.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${detailText(value)}`).join(', ')}
      </td>
    </tr>
  )
}

function detailText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
