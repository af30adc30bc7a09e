// Objects that have the same fields again and again: a copy of a blank one is made at once, and does not grow field by field.

export function blank(names: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(names.map((name) => [name, null]))
}
