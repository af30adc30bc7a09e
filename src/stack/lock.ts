// A lock between processes and threads: the write lock of an empty SQLite file. The operating system gives it back when
// its holder dies, however it dies, so it is never stale.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 50
const SQLITE_BUSY = 5

/** Waits until nobody else holds the lock; dispose of it to give it back. */
export async function lock(path: string): Promise<Disposable> {
  await mkdir(dirname(path), { recursive: true })
  const file = new DatabaseSync(path, { timeout: 0 })
  while (!isTaken(file)) await delay(POLL_MS)
  return { [Symbol.dispose]: () => file.close() }
}

function isTaken(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN IMMEDIATE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false
    throw error
  }
}
