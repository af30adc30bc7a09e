// A few lines of TypeScript in a process of their own, to be watched and killed. `millrace:` stands for the checkout.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const ROOT = new URL('../../', import.meta.url).href

export class Script implements Disposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #exit: Promise<unknown[]>

  constructor(source: string) {
    const code = source.replaceAll('millrace:', ROOT)
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    this.#exit = once(child, 'exit')
  }

  /** The next line it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the script ended without printing another line')
    return value
  }

  /** Its exit code; null when it was killed. */
  async ended(): Promise<number | null> {
    const [code] = await this.#exit
    return code as number | null
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  [Symbol.dispose](): void {
    this.kill()
  }
}
