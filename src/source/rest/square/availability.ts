// Where an item of the catalogue is sold: Square says everywhere but here and there, or only here and there.

import type { Json } from '../../../core/json-path.ts'

export function availability(item: Json, locations: readonly string[]): readonly Json[] {
  const {
    present_at_all_locations: everywhere,
    present_at_location_ids: here,
    absent_at_location_ids: notHere,
  } = parts(item)
  return locations.map((location_id) => ({
    location_id,
    is_present: everywhere === true ? !isIn(notHere, location_id) : isIn(here, location_id),
  }))
}

function parts(item: Json): Readonly<Record<string, Json>> {
  return typeof item === 'object' && item !== null && !Array.isArray(item)
    ? (item as Readonly<Record<string, Json>>)
    : {}
}

function isIn(list: Json | undefined, id: string): boolean {
  return Array.isArray(list) && list.includes(id)
}
