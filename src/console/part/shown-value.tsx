// A value of the user's data, as text and nothing else; what is not there is told from what is empty.

export function ShownValue({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return <span class="quiet">none</span>
  if (value === '') return <span class="quiet">empty</span>
  return <span class="value">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</span>
}

/** The parts of a key in one line. */
export function keyText(key: Readonly<Record<string, unknown>> | null): string {
  return key === null
    ? ''
    : Object.entries(key)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', ')
}
