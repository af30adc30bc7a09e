// A command of millrace run to its end in a process of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `endAfter`: what it has to print before it is sent SIGINT with all its children, as Ctrl-C does. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  endAfter: RegExp | null = null,
): Promise<Ended> {
  const cwd = await mkdtemp(join(tmpdir(), 'millrace-command-'))
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The leader of a group of its own, as in a shell.
    detached: true,
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    const before = endAfter?.test(out) ?? true
    out += chunk
    if (!before && endAfter?.test(out)) process.kill(-Number(child.pid), 'SIGINT')
  })
  child.stderr.on('data', (chunk) => (err += chunk))
  await once(child, 'close')
  return { code: child.exitCode, out, err }
}
