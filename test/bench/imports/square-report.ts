// A Square account into MySQL: a season's orders with their lines, and then the changes of an hour.

import { openMysql } from '../../../src/stack/mysql.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../../support/scripted-square.ts'
import { SquareWorld } from '../../support/square-world.ts'
import type { Setting } from '../benchmark.ts'
import { atMost, figure, type Report } from '../report.ts'
import { type Brought, Importing } from './importing.ts'

const ORDERS = 30_000
const CHANGES = 100
const AIMS = { wholeSeconds: 60, changesSeconds: 3, mib: 250 }
const ORDER_DATA = { data_types: ['orders'] }

export async function squareReport(setting: Setting): Promise<Report> {
  await using server = await openMysql()
  const world = new SquareWorld({ orders: setting.amount(ORDERS) })
  await using square = await ScriptedSquare.open(world)
  await using importing = await Importing.open(server, {
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  })
  setting.say('  Square')
  const whole = await importing.bring('/admin/foundation-sync', ORDER_DATA)
  setting.say(`    all: ${figure(whole.measured.seconds)} s, ${figure(whole.measured.residentMaxMib)} MiB`)
  const stored = await importing.database.query('SELECT COUNT(*) AS orders FROM orders')
  if (stored[0]?.orders !== world.orders.size) throw new Error(`${stored[0]?.orders} orders of ${world.orders.size}`)
  // As far from now as the next run looks back.
  world.nowMs = Date.now() - 60_000
  for (const id of [...world.orders.keys()].slice(0, CHANGES)) world.putOrder(id)
  const changes = await importing.bring('/admin/incremental-sync', ORDER_DATA)
  setting.say(`    changes: ${figure(changes.measured.seconds)} s`)
  const updated = changes.run.writes['orders updated']
  if (updated !== CHANGES) throw new Error(`${updated} orders of ${CHANGES} were updated`)
  return report(world.orders.size, whole, changes)
}

function report(orders: number, whole: Brought, changes: Brought): Report {
  const rows: readonly (readonly [string, Brought])[] = [
    [`${figure(orders)} orders with their lines, payments and transactions`, whole],
    [`${CHANGES} orders that changed`, changes],
  ]
  return {
    title: 'Imports of Square',
    about: [
      "Orders and all that belongs to them, from a scripted account that answers at once and without Square's limit of",
      'requests, by the real command, from the request to the end of the run.',
    ],
    head: ['', 'rows', 'seconds', 'rows/s', 'CPU s per M rows', 'most memory, MiB'],
    rows: rows.map(([title, { measured }]) => {
      const { rows: read, seconds, cpuSeconds, residentMaxMib } = measured
      return [title, ...[read, seconds, read / seconds, (cpuSeconds / read) * 1e6, residentMaxMib].map(figure)]
    }),
    aims: [
      atMost(`${figure(orders)} orders, s`, AIMS.wholeSeconds, whole.measured.seconds),
      atMost(`${CHANGES} changes, s`, AIMS.changesSeconds, changes.measured.seconds),
      atMost('memory with Square, MiB', AIMS.mib, changes.measured.residentMaxMib),
    ],
  }
}
