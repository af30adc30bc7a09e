// Room for the batches of an import or a verification: rows come as fast as they can be taken, and a young generation as
// small as live changes want it would have most of them outlive it. Still small: memory stays bounded whatever comes.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const YOUNG_BYTES = 16 * 1024 * 1024
const LOOK_MS = 20

let looking: NodeJS.Timeout | null = null
let growing: keyof typeof GROWING_PERCENT | null = null

/** How much the old generation may grow before it is collected: what is read lives as long as its batch. */
const GROWING_PERCENT = { import: 60, verify: 120 } as const

/** From now on; the young generation grows when it is next found to be too small. */
export function makeHeapForBatches(kind: keyof typeof GROWING_PERCENT): void {
  if (growing !== kind) setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT[kind]}`)
  growing = kind
  if (looking !== null || youngBytes() >= YOUNG_BYTES) return
  setFlagsFromString('--semi-space-growth-factor=2')
  looking = setInterval(stopWhenLarge, LOOK_MS).unref()
}

/** It would go on growing, to six times as much. */
function stopWhenLarge(): void {
  if (looking === null || youngBytes() < YOUNG_BYTES) return
  setFlagsFromString('--semi-space-growth-factor=1')
  clearInterval(looking)
  looking = null
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0
}
