// Where one can go, and who one is. On a narrow screen it is folded away behind a button.

import { type Signal, useSignal, useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { SessionView } from '../control/session-view.ts'
import { PAGES, type Page } from './pages.ts'
import { count } from './part/figures.ts'
import { flow } from './part/flow.ts'
import { Icon } from './part/icon.tsx'
import { linkTo, place } from './part/place.ts'
import { signOut } from './part/session.ts'
import { isDark, switchTheme } from './part/theme.ts'
import { tellFault } from './part/toast-list.ts'

interface NavigationProps {
  readonly caller: SessionView
  readonly showKeys: () => void
}

export function Navigation({ caller, showKeys }: NavigationProps) {
  const isOpen = useSignal(false)
  useSignalEffect(() => {
    // Whoever has chosen a page is done with it.
    place.value
    isOpen.value = false
  })
  const fold = useRef<HTMLButtonElement>(null)
  useEscape(isOpen, fold)
  const [first] = PAGES
  const current = place.value.page === '' ? first?.name : place.value.page
  return (
    <header class={isOpen.value ? 'side open' : 'side'}>
      <div class="brand">
        <a href={linkTo('sync')} class="logo" aria-label="millrace">
          <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="7" />
            <path d="M5 12c4 0 4 3 8 3s4-3 8-3 4 3 6 3M5 19c4 0 4 3 8 3s4-3 8-3 4 3 6 3" />
          </svg>
          millrace
        </a>
        <button
          ref={fold}
          type="button"
          class="bare fold"
          aria-expanded={isOpen.value}
          aria-controls="navigation"
          aria-label="Menu"
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          <Icon name={isOpen.value ? 'close' : 'menu'} />
        </button>
      </div>
      <div id="navigation" class="folded">
        <nav aria-label="Pages">
          <ul>
            {PAGES.map((page) => (
              <li key={page.name}>
                <a href={linkTo(page.name)} aria-current={page.name === current ? 'page' : undefined}>
                  <Icon name={page.icon} />
                  {page.title}
                  <Waiting page={page} />
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Foot caller={caller} showKeys={showKeys} />
      </div>
    </header>
  )
}

function Foot({ caller, showKeys }: NavigationProps) {
  return (
    <div class="foot">
      <p class="caller">
        <strong>{caller.name}</strong>
        <span class="quiet">{caller.by === 'local' ? 'from this machine' : caller.role}</span>
      </p>
      <div class="tools">
        <button type="button" class="bare" onClick={switchTheme}>
          <Icon name="moon" />
          <span>{isDark() ? 'Light' : 'Dark'}</span>
        </button>
        <button type="button" class="bare" onClick={showKeys}>
          <Icon name="keys" />
          <span>Keys</span>
        </button>
        {caller.by === 'token' && (
          <button type="button" class="bare" onClick={() => void leave()}>
            <Icon name="out" />
            <span>Sign out</span>
          </button>
        )}
      </div>
    </div>
  )
}

/** Escape folds it away, and leaves the focus on what opens it again. */
function useEscape(isOpen: Signal<boolean>, fold: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const leave = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || !isOpen.peek() || document.querySelector('dialog[open]') !== null) return
      isOpen.value = false
      fold.current?.focus()
    }
    document.addEventListener('keydown', leave)
    return () => document.removeEventListener('keydown', leave)
  }, [])
}

function Waiting({ page }: { readonly page: Page }) {
  const many = flow.value === null ? 0 : (page.waiting?.(flow.value) ?? 0)
  if (many === 0) return null
  return (
    <span class="waiting">
      {count(many)}
      <span class="unseen"> to look at</span>
    </span>
  )
}

async function leave(): Promise<void> {
  await signOut().catch((error: unknown) => tellFault('Signing out failed', error))
}
