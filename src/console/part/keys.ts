// The keys of the whole page: `g` and a letter goes to a page, `/` to the search, `?` shows them all.

import { goTo, linkTo } from './place.ts'

const SECOND_WITHIN_MS = 1_500
const TYPED_INTO = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]'

interface Target {
  readonly name: string
  readonly key: string
}

/** Answers how to end it. */
export function listenToKeys(pages: readonly Target[], { showKeys }: { readonly showKeys: () => void }): () => void {
  let gAtMs = Number.NEGATIVE_INFINITY
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (document.querySelector('dialog[open]') !== null) return
    const isSecond = event.timeStamp - gAtMs < SECOND_WITHIN_MS
    gAtMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    const page = isSecond ? pages.find(({ key }) => key === event.key) : undefined
    const search = event.key === '/' ? document.querySelector<HTMLElement>('[type=search]') : null
    if (page !== undefined) goTo(linkTo(page.name))
    else if (search !== null) search.focus()
    else if (event.key === '?') showKeys()
    else return
    event.preventDefault()
  }
  document.addEventListener('keydown', press)
  return () => document.removeEventListener('keydown', press)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(TYPED_INTO) !== null
}
