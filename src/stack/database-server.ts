// A local MySQL or MariaDB, set up as capture needs it: row images and metadata in full, GTIDs, a zone that is not UTC.
// It starts from a copy of a data folder that was initialised once, and forgets everything when it is disposed of.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findProgram, type Program, type ProgramSpec } from './program.ts'
import { run } from './run.ts'
import { Server, started } from './server.ts'
import { store } from './store.ts'

/** What MySQL and MariaDB do differently. */
export interface Flavour {
  readonly name: 'mysql' | 'mariadb'
  readonly program: ProgramSpec
  /** Lines of the settings file besides the common ones. */
  readonly settings: Readonly<Record<string, string | number>>
  readonly captureRights: string
  readonly replication: Replication
  /** Makes the system tables in an empty data folder, then runs the statements. */
  readonly initialise: (birth: Birth) => Promise<void>
}

export interface Replication {
  readonly follow: (primary: Account & { readonly port: number }) => readonly string[]
  readonly promote: readonly string[]
  /** The variable with the GTIDs a server has written. */
  readonly written: string
  /** The function that waits for GTIDs, so many seconds at most; 0 when they are there. */
  readonly waitFor: string
}

export interface Birth {
  readonly command: readonly string[]
  readonly folder: string
  readonly share: string
  readonly statements: readonly string[]
}

export interface DatabaseOptions {
  /** Lines of the server's settings file that are to differ, e.g. `{ 'binlog-row-image': 'MINIMAL' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

interface Place {
  readonly folder: string
  readonly port: number
}

export interface Account {
  readonly user: string
  readonly password: string
}

export const ADMIN: Account = { user: 'admin', password: 'admin-password' }
export const CAPTURE: Account = { user: 'millrace', password: 'millrace-password' }
const DATABASE = 'app'

// Commits reach the operating system, so that they survive a killed server, but not the disk: quick, and enough here.
const COMMON: Readonly<Record<string, string | number>> = {
  'bind-address': '127.0.0.1',
  'skip-name-resolve': '',
  'default-time-zone': "'+05:45'",
  'character-set-server': 'utf8mb4',
  'log-bin': 'binlog',
  'relay-log': 'relay',
  'binlog-format': 'ROW',
  'binlog-row-image': 'FULL',
  'binlog-row-metadata': 'FULL',
  'sync-binlog': 0,
  'local-infile': 'ON',
  'max-allowed-packet': '64M',
  'innodb-flush-log-at-trx-commit': 2,
  'innodb-buffer-pool-size': '96M',
  'performance-schema': 'OFF',
}

export class DatabaseServer extends Server {
  readonly flavour: Flavour
  readonly port: number

  constructor(flavour: Flavour, place: Place & { readonly command: readonly string[] }) {
    const { port, folder, command } = place
    super({ name: flavour.name, folder, command, isReady: () => isAnswering(port) })
    this.flavour = flavour
    this.port = port
  }

  /** As the capture account, which has exactly the rights that capture needs. */
  get url(): string {
    return databaseUrl(CAPTURE, this.port)
  }

  /** As an account that may do everything. */
  get adminUrl(): string {
    return databaseUrl(ADMIN, this.port)
  }

  /** Runs statements one by one as admin and returns the rows of the last one. */
  async query(...statements: readonly string[]): Promise<RowDataPacket[]> {
    const connection = await mysql.createConnection(this.adminUrl)
    try {
      let rows: RowDataPacket[] = []
      for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement)
      return rows
    } finally {
      await connection.end()
    }
  }
}

export async function openDatabaseServer(flavour: Flavour, options: DatabaseOptions): Promise<DatabaseServer> {
  const program = await findProgram(flavour.program)
  const template = await dataTemplate(flavour, program)
  const place = { folder: dataFolder(flavour.name), port: await freePort() }
  const command = await configured(flavour, program, { ...place, ...options })
  await cp(template, join(place.folder, 'data'), { recursive: true })
  return started(new DatabaseServer(flavour, { ...place, command }))
}

/** A data folder with the system tables and the accounts in it, made once for a version and its settings. */
async function dataTemplate(flavour: Flavour, program: Program): Promise<string> {
  const statements = accounts(flavour)
  const made = {
    program,
    version: await run([...program.command, '--version']),
    statements,
    settings: { ...COMMON, ...flavour.settings },
  }
  const digest = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12)
  return store(`${flavour.name}-data-${digest}`, async (result) => {
    const folder = dataFolder(`${flavour.name}-template`)
    try {
      await mkdir(join(folder, 'data'))
      const command = await configured(flavour, program, { folder, port: 0, settings: { 'skip-log-bin': '' } })
      await flavour.initialise({ command, folder, share: shareFolder(program), statements })
      await cp(join(folder, 'data'), result, { recursive: true })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}

function accounts(flavour: Flavour): readonly string[] {
  return [
    createUser(ADMIN),
    `GRANT ALL PRIVILEGES ON *.* TO '${ADMIN.user}'@'%' WITH GRANT OPTION`,
    ...captureAccount(flavour),
    `CREATE DATABASE ${DATABASE}`,
  ]
}

/** The statements that make the capture account, with the rights that capture needs and no others. */
export function captureAccount(flavour: Flavour): readonly string[] {
  return [createUser(CAPTURE), `GRANT ${flavour.captureRights} ON *.* TO '${CAPTURE.user}'@'%'`]
}

function createUser({ user, password }: Account): string {
  return `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}'`
}

/** Writes the settings file and returns the command that runs the server by it. */
async function configured(
  flavour: Flavour,
  program: Program,
  { folder, port, settings = {} }: Place & DatabaseOptions,
): Promise<readonly string[]> {
  const temporary = join(folder, 'temporary')
  await mkdir(temporary, { recursive: true })
  const all: Readonly<Record<string, string | number>> = {
    datadir: join(folder, 'data'),
    // One that starts takes what others have in theirs for its own leavings, and they crash.
    tmpdir: temporary,
    socket: join(folder, 'socket'),
    'pid-file': join(folder, 'pid'),
    basedir: program.prefix,
    'lc-messages-dir': shareFolder(program),
    'character-sets-dir': join(shareFolder(program), 'charsets'),
    user: userInfo().username,
    port,
    'server-id': port + 1,
    ...COMMON,
    ...flavour.settings,
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  const file = join(folder, 'server.cnf')
  await writeFile(file, `[server]\n${lines.join('\n')}\n`)
  return [...program.command, `--defaults-file=${file}`]
}

/** Where messages, character sets and MariaDB's system tables are. */
function shareFolder(program: Program): string {
  const folders = ['mysql', 'mariadb', ''].map((name) => join(program.prefix, 'share', name))
  return folders.find((folder) => existsSync(join(folder, 'charsets'))) ?? join(program.prefix, 'share')
}

function databaseUrl(account: Account, port: number): string {
  return `mysql://${account.user}:${account.password}@127.0.0.1:${port}/${DATABASE}`
}

async function isAnswering(port: number): Promise<boolean> {
  try {
    const connection = await mysql.createConnection(databaseUrl(ADMIN, port))
    await connection.end()
    return true
  } catch {
    return false
  }
}
