// Which page is shown, and what of it: the part of the address behind `#`, so that it can be kept, sent, and gone back to.

import { computed, signal } from '@preact/signals'

const hash = signal(location.hash)

window.addEventListener('hashchange', () => {
  hash.value = location.hash
})

export interface Place {
  /** `sync`, `runs`, … */
  readonly page: string
  /** Of one thing of that page; empty for all of it. */
  readonly id: string
  readonly asked: URLSearchParams
}

export const place = computed((): Place => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?')
  const [page = '', ...id] = path.split('/')
  const asked = new URLSearchParams(query)
  return { page, id: decoded(id.join('/')) || (asked.get('id') ?? ''), asked }
})

/** An address that somebody has cut short is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function linkTo(page: string, id = '', asked: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString()
  return `#/${page}${id === '' ? '' : `/${encodeURIComponent(id)}`}${query === '' ? '' : `?${query}`}`
}

export function goTo(link: string): void {
  location.hash = link
}

/** What is asked of the page that is shown, without a step to go back to. */
export function askOfPlace(asked: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', linkAsking(asked))
  hash.value = location.hash
}

/** The same, with a step to go back to. */
export function stepTo(asked: Readonly<Record<string, string>>): void {
  goTo(linkAsking(asked))
}

function linkAsking(asked: Readonly<Record<string, string>>): string {
  const { page, id, asked: before } = place.value
  return linkTo(page, id, { ...Object.fromEntries(before), ...asked })
}
