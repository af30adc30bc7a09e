// A fresh folder for one server's data, in memory where the system has room for it. Folders that a killed process left
// behind are swept when the next one is made: each is named after the process that owns it.

import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from './is-alive.ts'

const MEMORY = '/dev/shm'
const ROOM_BYTES_MIN = 2 * 1024 ** 3

export function dataFolder(name: string): string {
  const base = hasRoom(MEMORY) ? MEMORY : tmpdir()
  for (const folder of new Set([base, tmpdir()])) sweep(folder)
  return mkdtempSync(join(base, `millrace-${process.pid}-${name}-`))
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= ROOM_BYTES_MIN
  } catch {
    return false
  }
}

function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const owner = /^millrace-(\d+)-/u.exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    try {
      rmSync(join(base, name), { recursive: true, force: true })
    } catch {
      // Another user's, or another process sweeps it at this moment.
    }
  }
}
