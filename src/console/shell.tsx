// The frame of every page: where one can go, who one is, and the page itself. On a new page the focus goes to its heading.

import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { SessionView } from '../control/session-view.ts'
import { KeysDialog } from './keys-dialog.tsx'
import { Navigation } from './navigation.tsx'
import { PAGES, type Page, pageNamed } from './pages.ts'
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
  const isFirst = useRef(true)
  useEffect(() => {
    if (page === null) return
    let isWanted = true
    void page.load().then((Content) => {
      if (isWanted) shown.value = { page, Content }
    })
    return () => {
      isWanted = false
    }
  }, [page])
  useSignalEffect(() => {
    if (shown.value === null) return
    document.title = `${shown.value.page.title} · millrace`
    if (!isFirst.current) requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus())
    isFirst.current = false
  })
  if (page === null) return <NoPage />
  if (shown.value === null || shown.value.page !== page) return <Skeleton lines={8} />
  const { Content } = shown.value
  return <Content />
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
