// The real command in a process of its own, as an operator runs it, and killed as a power cut would end it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { freePort } from '../../src/stack/free-port.ts'
import { until } from './until.ts'

/** A benchmark runs it as it is installed: compiled. Node needs 35 MiB to run what is not. */
const SOURCES = new URL('../../src/main.ts', import.meta.url).pathname

/** Of what it said, from its end. */
const OUTPUT_SHOWN = 8_000
/** What Linux counts CPU time in, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100

export type Settings = Readonly<Record<string, string>>

/** A test that ran out of time has disposed of nothing when its process ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class Millrace implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  #output = ''

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    this.url = `http://127.0.0.1:${port}`
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.#output += chunk))
  }

  /** Starts `millrace start`, at a free port if none is given; it may still be on its way when this resolves. */
  static async start(settings: Settings, args: readonly string[] = [], at?: number): Promise<Millrace> {
    const port = at ?? (await freePort())
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      // Tests look at whole tables, where its item would be one too many; those of the canary turn it on.
      MILLRACE_CANARY: process.env.MILLRACE_TEST_CANARY ?? 'off',
      ...settings,
      MILLRACE_HTTP_PORT: String(port),
    }
    const child = spawn(process.execPath, [process.env.MILLRACE_TEST_MAIN ?? SOURCES, 'start', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new Millrace(child, port)
  }

  get output(): string {
    return this.#output
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Resolves when it is caught up or making progress. */
  async ready(withinMs = 120_000): Promise<this> {
    return until(
      async () => {
        if (this.hasEnded) throw new Error(`millrace ended while it started:\n${this.#output}`)
        const answer = await fetch(`${this.url}/health/ready`).catch(() => null)
        return answer?.ok ? this : null
      },
      { what: 'millrace is ready', withinMs },
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.#output}`)
    })
  }

  /** Most memory it ever had resident, in MiB. */
  async residentMaxMib(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
  }

  /** Memory that it has resident now, in MiB. */
  async residentMib(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  }

  /** Of all its threads so far, in user and system mode. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
    // Behind the name, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  /** SIGTERM; answers with the exit code. */
  async stop(): Promise<number | null> {
    const code = await this.#end('SIGTERM')
    // Nothing else tells why.
    if (code !== 0) process.stderr.write(`millrace stopped with ${code}:\n${this.#output.slice(-OUTPUT_SHOWN)}\n`)
    return code
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.hasEnded) this.#child.kill(signal)
    return this.ended()
  }
}
