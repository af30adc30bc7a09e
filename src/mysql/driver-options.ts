// How the driver is told where the server is, and that no value may lose anything on its way.

import type mysql from 'mysql2'
import type { MysqlAddress } from './mysql-address.ts'

/** What every connection to the server is opened with. */
export function driverOptions(address: MysqlAddress): mysql.ConnectionOptions {
  return {
    ...(address.socketPath === null ? { host: address.host, port: address.port } : { socketPath: address.socketPath }),
    user: address.user,
    password: address.password,
    database: address.database,
    connectTimeout: address.connectTimeoutMs,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ...(address.tls === null ? {} : { ssl: address.tls as mysql.SslOptions }),
  }
}
