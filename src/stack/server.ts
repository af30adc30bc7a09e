// One server process with a data folder of its own. It never outlives the process that opened it: not when that ends,
// not when that is killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, closeSync, fstatSync, openSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MillraceError } from '../core/errors.ts'
import { run } from './run.ts'

export interface ServerPlan {
  readonly name: string
  /** Removed when the server is disposed of. */
  readonly folder: string
  readonly command: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Whether the server answers; asked again and again while it starts. `printed` is its output since then. */
  readonly isReady: (printed: () => Promise<string>) => Promise<boolean>
}

const START_MS_MAX = 90_000
const STOP_MS_MAX = 20_000
const POLL_MS = 15

const running = new Set<Server>()

export class Server implements AsyncDisposable {
  readonly #plan: ServerPlan
  #child: ChildProcess | null = null
  #printedBefore = 0

  constructor(plan: ServerPlan) {
    this.#plan = plan
  }

  /** Of the server itself, or null while it does not run. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** Where everything the server prints goes. */
  get logFile(): string {
    return join(this.#plan.folder, 'server.log')
  }

  /** Starts it with the data it had, on the port it had; resolves when it answers. */
  async start(): Promise<void> {
    if (this.#child !== null) return
    const child = await this.#spawn()
    const deadline = Date.now() + START_MS_MAX
    const printed = () => this.#printed()
    while (!(await this.#plan.isReady(printed))) {
      if (this.#child !== child) throw await this.#failure('ended while it started')
      if (Date.now() > deadline) throw await this.#failure(`did not answer within ${START_MS_MAX / 1000} s`)
      await delay(POLL_MS)
    }
  }

  /** Asks it to end, as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends it as a power cut would end its process: SIGKILL. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#plan.folder, { recursive: true, force: true })
  }

  /** For a process that ends at once: the same as disposing, without waiting. */
  abandon(): void {
    this.#child?.kill('SIGKILL')
    rmSync(this.#plan.folder, { recursive: true, force: true })
  }

  async #spawn(): Promise<ChildProcess> {
    const [program = '', ...args] = [...(await bound()), ...this.#plan.command]
    const log = openSync(this.logFile, 'a')
    this.#printedBefore = fstatSync(log).size
    const child = spawn(program, args, {
      cwd: this.#plan.folder,
      env: { ...process.env, ...this.#plan.env },
      stdio: ['ignore', log, log],
      // Ctrl-C is for us alone: what we started is stopped when we are done with it.
      detached: true,
    })
    closeSync(log)
    this.#child = child
    running.add(this)
    const ended = () => {
      if (this.#child !== child) return
      this.#child = null
      running.delete(this)
    }
    child.once('exit', ended)
    child.once('error', (error) => {
      appendFileSync(this.logFile, `${error.message}\n`)
      ended()
    })
    // A server alone does not keep the process alive that opened it.
    child.unref()
    return child
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === null) return
    const ended = once(child, 'exit')
    child.ref()
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await ended
    clearTimeout(late)
  }

  async #printed(): Promise<string> {
    return (await readFile(this.logFile)).subarray(this.#printedBefore).toString()
  }

  async #failure(what: string): Promise<MillraceError> {
    await this.kill()
    const last = (await this.#printed()).trim().split('\n').slice(-15).join('\n')
    return new MillraceError('STACK_FAILED', `the local ${this.#plan.name} ${what}; its last lines:\n${last}`)
  }
}

/** The server once it answers; of one that does not start nothing is left. */
export async function started<Kind extends Server>(server: Kind): Promise<Kind> {
  try {
    await server.start()
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

process.on('exit', () => {
  for (const server of running) server.abandon()
})

let binding: Promise<readonly string[]> | undefined

/** On Linux the kernel kills the server together with the thread that started it, even when that is killed itself. */
function bound(): Promise<readonly string[]> {
  const command = ['setpriv', '--pdeathsig', 'KILL', '--']
  binding ??= run([...command, 'true']).then(
    () => command,
    () => [],
  )
  return binding
}
