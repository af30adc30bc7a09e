// The server programs of the local stack: from the system where they are installed, else unpacked from this machine's
// package mirror, else a sentence that says what to do.

import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { MillraceError } from '../core/errors.ts'
import { unpackDebian, unpackedCommand } from './debian.ts'
import { store } from './store.ts'

export interface ProgramSpec {
  /** As in a sentence, e.g. `MariaDB`. */
  readonly title: string
  readonly program: string
  /** Where the packages put it. */
  readonly path: string
  readonly packages: readonly string[]
  readonly suite: string | null
  /** What a person can do when it cannot be had: `install ... or set ...`. */
  readonly remedy: string
}

export interface Program {
  readonly command: readonly string[]
  /** The folder that has its `share` folder: `/usr` of the system, or of the unpacked root. */
  readonly prefix: string
}

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']

export async function findProgram(spec: ProgramSpec): Promise<Program> {
  const installed = onPath(spec.program)
  if (installed !== null) return { command: [installed], prefix: resolve(dirname(realpathSync(installed)), '..') }
  if (process.platform !== 'linux' || onPath('apt-get') === null) throw missing(spec)
  try {
    const root = await store(`${spec.program}-${spec.suite ?? 'system'}`, (folder) => unpackDebian(spec, folder))
    return { command: unpackedCommand(root, spec.path), prefix: join(root, 'usr') }
  } catch (cause) {
    throw missing(spec, cause)
  }
}

export function onPath(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function missing(spec: ProgramSpec, cause?: unknown): MillraceError {
  const why = cause instanceof Error ? ` (${cause.message.split('\n').at(-1)})` : ''
  return new MillraceError(
    'STACK_MISSING',
    `${spec.title} is missing and cannot be unpacked here${why}: ${spec.remedy}.`,
    {
      cause,
    },
  )
}
