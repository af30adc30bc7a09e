// A schema registry that enforces compatibility, built once from registry/main.go with the Go of this machine.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from '../../src/stack/data-folder.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { onPath } from '../../src/stack/program.ts'
import { run } from '../../src/stack/run.ts'
import { Server, started } from '../../src/stack/server.ts'
import { store } from '../../src/stack/store.ts'

const SOURCE = new URL('registry/', import.meta.url).pathname

export class Registry extends Server {
  readonly url: string

  constructor(program: string, options: { port: number; authorization: string }) {
    const address = `127.0.0.1:${options.port}`
    super({
      name: 'registry',
      folder: dataFolder('registry'),
      command: [program, address],
      env: { REGISTRY_AUTHORIZATION: options.authorization },
      isReady: () =>
        fetch(`http://${address}`).then(
          () => true,
          () => false,
        ),
    })
    this.url = `http://${address}`
  }
}

/** `user` and `password`, with a colon between them, are then asked of everybody. */
export async function openRegistry(credentials = ''): Promise<Registry> {
  const authorization = credentials === '' ? '' : `Basic ${Buffer.from(credentials).toString('base64')}`
  return started(new Registry(await build(), { port: await freePort(), authorization }))
}

async function build(): Promise<string> {
  const go = [onPath('go'), '/usr/local/go/bin/go'].find((path) => path !== null && existsSync(path))
  if (go === undefined || go === null) throw new Error('Go is missing: install Go 1.24 or newer from https://go.dev/dl')
  const files = await Promise.all(['main.go', 'go.mod', 'go.sum'].map((name) => readFile(join(SOURCE, name))))
  const version = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12)
  const folder = await store(`registry-${version}`, async (target) => {
    await run([go, 'build', '-o', join(target, 'registry'), '.'], { cwd: SOURCE })
  })
  return join(folder, 'registry')
}
