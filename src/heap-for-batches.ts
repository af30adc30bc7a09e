// Room for batches: of an import, of a verification, of a way back into MySQL that has fallen behind. Rows come as fast as they
// can be taken, and most of them would outlive a young generation as small as live changes want it. Still small: memory stays
// bounded whatever comes.

import { availableParallelism } from 'node:os'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const MIB = 1024 * 1024
/**
 * How large the young generation gets, and how much the old one may grow before it is collected: what is read lives as long as
 * its batch.
 */
const ROOM = {
  import: { youngBytes: 32 * MIB, growingPercent: 40 },
  verify: { youngBytes: 16 * MIB, growingPercent: 120 },
  merge: { youngBytes: 32 * MIB, growingPercent: 120 },
} as const
export type RoomKind = keyof typeof ROOM
const LOOK_MS = 20
/** With so few cores the helpers of a young collection take from the servers beside them more than they save it. */
const CROWDED_CORES = 2

let looking: NodeJS.Timeout | null = null
let made: RoomKind | null = null

/** From now on; the young generation grows when it is next found to be too small. */
export function makeHeapForBatches(kind: RoomKind): void {
  if (made !== kind) setFlagsFromString(`--heap-growing-percent=${ROOM[kind].growingPercent}`)
  if (made === null && availableParallelism() <= CROWDED_CORES) setFlagsFromString('--no-parallel-scavenge')
  made = kind
  if (looking !== null || isLarge(kind)) return
  setFlagsFromString('--semi-space-growth-factor=2')
  looking = setInterval(stopWhenLarge, LOOK_MS).unref()
}

/** It would go on growing, to as much again and more. */
function stopWhenLarge(): void {
  if (looking === null || made === null || !isLarge(made)) return
  setFlagsFromString('--semi-space-growth-factor=1')
  clearInterval(looking)
  looking = null
}

function isLarge(kind: RoomKind): boolean {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  return (young?.space_size ?? 0) >= ROOM[kind].youngBytes
}
