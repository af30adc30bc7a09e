// A port on which nothing listens, below the range the system gives to outgoing connections: a server that is stopped
// finds its port still free when it starts again.

import { once } from 'node:events'
import { createServer } from 'node:net'

const LOWEST = 15_000
const BEYOND = 32_768

/** Processes that look at the same time, and start their servers a moment later, look in different places first. */
const SLICES = 64
const SLICE = Math.floor((BEYOND - LOWEST) / SLICES)
const SLICE_TRIES = 200

const given = new Set<number>()

export async function freePort(): Promise<number> {
  const own = LOWEST + (process.pid % SLICES) * SLICE
  for (let tries = 0; ; tries++) {
    const [lowest, count] = tries < SLICE_TRIES ? [own, SLICE] : [LOWEST, BEYOND - LOWEST]
    const port = lowest + Math.floor(Math.random() * count)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

/** Asks for all addresses, so that a listener on any of them shows. */
async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port)
  try {
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}
