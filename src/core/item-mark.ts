// What an item says of its own key: a copy of it under another key says something else than it should, and is nobody's
// work of ours.

import { hash } from 'node:crypto'

const DIGITS = 12

export function itemMark(key: readonly string[]): string {
  return hash('sha256', JSON.stringify(key), 'hex').slice(0, DIGITS)
}
