// The frame of every page: where one can go, who one is, and the page itself. On a new page the focus goes to its heading.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { SessionView } from '../control/session-view.ts'
import { KeysDialog } from './keys-dialog.tsx'
import { Navigation } from './navigation.tsx'
import { PAGES, type Page, pageNamed } from './pages.ts'
import { ApiError } from './part/api-error.ts'
import { Boundary } from './part/boundary.tsx'
import { returns } from './part/connection.ts'
import { Failure } from './part/failure.tsx'
import { followFlow } from './part/flow.ts'
import { listenToKeys } from './part/keys.ts'
import { linkTo, place } from './part/place.ts'
import { Skeleton } from './part/skeleton.tsx'

export function Shell({ caller }: { readonly caller: SessionView }) {
  const areKeysShown = useSignal(false)
  useEffect(() => listenToKeys(PAGES, { showKeys: () => (areKeysShown.value = true) }), [])
  useEffect(() => followFlow(), [])
  const close = () => {
    areKeysShown.value = false
  }
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <Navigation caller={caller} showKeys={() => (areKeysShown.value = true)} />
      <main id="content" tabIndex={-1}>
        <Shown />
      </main>
      {areKeysShown.value && <KeysDialog close={close} />}
    </div>
  )
}

function skip(): void {
  document.getElementById('content')?.focus()
}

function Shown() {
  const [first] = PAGES
  const page = place.value.page === '' ? (first ?? null) : pageNamed(place.value.page)
  const shown = useSignal<{ readonly page: Page; readonly Content: ComponentType } | null>(null)
  const fault = useSignal<ApiError | null>(null)
  const isFirst = useRef(true)
  const id = useComputed(() => place.value.id)
  useEffect(() => {
    if (page === null || shown.peek()?.page === page) return
    let isWanted = true
    fault.value = null
    const load = async () => {
      try {
        const Content = await page.load()
        if (isWanted) shown.value = { page, Content }
      } catch {
        if (isWanted) fault.value = notLoaded()
      }
    }
    void load()
    return () => {
      isWanted = false
    }
  }, [page, returns.value])
  useSignalEffect(() => {
    if (shown.value === null) return
    document.title = `${shown.value.page.title} · millrace`
    if (!isFirst.current) requestAnimationFrame(focusHeading)
    isFirst.current = false
  })
  useSignalEffect(() => {
    // One thing of the page took the place of all of them, or the other way round: what had the focus is gone.
    id.value
    requestAnimationFrame(() => {
      if (document.activeElement === document.body && !isFirst.current) focusHeading()
    })
  })
  if (page === null) return <NoPage />
  if (fault.value !== null) return <Failure error={fault.value} again={() => location.reload()} />
  if (shown.value === null || shown.value.page !== page) return <Skeleton lines={8} />
  const { Content } = shown.value
  return (
    <Boundary title={page.title} of={`${page.name} ${id.value}`}>
      <Content />
    </Boundary>
  )
}

function focusHeading(): void {
  document.querySelector<HTMLElement>('h1')?.focus()
}

function notLoaded(): ApiError {
  const hint = 'The server is away, or newer than what this browser has of it. Trying again loads all of it anew.'
  return new ApiError(0, { code: 'PAGE_NOT_LOADED', message: 'this page could not be loaded', hint })
}

function NoPage() {
  return (
    <>
      <h1 tabIndex={-1}>There is no such page</h1>
      <p>
        <a href={linkTo('sync')}>Go to Data Synchronization</a>
      </p>
    </>
  )
}
