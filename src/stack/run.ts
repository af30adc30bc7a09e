// Runs a program to its end. What it printed is part of the error when it fails.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024

/** Resolves with standard output; rejects with the last lines of both outputs when the program fails. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = command
  const running = promisify(execFile)(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  // A program that ends before it has read its input closes the pipe; its exit code tells why.
  running.child.stdin?.on('error', () => {})
  running.child.stdin?.end(options.input ?? '')
  try {
    return (await running).stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
    const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-10).join('\n')
    throw new Error(`${program} failed: ${last}`, { cause })
  }
}
