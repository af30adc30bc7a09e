// Thousands of random changes, in transactions of random size, by several connections at once: feedback as guests
// leave it, and a table that is inserted, updated and deleted.

import mysql, { type PoolConnection, type ResultSetHeader } from 'mysql2/promise'
import type { Random } from './random.ts'

const WRITERS = 4
const TRANSACTION_ROWS_MAX = 40
const VENUES = 5
const EMAILS = 700

export const PRODUCT_TABLE = `CREATE TABLE product (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  price DECIMAL(12, 4) NOT NULL,
  stock INT NULL
) DEFAULT CHARSET = utf8mb4`

export interface Tally {
  /** Rows that were inserted, updated or deleted, in all tables. */
  changes: number
  /** Of them, those of `product`. */
  productChanges: number
}

/** Makes at least `wanted` changes; what it did is in the tally as it goes. */
export async function changeLoad(url: string, wanted: number, random: Random): Promise<Tally> {
  const pool = mysql.createPool({ uri: url, connectionLimit: WRITERS })
  const tally: Tally = { changes: 0, productChanges: 0 }
  try {
    for (let venue = 1; venue <= VENUES; venue++)
      await pool.query('INSERT INTO client (name) VALUES (?)', [`venue ${venue}`])
    tally.changes += VENUES
    await Promise.all([...Array(WRITERS)].map(() => work(pool, { wanted, tally, random })))
    return tally
  } finally {
    await pool.end()
  }
}

interface Job {
  readonly wanted: number
  readonly tally: Tally
  readonly random: Random
}

async function work(pool: mysql.Pool, { wanted, tally, random }: Job): Promise<void> {
  while (tally.changes < wanted) {
    const connection = await pool.getConnection()
    try {
      await connection.beginTransaction()
      const rows = 1 + random.below(TRANSACTION_ROWS_MAX)
      const act = random.pick([
        insertProducts,
        insertProducts,
        updateProducts,
        updateProducts,
        deleteProducts,
        leaveFeedback,
        leaveFeedback,
        changeGuests,
      ])
      const done = await act(connection, { rows, random })
      if (random.chance(0.05)) await connection.rollback()
      else {
        await connection.commit()
        tally.changes += done
        if (act !== leaveFeedback && act !== changeGuests) tally.productChanges += done
      }
    } catch (error) {
      // Writers get in each other's way; the transaction is undone and another one is tried.
      if (!/DEADLOCK|LOCK_WAIT/u.test((error as { code?: string }).code ?? '')) throw error
      await connection.rollback()
    } finally {
      connection.release()
    }
  }
}

interface Task {
  readonly rows: number
  readonly random: Random
}

async function insertProducts(connection: PoolConnection, { rows, random }: Task): Promise<number> {
  const values = [...Array(rows)].map(() => [
    `product ${random.below(1e6)}`,
    (random.below(1e9) / 1e4).toFixed(4),
    random.below(100),
  ])
  return affected(connection, 'INSERT INTO product (name, price, stock) VALUES ?', [values])
}

async function updateProducts(connection: PoolConnection, { rows, random }: Task): Promise<number> {
  const from = random.below(20_000)
  const sql = 'UPDATE product SET stock = IFNULL(stock, 0) + 1, name = CONCAT("again ", ?) WHERE id BETWEEN ? AND ?'
  return affected(connection, sql, [random.below(1e6), from, from + rows])
}

async function deleteProducts(connection: PoolConnection, { rows, random }: Task): Promise<number> {
  const from = random.below(20_000)
  return affected(connection, 'DELETE FROM product WHERE id BETWEEN ? AND ?', [from, from + Math.ceil(rows / 3)])
}

async function leaveFeedback(connection: PoolConnection, { rows, random }: Task): Promise<number> {
  let done = 0
  const visits = Math.ceil(rows / 4)
  for (let visit = 0; visit < visits; visit++) {
    const email = random.chance(0.8) ? `guest${random.below(EMAILS)}@email.com` : null
    const guest = random.chance(0.9)
      ? await insertedId(connection, 'INSERT INTO eclub (emailaddress, firstname) VALUES (?, ?)', [email, 'Ann'])
      : null
    const session = await insertedId(connection, 'INSERT INTO datasession (idclient, ideclub) VALUES (?, ?)', [
      1 + random.below(VENUES),
      guest,
    ])
    const comments = 1 + random.below(3)
    const values = [...Array(comments)].map(() => [
      session,
      `comment ${random.below(1e6)}`,
      random.chance(0.9) ? 1 + random.below(5) : null,
      '2025-11-28 14:30:00',
    ])
    await connection.query('INSERT INTO comment (iddatasession, comment, rating, date_entered) VALUES ?', [values])
    done += comments + 1 + (guest === null ? 0 : 1)
  }
  return done
}

/** Guests sign in after they have commented, change their names, and have their comments edited or deleted. */
async function changeGuests(connection: PoolConnection, { rows, random }: Task): Promise<number> {
  const from = random.below(2_000)
  const few = Math.ceil(rows / 4)
  const range = [from, from + few]
  const named = await affected(connection, 'UPDATE eclub SET lastname = ? WHERE ideclub BETWEEN ? AND ?', [
    `name ${random.below(1e6)}`,
    ...range,
  ])
  const signed = await affected(
    connection,
    'UPDATE datasession SET ideclub = 1 + iddatasession % 50 WHERE ideclub IS NULL AND iddatasession BETWEEN ? AND ?',
    range,
  )
  const edited = await affected(connection, 'UPDATE comment SET reply = ? WHERE idcomment BETWEEN ? AND ?', [
    `thanks ${random.below(1e6)}`,
    ...range,
  ])
  return named + signed + edited
}

async function affected(connection: PoolConnection, sql: string, values: unknown[]): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(sql, values)
  // MySQL counts updated rows that were matched; only those that changed are changes.
  return result.changedRows || (sql.startsWith('UPDATE') ? 0 : result.affectedRows)
}

async function insertedId(connection: PoolConnection, sql: string, values: unknown[]): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(sql, values)
  return result.insertId
}
