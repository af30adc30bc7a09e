// A local MariaDB: the system's own where one is installed, else the one of this system's release.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Birth,
  type DatabaseOptions,
  type DatabaseServer,
  type Flavour,
  openDatabaseServer,
} from './database-server.ts'
import { run } from './run.ts'

export const MARIADB: Flavour = {
  name: 'mariadb',
  program: {
    title: 'MariaDB',
    program: 'mariadbd',
    path: 'usr/sbin/mariadbd',
    packages: ['mariadb-server-core'],
    suite: null,
    remedy: 'install MariaDB 10.5 or newer, or set MILLRACE_MYSQL_URL to one that runs',
  },
  settings: {
    'gtid-strict-mode': 'ON',
    'log-slave-updates': 'ON',
    'innodb-log-file-size': '32M',
  },
  captureRights: 'SELECT, REPLICATION SLAVE, BINLOG MONITOR',
  replication: {
    follow: ({ port, user, password }) => [
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = '${user}',
        MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
      'START SLAVE',
    ],
    promote: ['STOP SLAVE', 'RESET SLAVE ALL'],
    written: '@@gtid_binlog_pos',
    waitFor: 'MASTER_GTID_WAIT',
  },
  initialise,
}

export async function openMariadb(options: DatabaseOptions = {}): Promise<DatabaseServer> {
  return openDatabaseServer(MARIADB, options)
}

const SYSTEM_TABLES = ['mysql_system_tables', 'mysql_performance_tables', 'mysql_system_tables_data']

async function initialise({ command, share, statements }: Birth): Promise<void> {
  const files = await Promise.all(SYSTEM_TABLES.map((name) => readFile(join(share, `${name}.sql`), 'utf8')))
  const input = [
    'CREATE DATABASE mysql;\nUSE mysql;\n',
    ...files,
    '\nFLUSH PRIVILEGES;\n',
    ...statements.map((statement) => `${statement};\n`),
  ].join('')
  await run([...command, '--bootstrap', '--skip-networking', '--enforce-storage-engine='], { input })
}
