// One of a few, kept in the address.

import { askOfPlace, place } from './place.ts'

interface PickProps {
  readonly label: string
  readonly name: string
  /** The empty one is all of them. */
  readonly options: readonly string[]
  /** What else of the address does not hold any more. */
  readonly forgets?: Readonly<Record<string, ''>>
  /** What it is called, where that is not what it is. */
  readonly text?: (option: string) => string
  /** As wide as there is room. */
  readonly isLong?: boolean
}

export function Pick({ label, name, options, forgets = {}, text = String, isLong = false }: PickProps) {
  const picked = place.value.asked.get(name) ?? ''
  return (
    <label class={isLong ? 'pick long' : 'pick'}>
      {label}
      <select value={picked} onChange={({ currentTarget }) => askOfPlace({ ...forgets, [name]: currentTarget.value })}>
        {/* A link may have picked what is not among them. */}
        {[...new Set([...options, picked])].map((option) => (
          <option key={option} value={option}>
            {option === '' ? 'All' : text(option)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The path that asks for what is picked. */
export function askedPath(path: string, names: readonly string[], more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(more)
  for (const name of names) {
    const value = place.value.asked.get(name)
    if (value) query.set(name, value)
  }
  return `${path}?${query}`
}
