// The names of some fields as one text, by which rows that are alike are found. Rows beside each other mostly have the same.

export class NamesText {
  #last: { readonly names: readonly string[]; readonly text: string } = { names: [], text: '' }

  of(fields: Readonly<Record<string, unknown>>): string {
    const names = Object.keys(fields)
    const { names: last, text } = this.#last
    if (names.length === last.length && names.every((name, at) => name === last[at])) return text
    this.#last = { names, text: names.toSorted().join('\u0000') }
    return this.#last.text
  }
}
