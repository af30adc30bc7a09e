// The offsets a group has committed.

import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import { offsetFetchRequest, readOffsetFetch } from './group-protocol.ts'
import { CODE, isCoordinatorMoving, refusal } from './kafka-error.ts'
import { Patience } from './patience.ts'
import { type Place, placeKey } from './place.ts'

export interface GroupOffsetsOptions {
  readonly group: string
  /**
   * Given by who is about to read on from there: waits for transactions that commit one of the offsets, and has this
   * end what a holder that died has left open.
   */
  readonly takeOver?: (place: Place) => Promise<void>
}

/** A transaction of a holder that lives ends sooner. */
const TRANSACTION_PATIENCE_MS = 500

/** In the order of `places`; null where none was committed. */
export async function committedOffsets(
  cluster: Cluster,
  { group, takeOver }: GroupOffsetsOptions,
  places: readonly Place[],
): Promise<readonly (number | null)[]> {
  if (places.length === 0) return []
  const takeOverMs = performance.now() + TRANSACTION_PATIENCE_MS
  for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
    const request = offsetFetchRequest(group, places, takeOver !== undefined)
    const { code, standings } = readOffsetFetch(await cluster.sendToCoordinator('group', group, request))
    if (code === CODE.NONE) {
      const found = new Map(standings.map((standing) => [placeKey(standing), standing.offset]))
      return places.map((place) => found.get(placeKey(place)) ?? null)
    }
    const refused = () => refusal(code, `read the cursors of ${group}`)
    if (isCoordinatorMoving(code)) cluster.forgetCoordinator('group', group)
    else if (code !== CODE.UNSTABLE_OFFSET_COMMIT) throw refused()
    else if (performance.now() > takeOverMs)
      for (const standing of standings) if (standing.code === code) await takeOver?.(standing)
    await patience.pause(refused)
  }
}
