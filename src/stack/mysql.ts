// A real MySQL: the system's own where one is installed, else the newest one of Debian.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Birth,
  type DatabaseOptions,
  type DatabaseServer,
  type Flavour,
  openDatabaseServer,
} from './database-server.ts'
import { run } from './run.ts'

export const MYSQL: Flavour = {
  name: 'mysql',
  program: {
    title: 'MySQL',
    program: 'mysqld',
    path: 'usr/sbin/mysqld',
    packages: ['mysql-server-core'],
    suite: 'sid',
    remedy: 'install MySQL 8.0 or newer, or set MILLRACE_MYSQL_URL to one that runs',
  },
  settings: {
    mysqlx: 'OFF',
    'secure-file-priv': 'NULL',
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    'innodb-redo-log-capacity': '32M',
  },
  captureRights: 'SELECT, REPLICATION SLAVE, REPLICATION CLIENT',
  replication: {
    follow: ({ port, user, password }) => [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = '${user}',
        SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      'START REPLICA',
    ],
    promote: ['STOP REPLICA', 'RESET REPLICA ALL'],
    written: '@@gtid_executed',
    waitFor: 'WAIT_FOR_EXECUTED_GTID_SET',
  },
  initialise,
}

export async function openMysql(options: DatabaseOptions = {}): Promise<DatabaseServer> {
  return openDatabaseServer(MYSQL, options)
}

async function initialise({ command, folder, statements }: Birth): Promise<void> {
  const file = join(folder, 'accounts.sql')
  await writeFile(file, statements.map((statement) => `${statement};\n`).join(''))
  await run([...command, '--initialize-insecure', `--init-file=${file}`, '--gtid-mode=OFF'])
  // The server's identity: every copy is to make its own.
  await rm(join(folder, 'data', 'auto.cnf'))
}
