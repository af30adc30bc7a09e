import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { openDemoServers } from '../../src/stack/demo-servers.ts'

test('the demo opens a database and an emulator of its own where none is named', async () => {
  await using servers = await openDemoServers({})
  const site = await mysql.createConnection(servers.siteUrl)
  await site.query('CREATE TABLE visit (id INT PRIMARY KEY)')
  const capture = await mysql.createConnection(servers.mysqlUrl)
  expect((await capture.query('SELECT * FROM visit'))[0]).toEqual([])
  expect((await fetch(servers.dynamodbEndpoint)).ok).toBe(true)
  await site.end()
  await capture.end()
})

test('the demo uses what is named, and opens nothing beside it', async () => {
  const named = { mysqlUrl: 'mysql://me@db.example/app', dynamodbEndpoint: 'http://dynamodb.example' }
  await using servers = await openDemoServers(named)
  expect(servers).toMatchObject({ ...named, siteUrl: named.mysqlUrl })
})
