// Whether fields have just these names, in this order: rows beside each other mostly have the same.

export function hasNames(fields: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  let at = 0
  for (const name in fields) if (names[at++] !== name) return false
  return at === names.length
}
