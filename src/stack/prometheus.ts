// A local Prometheus with a configuration of the caller's, and its promtool: what is true of the alerts and dashboards is
// asked of the program that will read them.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findProgram } from './program.ts'
import { run } from './run.ts'
import { Server, started } from './server.ts'

class Prometheus extends Server {
  readonly url: string

  constructor(program: readonly string[], { folder, port }: { folder: string; port: number }) {
    super({
      name: 'prometheus',
      folder,
      command: [
        ...program,
        `--config.file=${join(folder, CONFIG)}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null))?.ok ?? false,
    })
    this.url = `http://127.0.0.1:${port}`
  }
}

const CONFIG = 'prometheus.yml'

/** `config` is what its configuration file says, in YAML or JSON. */
export async function openPrometheus(config: string): Promise<Prometheus> {
  const program = await find()
  const folder = dataFolder('prometheus')
  await writeFile(join(folder, CONFIG), config)
  return started(new Prometheus(program, { folder, port: await freePort() }))
}

/** Resolves with what it printed; rejects with it when it finds a fault. */
export async function promtool(args: readonly string[]): Promise<string> {
  // It comes in the same package, and stands beside.
  const program = (await find()).map((part, index, { length }) => {
    return index === length - 1 ? part.replace(/prometheus$/u, 'promtool') : part
  })
  return run([...program, ...args])
}

async function find(): Promise<readonly string[]> {
  const { command } = await findProgram({
    title: 'Prometheus',
    program: 'prometheus',
    path: 'usr/bin/prometheus',
    packages: ['prometheus'],
    suite: null,
    remedy: 'install prometheus',
  })
  return command
}
