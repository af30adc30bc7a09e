// Names of venues by their ids, asked for once each.

import { signal } from '@preact/signals'
import type { SyncStatusView } from '../../control/sync-view.ts'
import { ask } from '../part/api.ts'

const names = signal<ReadonlyMap<string, string>>(new Map())
const asked = new Set<string>()

/** Its number until its name is known. */
export function nameOf(venue: string): string {
  const known = names.value.get(venue)
  if (known !== undefined) return known
  if (!asked.has(venue)) {
    asked.add(venue)
    // Who has no name any more is called by the number.
    void ask<SyncStatusView>(`/api/sync/status/${encodeURIComponent(venue)}`).then(
      ({ restaurant_name: name }) => {
        if (name !== null) names.value = new Map([...names.value, [venue, name]])
      },
      () => undefined,
    )
  }
  return `Venue ${venue}`
}
