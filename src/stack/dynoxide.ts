// The light DynamoDB emulator: up in milliseconds, without Java. For the demo and for quick tests.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { MillraceError } from '../core/errors.ts'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { Server, started } from './server.ts'

const ANSWER_MS_MAX = 2000

export interface DynoxideOptions {
  /** Keeps its data in a file, through stop and start; else in memory, which is quicker. */
  readonly isKept?: boolean
}

export class Dynoxide extends Server {
  readonly url: string

  constructor(program: string, port: number, { isKept = false }: DynoxideOptions) {
    const url = `http://127.0.0.1:${port}`
    const folder = dataFolder('dynoxide')
    super({
      name: 'dynoxide',
      folder,
      command: [program, 'serve', '--port', String(port), ...(isKept ? ['--db-path', join(folder, 'data.db')] : [])],
      isReady: () =>
        fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).then(
          (answer) => answer.ok,
          () => false,
        ),
    })
    this.url = url
  }
}

export async function openDynoxide(options: DynoxideOptions = {}): Promise<Dynoxide> {
  return started(new Dynoxide(findDynoxide(), await freePort(), options))
}

/** An optional dependency of ours, one package per system. */
function findDynoxide(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`)
  } catch (cause) {
    const message = `the light DynamoDB emulator is missing: install ${name} with npm, or set MILLRACE_DYNAMODB_ENDPOINT.`
    throw new MillraceError('STACK_MISSING', message, { cause })
  }
}
