import { expect, test } from 'vitest'
import { Signer } from '../../src/dynamodb/signer.ts'

const REQUEST = {
  host: 'dynamodb.eu-central-1.amazonaws.com',
  target: 'DynamoDB_20120810.ListTables',
  body: '{"Limit":1,"é":"ü"}',
}
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const NOW_MS = Date.parse('2025-11-28T14:30:05.123Z')

/** Signatures that the AWS SDK's own signer gives for the same requests. */
test.each([
  [undefined, '66a001439f2353b1063632918ad8d589603a799ed0b962ccda4954efaeb8bcd3'],
  ['token/with+chars==', '6a0da1e295a3266c1fa1b8b8f13fc4f81debb022688bab20a6d379d6c91d38bf'],
])('signs as AWS does, with session token %s', (sessionToken, signature) => {
  const credentials = sessionToken === undefined ? CREDENTIALS : { ...CREDENTIALS, sessionToken }
  const headers = new Signer('eu-central-1').sign(REQUEST, credentials, NOW_MS)
  expect(headers.authorization).toMatch(new RegExp(`Signature=${signature}$`, 'u'))
  expect(headers['x-amz-date']).toBe('20251128T143005Z')
})

test('another day and other credentials have another key', () => {
  const signer = new Signer('eu-central-1')
  const first = signer.sign(REQUEST, CREDENTIALS, NOW_MS).authorization
  const rotated = signer.sign(REQUEST, { ...CREDENTIALS, secretAccessKey: 'other' }, NOW_MS).authorization
  const nextDay = signer.sign(REQUEST, CREDENTIALS, NOW_MS + 86_400_000).authorization
  expect(new Set([first, rotated, nextDay]).size).toBe(3)
  expect(signer.sign(REQUEST, CREDENTIALS, NOW_MS).authorization).toBe(first)
})
