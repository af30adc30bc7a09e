// The real command with a database, a folder and a log of its own, and how long a run takes it from the request to its end.

import type { RunView } from '../../../src/control/run-view.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import type { FreshDatabase } from '../../support/fresh-database.ts'
import { Millrace, type Settings } from '../../support/millrace.ts'
import { Runs } from '../../support/runs.ts'
import type { Measured } from '../measured.ts'
import { ownPlace } from './own-place.ts'

const RUN_MS_MAX = 240_000
/** Each look costs the process that is measured about a millisecond. */
const LOOK_MS = 100

export interface Brought {
  readonly run: RunView
  readonly measured: Measured
}

export class Importing implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly #opened: AsyncDisposableStack
  readonly #millrace: Millrace

  private constructor(opened: AsyncDisposableStack, database: FreshDatabase, millrace: Millrace) {
    this.#opened = opened
    this.database = database
    this.#millrace = millrace
  }

  static async open(server: DatabaseServer, settings: Settings): Promise<Importing> {
    await using opened = new AsyncDisposableStack()
    const { database, settings: own } = await ownPlace(opened, server)
    const millrace = opened.use(await Millrace.start({ ...own, ...settings }))
    await millrace.ready()
    return new Importing(opened.move(), database, millrace)
  }

  /** A run that is asked for there, up to its end. */
  async bring(path: string, body: object): Promise<Brought> {
    const runs = new Runs(this.#millrace)
    const startMs = performance.now()
    const cpu = await this.#cpuSeconds()
    const { status, body: ordered } = await runs.ask('POST', path, body)
    if (status !== 202) throw new Error(`${path} answers ${status}: ${JSON.stringify(ordered)}`)
    const run = await runs.done(ordered as RunView, RUN_MS_MAX, LOOK_MS)
    const seconds = (performance.now() - startMs) / 1000
    const { rejected, stale } = run.tally
    if (run.state !== 'done' || rejected + stale > 0) throw new Error(`it did not go well: ${JSON.stringify(run)}`)
    const cpuSeconds = (await this.#cpuSeconds()) - cpu
    const residentMaxMib = await this.#millrace.residentMaxMib()
    return { run, measured: { rows: run.rows_done, seconds, cpuSeconds, residentMaxMib } }
  }

  async #cpuSeconds(): Promise<number> {
    const metrics = await (await fetch(`${this.#millrace.url}/metrics`)).text()
    return Number(/^process_cpu_seconds_total (.*)$/mu.exec(metrics)?.[1])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
