// Loads connector files and checks what they declare: all faults of all files are reported together.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Environment } from '../config.ts'
import { MillraceError } from '../core/errors.ts'
import { type Candidate, checkConnectors } from '../pipeline/check-connectors.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

const LOADABLE = /^(?!.*\.d\.ts$).+\.(ts|js|mjs)$/

export interface LoadOptions {
  /** MILLRACE_CONNECTORS: names, files or a directory, by comma; the package's own directory when it is empty. */
  readonly where: string
  readonly packaged: URL
  readonly env: Environment
}

export async function loadConnectors(options: LoadOptions): Promise<readonly ReadyConnector[]> {
  const { where, packaged, env } = options
  const faults: string[] = []
  const candidates: Candidate[] = []
  for (const file of filesOf(where, packaged, faults)) {
    const loaded = await load(file, faults)
    candidates.push(...(where.trim() === '' ? loaded.filter(({ connector }) => !isForNamesOnly(connector)) : loaded))
  }
  if (candidates.length === 0 && faults.length === 0) faults.push(`${where || fileURLToPath(packaged)}: no connector`)
  const ready = check(candidates, env, faults)
  if (faults.length > 0) throw new MillraceError('CONNECTOR_INVALID', faults.join('\n'))
  return ready
}

function isForNamesOnly(connector: unknown): boolean {
  return (connector as { readonly whenNamed?: unknown } | null)?.whenNamed === true
}

/** What could be loaded is checked although something else could not: a person wants to hear of everything at once. */
function check(candidates: readonly Candidate[], env: Environment, faults: string[]): readonly ReadyConnector[] {
  try {
    return checkConnectors(candidates, { setting: (variable) => env[variable] || undefined })
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'CONNECTOR_INVALID') throw error
    faults.push(error.message)
    return []
  }
}

function filesOf(where: string, packaged: URL, faults: string[]): readonly string[] {
  const named = where.split(',').map((part) => part.trim())
  const paths =
    where.trim() === ''
      ? [fileURLToPath(packaged)]
      : named.filter((part) => part !== '').map((one) => packagedFile(one, packaged) ?? resolve(one))
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) faults.push(`${path}: there is no such file or directory`)
    if (!found?.isDirectory()) return found === undefined ? [] : [path]
    return readdirSync(path)
      .filter((name) => LOADABLE.test(name))
      .sort()
      .map((name) => resolve(path, name))
  })
}

/** The package's own connector of a name; null for what is no such name. */
function packagedFile(name: string, packaged: URL): string | null {
  if (!/^[a-z][a-z0-9-]*$/u.test(name)) return null
  const files = ['.ts', '.js'].map((ending) => fileURLToPath(new URL(`${name}${ending}`, packaged)))
  return files.find((file) => existsSync(file)) ?? null
}

async function load(file: string, faults: string[]): Promise<readonly Candidate[]> {
  try {
    const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }
    if (loaded.default !== undefined) return [loaded.default].flat().map((connector) => ({ from: file, connector }))
    faults.push(`${file}: it has no default export; write \`export default defineConnector({ ... })\``)
  } catch (error) {
    faults.push(`${file}: it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
  return []
}
