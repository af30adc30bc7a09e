// Data Synchronization: every venue, how it stands, and a sync of one or of all of them.

import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { VenuesView } from '../../control/venues-view.ts'
import { useAsked } from '../part/asked.ts'
import { BusyButton } from '../part/busy-button.tsx'
import { Failure } from '../part/failure.tsx'
import { count } from '../part/figures.ts'
import { Icon } from '../part/icon.tsx'
import { Pager } from '../part/pager.tsx'
import { askOfPlace, linkTo, place } from '../part/place.ts'
import { may } from '../part/session.ts'
import { SyncHistory } from './sync-history.tsx'
import { isSyncing, syncNow } from './syncs.ts'
import { VenueTable } from './venue-table.tsx'

const PAGE_VENUES = 50
const CALM_MS = 5_000
const BUSY_MS = 1_500
const TYPED_MS = 250

const STATES = [
  { state: '', title: 'All' },
  { state: 'needs_sync', title: 'Needs Sync' },
  { state: 'syncing', title: 'Syncing' },
  { state: 'synced', title: 'Synced' },
] as const

export function SyncPage() {
  const everyMs = useSignal(CALM_MS)
  const path = useComputed(() => `/api/venues?${venuesAsked(place.value.asked)}`)
  const venues = useAsked<VenuesView>(path, everyMs)
  everyMs.value = (venues.data?.counts.syncing ?? 0) > 0 ? BUSY_MS : CALM_MS
  const { data, error } = venues
  const isAll = data !== null && data.total > 0 && data.counts.syncing === data.total
  const offset = Number(place.value.asked.get('from') ?? 0)
  if (data === null && error?.code === 'SCOPE_INVALID') return <NoVenues />
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Data Synchronization</h1>
        {may('operator') && (
          <BusyButton
            kind="primary"
            isBusy={isSyncing(null) || isAll}
            act={() => syncNow({ venue: null, name: 'All venues' }, venues.again)}
          >
            <Icon name="sync" /> Sync All Venues
          </BusyButton>
        )}
      </div>
      <div class="filters">
        <Search />
        <States view={data} />
      </div>
      {error !== null && !error.isSilence && <Failure error={error} again={venues.again} />}
      {(error === null || data !== null) && <VenueTable view={data} again={venues.again} />}
      {data !== null && data.matching > PAGE_VENUES && (
        <Pager
          what="venues"
          from={offset}
          size={PAGE_VENUES}
          of={data.matching}
          go={(from) => askOfPlace({ from: from === 0 ? '' : String(from) })}
        />
      )}
      {/* Not before the venues: they would push it down. */}
      {data !== null && <SyncHistory everyMs={everyMs} />}
    </>
  )
}

function NoVenues() {
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Data Synchronization</h1>
      </div>
      <p class="quiet">
        No connector that runs here has venues to sync. What it does shows in <a href={linkTo('flow')}>Flow</a> and in{' '}
        <a href={linkTo('runs')}>Runs</a>.
      </p>
    </>
  )
}

function venuesAsked(asked: URLSearchParams): string {
  const query = new URLSearchParams({ limit: String(PAGE_VENUES), offset: asked.get('from') ?? '0' })
  for (const name of ['search', 'state', 'sort']) {
    const value = asked.get(name)
    if (value) query.set(name, value)
  }
  return query.toString()
}

function Search() {
  const asked = place.value.asked.get('search') ?? ''
  const input = useRef<HTMLInputElement>(null)
  const sent = useRef(asked)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    // The address says so by itself, as a link does: not what is being typed.
    if (asked === sent.current || input.current === null) return
    clearTimeout(timer.current)
    input.current.value = asked
    sent.current = asked
  }, [asked])
  const type = (text: string) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      sent.current = text
      askOfPlace({ search: text, from: '' })
    }, TYPED_MS)
  }
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search venues"
        placeholder="Search venues"
        defaultValue={asked}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    </div>
  )
}

function States({ view }: { readonly view: VenuesView | null }) {
  const chosen = place.value.asked.get('state') ?? ''
  const sum = view === null ? null : Object.values(view.counts).reduce((all, one) => all + one, 0)
  return (
    <fieldset class="choice">
      <legend class="unseen">Show venues that are</legend>
      {STATES.map(({ state, title }) => {
        const many = state === '' ? sum : (view?.counts[state] ?? null)
        return (
          <label key={state}>
            <input
              type="radio"
              name="state"
              checked={chosen === state}
              onChange={() => askOfPlace({ state, from: '' })}
            />
            <span>
              {title} <span class="many">{many === null ? '–' : count(many)}</span>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
