// The changes that capture contenders read: rows of about 300 bytes, in transactions of one size, each backlog in binary
// log files of its own so that the server reaches it at once.

import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import type { CaptureJob } from './capture-job.ts'

export const TABLE = 'comment'
export const DATABASE = 'app'

export type Backlog = Pick<CaptureJob, 'mysqlUrl' | 'rows' | 'gtids' | 'bookmark'>

const SCHEMA: readonly string[] = [
  `CREATE TABLE ${TABLE} (
    idcomment BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    iddatasession BIGINT NOT NULL,
    comment VARCHAR(500) NOT NULL,
    rating TINYINT NOT NULL,
    date_entered DATETIME NOT NULL,
    date_replied DATETIME NULL,
    reply TEXT NULL
  ) DEFAULT CHARSET = utf8mb4`,
  'CREATE TABLE number (n INT NOT NULL PRIMARY KEY)',
  'INSERT INTO number WITH RECURSIVE upto (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < 100) SELECT n FROM upto',
  `CREATE PROCEDURE fill (IN transactions INT, IN rows_each INT)
  BEGIN
    DECLARE done INT DEFAULT 0;
    WHILE done < transactions DO
      INSERT INTO ${TABLE} (iddatasession, comment, rating, date_entered, date_replied, reply)
        SELECT done * 7 + n, LEFT(REPEAT(CONCAT('The soup of ', LEFT(SHA2(done + n, 256), 32), ' was best. '), 5), 160 + (done + n) % 80),
          (done + n) % 6, NOW(), IF((done + n) % 3 = 0, NOW(), NULL),
          IF((done + n) % 3 = 0, LEFT(REPEAT('Thank you for your visit! ', 5), 60 + (done + n) % 60), NULL)
        FROM number WHERE n <= rows_each;
      SET done = done + 1;
    END WHILE;
  END`,
]

export async function prepare(server: DatabaseServer): Promise<void> {
  await server.query(...SCHEMA)
}

/** Fills the table; what was written before it is not part of it. */
export async function backlog(server: DatabaseServer, rows: number, rowsEach: number): Promise<Backlog> {
  await server.query('FLUSH BINARY LOGS')
  const [row] = await server.query('SELECT @@GLOBAL.gtid_executed AS gtids')
  await using source = openMysqlSource({ url: server.url, tables: [TABLE] })
  const { bookmark } = await source.restart(null)
  await server.query(`CALL fill(${Math.ceil(rows / rowsEach)}, ${rowsEach})`)
  const gtids = String(row?.gtids).replace(/\s/gu, '')
  return { mysqlUrl: server.url, rows: Math.ceil(rows / rowsEach) * rowsEach, gtids, bookmark }
}
