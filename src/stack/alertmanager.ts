// A local Alertmanager with a configuration of the caller's, and its amtool: who is told of an alert is asked of the program
// that will tell them.

import { readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findProgram, type Program } from './program.ts'
import { run } from './run.ts'
import { Server, started } from './server.ts'

const PROGRAM = 'prometheus-alertmanager'
const CONFIG = 'alertmanager.yml'
const SHARE = '/usr/share/prometheus/alertmanager'

class Alertmanager extends Server {
  /** `host:port`, as Prometheus is told it. */
  readonly address: string

  constructor(program: readonly string[], { folder, port }: { folder: string; port: number }) {
    const address = `127.0.0.1:${port}`
    super({
      name: 'alertmanager',
      folder,
      command: [
        ...program,
        `--config.file=${join(folder, CONFIG)}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        // It is the only one.
        '--cluster.listen-address=',
      ],
      isReady: async () => (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok ?? false,
    })
    this.address = address
  }
}

/** `config` is what its configuration file says. */
export async function openAlertmanager(config: string): Promise<Alertmanager> {
  const program = await find()
  const folder = dataFolder('alertmanager')
  await writeFile(join(folder, CONFIG), config)
  const command = program.command.length === 1 ? program.command : await relocated(program, folder)
  return started(new Alertmanager(command, { folder, port: await freePort() }))
}

/**
 * Debian's looks for what its mails are made of under `/usr`, and nowhere else. Unpacked beside the system it runs as a
 * copy that looks in the folder where it is started: a path of the same length, so that nothing in it moves.
 */
async function relocated({ command, prefix }: Program, folder: string): Promise<readonly string[]> {
  const bytes = await readFile(command.at(-1) ?? '')
  const inside = SHARE.replace('/', '.')
  for (let at = bytes.indexOf(SHARE); at >= 0; at = bytes.indexOf(SHARE, at)) bytes.write(inside, at)
  const copy = join(folder, PROGRAM)
  await writeFile(copy, bytes, { mode: 0o755 })
  await symlink(prefix, join(folder, '.usr'))
  return [...command.slice(0, -1), copy]
}

/** Resolves with what it printed; rejects with it when it finds a fault. */
export async function amtool(args: readonly string[]): Promise<string> {
  // It comes in the same package, and stands beside.
  const { command } = await find()
  return run([...command.slice(0, -1), join(dirname(command.at(-1) ?? ''), 'amtool'), ...args])
}

function find(): Promise<Program> {
  return findProgram({
    title: 'Alertmanager',
    program: PROGRAM,
    path: `usr/bin/${PROGRAM}`,
    packages: [PROGRAM],
    suite: null,
    remedy: `install ${PROGRAM}`,
  })
}
