import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../src/core/errors.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { record } from '../contract/log-place.ts'

/** What a process of its own does with the log file until it is killed. */
export interface Task {
  readonly path: string
  readonly act: 'append' | 'follow' | 'hold' | 'fill'
  readonly topics: readonly string[]
  readonly name: string
}

export const APPEND_ROWS = 6
const FILLER = 'x'.repeat(50_000)

/** A process at work on the log file; each line it prints says what is durable from then on. */
export class LogProcess {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  #rest = ''

  constructor(task: Task, fileBlocksMax?: number) {
    const own = [fileURLToPath(import.meta.url), JSON.stringify(task)]
    const limited = ['-c', `ulimit -f ${fileBlocksMax}; exec "$0" "$@"`, process.execPath, ...own]
    const [command, args] = fileBlocksMax === undefined ? [process.execPath, own] : ['bash', limited]
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text))
  }

  async kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGKILL'): Promise<void> {
    const closed = once(this.#child, 'close')
    this.#child.kill(signal)
    if (signal === 'SIGKILL') await closed
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    this.lines.push(...lines)
  }
}

const say = (line: string) => writeSync(1, `${line}\n`)

/** Appends numbered groups, each over all topics, and says the number of each that is durable. */
async function append(log: Log, { topics, name }: Task): Promise<never> {
  const writer = await log.writer(name)
  for (let group = 0; ; group++) {
    const rows = Array.from({ length: APPEND_ROWS }, (_, row) => row)
    await writer.append(
      topics.flatMap((topic) =>
        rows.map((row) => record(topic, `${group}:${row}`, `${name}/${process.pid}/${group}/${row}`)),
      ),
    )
    say(`${name}/${process.pid}/${group}`)
  }
}

/** Follows the first topic and leaves in the second what it has committed, as `partition from next`. */
async function follow(log: Log, { topics, name }: Task): Promise<void> {
  const [topic = '', done = ''] = topics
  for await (const { records, next, commit } of log.follow(name, [topic], { signal: new AbortController().signal })) {
    const { partition, offset } = next
    try {
      await commit([record(done, `${partition}:${offset}`, `${partition} ${records[0]?.offset} ${offset}`)])
      say(`${partition} ${offset}`)
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'LOG_CURSOR_LOST') throw error
    }
  }
}

/** Takes one batch and never commits it. */
async function hold(log: Log, { topics, name }: Task): Promise<void> {
  for await (const { next } of log.follow(name, topics, { signal: new AbortController().signal }))
    say(`${next.partition}`)
}

/** Appends until the file takes no more, and says why. */
async function fill(log: Log, { topics, name }: Task): Promise<void> {
  const writer = await log.writer(name)
  for (let row = 0; ; row++) {
    try {
      await writer.append(topics.map((topic) => record(topic, `${row}`, `${row} ${FILLER}`)))
    } catch (error) {
      say(`failed ${error instanceof MillraceError ? error.code : error}`)
      return
    }
    say(`${row}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const task: Task = JSON.parse(process.argv[2] ?? '')
  const log = await openSqliteLog({ path: task.path })
  await { append, follow, hold, fill }[task.act](log, task)
  await log.close()
}
