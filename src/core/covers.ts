// Entries of `owns`: the name of a field, or with a `*` at its end all that begin like it.

export function covers(owned: string, field: string): boolean {
  return owned.endsWith('*') ? field.startsWith(owned.slice(0, -1)) : owned === field
}
