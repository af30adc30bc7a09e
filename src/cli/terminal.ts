// Where a command prints: results on one stream, everything about them on the other.

import { createInterface } from 'node:readline/promises'

export interface Terminal {
  /** Whether a person sees `print` as it happens, so that it may be drawn over. */
  readonly isInteractive: boolean
  readonly columns: number
  readonly rows: number
  print(text: string): void
  warn(text: string): void
  /** Whether the person answers with yes; anything else, Ctrl-C too, is no. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  return {
    isInteractive: stdout.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined,
    get columns() {
      return stdout.columns ?? 100
    },
    get rows() {
      return stdout.rows ?? 30
    },
    print: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(text),
    confirm: async (question, signal) => {
      using lines = createInterface({ input: process.stdin, output: stdout })
      // A readline takes Ctrl-C for itself.
      lines.on('SIGINT', () => lines.close())
      const { promise: closed, resolve } = Promise.withResolvers<string>()
      lines.once('close', () => resolve(''))
      const answer = await Promise.race([lines.question(question, { signal }).catch(() => ''), closed])
      return /^y(es)?$/iu.test(answer.trim())
    },
  }
}
