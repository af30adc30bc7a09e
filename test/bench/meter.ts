// Times the work of a contender's process, from the first report of progress to the last: what it takes to connect and
// to begin is not part of a rate.

import type { Measured } from './measured.ts'

interface Reading {
  readonly rows: number
  readonly atMs: number
  readonly cpu: NodeJS.CpuUsage
}

export class Meter {
  #first: Reading | null = null
  #last: Reading | null = null

  /** So many rows are done by now. */
  done(rows: number): void {
    const reading = { rows, atMs: performance.now(), cpu: process.cpuUsage() }
    this.#first ??= reading
    this.#last = reading
  }

  get measured(): Measured {
    const first = this.#first
    const last = this.#last
    if (first === null || last === null || last.rows === first.rows) throw new Error('there was nothing to measure')
    return {
      rows: last.rows - first.rows,
      seconds: (last.atMs - first.atMs) / 1000,
      cpuSeconds: (last.cpu.user + last.cpu.system - first.cpu.user - first.cpu.system) / 1e6,
      residentMaxMib: process.resourceUsage().maxRSS / 1024,
    }
  }
}
