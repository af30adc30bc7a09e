import { expect, test } from 'vitest'
import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import { sharedDynoxide } from '../../support/shared-server.ts'
import { SinkTable } from '../../support/sink-table.ts'

test('a table that is missing is found, with the command that makes it', async () => {
  const { url } = await sharedDynoxide()
  const sink = await openDynamodbSink({
    endpoint: url,
    region: 'local',
    targets: { nowhere: { key: ['id', 'at'], owns: [] } },
  })
  const [finding] = await sink.check()
  expect(finding).toMatchObject({ check: 'DynamoDB table nowhere', isOk: false, detail: 'it does not exist' })
  expect(finding?.fix).toMatch(
    /aws dynamodb create-table --table-name nowhere .*AttributeName=id,KeyType=HASH AttributeName=at,KeyType=RANGE/u,
  )
  await sink.close()
})

test('a table whose key is another one is found', async () => {
  await using table = await new SinkTable((await sharedDynoxide()).url).create()
  const sink = await table.sink({ targets: { [table.name]: { key: ['pk'], owns: [] } } })
  const [finding] = await sink.check()
  expect(finding?.isOk).toBe(false)
  expect(finding?.detail).toBe('its key is pk (S), sk (S), but the connector writes pk (S)')
})

test('whether tombstones expire is said, with the command that makes them', async () => {
  await using table = await new SinkTable((await sharedDynoxide()).url).create()
  const [, expiry] = await (await table.sink()).check()
  expect(expiry).toMatchObject({ isOk: true, detail: 'by mr_expires' })
})

test('a server that does not answer is a named error', async () => {
  const sink = await openDynamodbSink({
    endpoint: 'http://127.0.0.1:1',
    region: 'local',
    targets: { t: { key: ['pk'], owns: [] } },
  })
  await expect(sink.check()).rejects.toMatchObject({ code: 'DYNAMODB_UNAVAILABLE', fate: 'retry' })
  await sink.close()
})
