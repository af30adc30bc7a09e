// Rings when the file has something new. Writers touch the file after each commit and every process watches it, so
// news travels in microseconds and idleness costs nothing; SQLite's data_version, looked at now and then, is the truth.

import { type FSWatcher, watch } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

const POLL_MS = 500
/** Where files cannot be watched, looking is all there is. */
const POLL_UNWATCHED_MS = 5

export class Bell {
  readonly #version: () => unknown
  readonly #waiters = new Set<() => void>()
  readonly #watcher: FSWatcher | null
  readonly #timer: NodeJS.Timeout
  #seen: unknown
  #rings = 0

  constructor(path: string, db: DatabaseSync) {
    const version = db.prepare('PRAGMA data_version')
    this.#version = () => version.get()?.data_version
    this.#seen = this.#version()
    this.#watcher = watchOrNull(path, () => this.look())
    this.#timer = setInterval(() => this.look(), this.#watcher === null ? POLL_UNWATCHED_MS : POLL_MS).unref()
  }

  get rings(): number {
    return this.#rings
  }

  look(): void {
    const seen = this.#seen
    try {
      this.#seen = this.#version()
    } catch {
      // Whoever is woken reads the file next, waits while it is locked, and names what is wrong with it.
      this.#seen = null
    }
    if (this.#seen !== seen || seen === null) this.ring()
  }

  ring(): void {
    this.#rings++
    for (const wake of this.#waiters) wake()
  }

  /** Resolves once the bell has rung more than `seen` times, at the latest when the signal aborts or time is up. */
  past(seen: number, signal: AbortSignal, timeoutMs: number | null): Promise<void> {
    if (this.#rings > seen || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiters.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = timeoutMs === null ? undefined : setTimeout(wake, timeoutMs)
      this.#waiters.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watcher?.close()
    for (const wake of this.#waiters) wake()
  }
}

function watchOrNull(path: string, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, look)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
