// What a share of all values does not exceed, by how many there are up to each bound; the last bound may be infinite, and each
// counts what those before it count, too. Within its bounds values are taken to be spread evenly.

export type Buckets = readonly (readonly [upTo: number, count: number])[]

/** Null where there are no values. */
export function quantile(counts: Buckets, share: number): number | null {
  const all = counts.at(-1)?.[1] ?? 0
  if (all === 0) return null
  const at = counts.findIndex(([, count]) => count >= all * share)
  const [upTo = 0, count = 0] = counts[at] ?? []
  const [from = 0, before = 0] = counts[at - 1] ?? []
  if (upTo === Number.POSITIVE_INFINITY) return from
  return from + (upTo - from) * ((all * share - before) / (count - before))
}
