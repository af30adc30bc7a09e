// The names of some fields as one text, by which rows that are alike are found. Rows beside each other mostly have the same.

import { hasNames } from './has-names.ts'

export class NamesText {
  #last: { readonly names: readonly string[]; readonly text: string } = { names: [], text: '' }

  of(fields: Readonly<Record<string, unknown>>): string {
    if (hasNames(fields, this.#last.names)) return this.#last.text
    const names = Object.keys(fields)
    this.#last = { names, text: names.toSorted().join('\u0000') }
    return this.#last.text
  }
}
