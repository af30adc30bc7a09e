// An item whose time has come goes by itself, and that is nobody's change.

import { expect, test } from 'vitest'
import { Transport } from '../../../src/dynamodb/transport.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { freshName } from '../../support/fresh-name.ts'
import { StreamTable } from '../../support/stream-table.ts'
import { until } from '../../support/until.ts'

test('an expiry on DynamoDB Local is not told; a removal is', async () => {
  // On a server of its own: what looks for expired items does not survive tables that others drop meanwhile.
  await using server = await openDynamodbLocal()
  const endpoint = server.url
  using table = await StreamTable.create(endpoint, { name: freshName('items'), key: ['id'] })
  const transport = await Transport.open({ endpoint })
  const ending = new AbortController()
  const { signal } = ending
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' }
  await transport.call('UpdateTimeToLive', { TableName: table.name, TimeToLiveSpecification }, signal)
  transport.close()
  await using source = await openDynamodbSource({ endpoint, region: 'eu-central-1', tables: [table.name] })
  const told: unknown[] = []
  const goes = async () => {
    await until(async () => ((await table.get({ id: 'old' })) === undefined ? true : null), { what: 'the expiry' })
    await table.delete({ id: 'other' })
  }
  let going: Promise<void> | null = null
  for await (const { events } of source.changes(null, signal)) {
    told.push(...events.map(({ op, key }) => `${op} ${key.id}`))
    if (going === null) {
      await table.put({ id: 'old', expires: Math.floor(Date.now() / 1_000) - 60 })
      await table.put({ id: 'other' })
      going = goes()
      going.catch(() => ending.abort())
    }
    if (told.includes('delete other')) break
  }
  await going
  expect(told).toEqual(['insert old', 'insert other', 'delete other'])
})
