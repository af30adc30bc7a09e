// The real command on one database and one log, killed again and again as a power cut would, and what memory it had
// resident, second by second.

import { setTimeout as delay } from 'node:timers/promises'
import type { RunView } from '../../../src/control/run-view.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import type { FreshDatabase } from '../../support/fresh-database.ts'
import { Millrace, type Settings } from '../../support/millrace.ts'
import { Runs } from '../../support/runs.ts'
import { ownPlace } from './own-place.ts'

export interface Moment {
  readonly atMs: number
  readonly rows: number
  readonly residentMib: number
}

export interface DisturbedOptions {
  /** Of rows that were read, when the process is killed next; in order. */
  readonly killsAt: readonly number[]
  readonly heard: (moment: Moment, kills: number) => void
}

const LOOK_MS = 500
/** Nothing came of it for so long. */
const STILL_MS_MAX = 300_000

export class Disturbed implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly #opened: AsyncDisposableStack
  readonly #settings: Settings

  private constructor(opened: AsyncDisposableStack, database: FreshDatabase, settings: Settings) {
    this.#opened = opened
    this.database = database
    this.#settings = settings
  }

  static async open(server: DatabaseServer, more: Settings): Promise<Disturbed> {
    await using opened = new AsyncDisposableStack()
    const { database, settings } = await ownPlace(opened, server)
    return new Disturbed(opened.move(), database, { ...settings, ...more })
  }

  /** Orders the import and looks on until it ends. */
  async bring(body: object, { killsAt, heard }: DisturbedOptions): Promise<RunView> {
    let millrace = await this.#started()
    const { status, body: ordered } = await new Runs(millrace).ask('POST', '/v1/sync/trigger', body)
    if (status !== 202) throw new Error(`the import is refused with ${status}: ${JSON.stringify(ordered)}`)
    const { id } = ordered as RunView
    let [rows, movedMs] = [0, Date.now()]
    for (let kills = 0; ; ) {
      const run = await new Runs(millrace).get(id)
      heard({ atMs: Date.now(), rows: run.rows_done, residentMib: await millrace.residentMib() }, kills)
      if (['done', 'failed', 'cancelled'].includes(run.state)) return run
      if (run.rows_done > rows) [rows, movedMs] = [run.rows_done, Date.now()]
      if (Date.now() - movedMs > STILL_MS_MAX) throw new Error(`it stands still: ${JSON.stringify(run)}`)
      await delay(LOOK_MS)
      if (run.rows_done < (killsAt[kills] ?? Number.POSITIVE_INFINITY)) continue
      kills++
      await millrace.kill()
      millrace = await this.#started()
    }
  }

  async #started(): Promise<Millrace> {
    return this.#opened.use(await Millrace.start(this.#settings)).ready()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
