// A MySQL database, a folder of files and a log, and who imports the one into the other.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { Millrace, type Settings } from './millrace.ts'
import { Runs } from './runs.ts'
import { sharedMysql } from './shared-server.ts'

export class ImportPlace implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly folder: string
  readonly settings: Settings
  readonly #opened: AsyncDisposableStack
  #millrace: Millrace | null = null
  #runs: Runs | null = null

  private constructor(opened: AsyncDisposableStack, of: { database: FreshDatabase; folder: string; log: string }) {
    this.#opened = opened
    this.database = of.database
    this.folder = of.folder
    this.settings = {
      MILLRACE_MYSQL_URL: of.database.adminUrl,
      MILLRACE_LOG: of.log,
      MILLRACE_CONNECTORS: 'content',
      MILLRACE_IMPORT_DIR: of.folder,
    }
  }

  static async open({ MILLRACE_LOG: log, ...settings }: Settings = {}): Promise<ImportPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-imports-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(await sharedMysql()))
    const place = new ImportPlace(opened.move(), { database, folder, log: log ?? `file:${join(folder, 'log.db')}` })
    await place.millrace(settings)
    return place
  }

  /** Ends with the place, if nobody ends it before. */
  async millrace(settings: Settings = {}): Promise<Millrace> {
    const millrace = this.#opened.use(await (await Millrace.start({ ...this.settings, ...settings })).ready())
    this.#millrace = millrace
    this.#runs = new Runs(millrace)
    return millrace
  }

  /** Another process on the same log and database; this one goes on being asked. */
  async beside(settings: Settings, args: readonly string[]): Promise<Millrace> {
    return this.#opened.use(await (await Millrace.start({ ...this.settings, ...settings }, args)).ready())
  }

  /** As a power cut would, and started again. */
  async killed(settings: Settings = {}): Promise<void> {
    await this.#millrace?.kill()
    await this.millrace(settings)
  }

  set(run: string, change: object): Promise<RunView> {
    return this.#asked().set(run, change)
  }

  ask(body: object): Promise<{ status: number; body: unknown }> {
    return this.#asked().ask('POST', '/v1/sync/trigger', body)
  }

  async trigger(body: object): Promise<RunView> {
    const answer = await this.ask(body)
    expect(answer).toMatchObject({ status: 202 })
    return answer.body as RunView
  }

  post(path: string, body: object): Promise<{ status: number; body: unknown }> {
    return this.#asked().ask('POST', path, body)
  }

  get(path: string): Promise<{ status: number; body: unknown }> {
    return this.#asked().ask('GET', path)
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text()
  }

  /** Of the process that runs now. */
  get url(): string {
    if (this.#millrace === null) throw new RangeError('nobody runs')
    return this.#millrace.url
  }

  get output(): string {
    return this.#millrace?.output ?? ''
  }

  rollback(run: string, more: object = {}): Promise<{ status: number; body: unknown }> {
    return this.#asked().ask('POST', `/admin/rollback/${run}`, { reason: 'wrong prices', ...more })
  }

  /** Asks as whoever has the token. */
  as(token: string): Runs {
    if (this.#millrace === null) throw new RangeError('nobody runs')
    return new Runs(this.#millrace, token)
  }

  async resume(): Promise<readonly RunView[]> {
    return (await this.#asked().ask('POST', '/v1/sync/resume')).body as readonly RunView[]
  }

  done({ id }: RunView): Promise<RunView> {
    return this.#asked().done({ id } as RunView)
  }

  runs(): Promise<readonly RunView[]> {
    return this.#asked().list()
  }

  async query(sql: string): Promise<readonly object[]> {
    return (await this.database.query(sql)).map((row) => ({ ...row }))
  }

  #asked(): Runs {
    if (this.#runs === null) throw new RangeError('nobody runs')
    return this.#runs
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
