// Shares the partitions of a reader out among its members: as even as can be, and whoever holds one already keeps it.

import { type Place, placeKey } from './place.ts'

export interface Applicant {
  readonly memberId: string
  readonly topics: readonly string[]
  readonly holds: readonly Place[]
}

export function shareOut(applicants: readonly Applicant[], places: readonly Place[]): ReadonlyMap<string, Place[]> {
  const shares = new Map<string, Place[]>(applicants.map(({ memberId }) => [memberId, []]))
  const free = new Map(places.map((place) => [placeKey(place), place]))
  const floor = Math.floor(places.length / applicants.length)
  let larger = places.length % applicants.length
  // Those who hold most come first to the shares that are one larger, so that fewest partitions move.
  for (const { memberId, topics, holds } of applicants.toSorted((a, b) => b.holds.length - a.holds.length)) {
    const kept = holds.filter((place) => topics.includes(place.topic) && free.has(placeKey(place)))
    const isLarger = kept.length > floor && larger > 0
    if (isLarger) larger--
    const share = kept.slice(0, floor + (isLarger ? 1 : 0))
    for (const place of share) free.delete(placeKey(place))
    shares.set(memberId, share)
  }
  for (const place of free.values()) {
    const takers = applicants.filter(({ topics }) => topics.includes(place.topic))
    const shareOf = ({ memberId }: Applicant) => shares.get(memberId) ?? []
    const [taker] = takers.toSorted((a, b) => shareOf(a).length - shareOf(b).length)
    if (taker !== undefined) shareOf(taker).push(place)
  }
  return shares
}
