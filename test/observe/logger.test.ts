import { expect, test } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { createLogger } from '../../src/observe/logger.ts'

function logged(write: (log: ReturnType<typeof createLogger>) => void, secrets: string[] = []): string {
  const lines: string[] = []
  write(createLogger({ level: 'trace', secrets, destination: { write: (line: string) => void lines.push(line) } }))
  return lines.join('')
}

test('a line is one JSON object with level, time, message and fields', () => {
  const line = JSON.parse(logged((log) => log.info({ source: 'mysql', rows: 3 }, 'captured')))
  expect(line).toMatchObject({ level: 'info', msg: 'captured', source: 'mysql', rows: 3 })
  expect(Date.parse(line.time)).toBeGreaterThan(0)
})

test.each([
  ['a password in a URL', 'connecting to mysql://app:hunter2@db:3306/legacy', 'hunter2'],
  ['a password in the URL of a cache without a user', 'redis://:s3cr3t@cache:6379', 's3cr3t'],
  ['a password with signs in it', 'mysql://app:p%40ss!w:rd@db/legacy', 'p%40ss!w:rd'],
  ['a bearer token', 'sent Authorization: Bearer abcDEF123456.x-y', 'abcDEF123456'],
  ['an e-mail address', 'Duplicate entry john.O\u2019Neil+x@Email.example.com for key', 'example.com'],
  ['an e-mail address in another alphabet', 'guest пётр@почта.рф wrote', 'почта'],
  ['an international phone number', 'call +49 (30) 901820-14 please', '901820'],
  ['a national phone number', 'guest (305) 555-0142 left', '555-0142'],
  ['a phone number without signs', 'guest 3055550142 left', '3055550142'],
  ['a phone number with dots', 'guest 305.555.0142 left', '555.0142'],
])('%s never reaches the log, neither in a message nor in a field', (_, text, secret) => {
  const out = logged((log) => {
    log.info(text)
    log.info({ detail: text, deep: { list: [text] } }, 'x')
    log.error({ err: new Error(text, { cause: new MillraceError('INTERNAL', text) }) }, 'failed')
  })
  expect(out).not.toContain(secret)
  expect(out.trim().split('\n')).toHaveLength(3)
  for (const line of out.trim().split('\n')) JSON.parse(line)
})

test.each([
  'password',
  'token',
  'email',
  'emailaddress',
  'phonenumber',
  'firstname',
  'comment_text',
  'comment',
  'reply',
])('the value of a field named %s is withheld at any depth', (name) => {
  const out = logged((log) => log.info({ [name]: 'Bob says hi', deep: [{ [name]: 'Bob says hi' }] }, 'x'))
  expect(out).not.toContain('Bob')
})

test.each(['row', 'before', 'after', 'key', 'fields'])('whole rows are withheld: %s', (name) => {
  expect(logged((log) => log.warn({ [name]: { id: 1, note: 'private' } }, 'x'))).not.toContain('private')
})

test('a configured secret is masked wherever it stands, also when JSON writes it otherwise', () => {
  expect(
    logged((log) => log.info({ note: 'say "open\\sesame" now' }, '"open\\sesame"'), ['"open\\sesame"']),
  ).not.toContain('sesame')
})

test.each([
  '2025-11-28 12:30:00.123456',
  '2025-11-28T12:30:00Z',
  'binlog.000012:1073741824',
  '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-1234567890',
  '0-1-1234567890',
  '192.168.100.112:3306',
  '0000010000000c0000000004d20000000a',
  'millrace.legacy.comment:3:12345678901',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
])('what a person needs to find a fault stays: %s', (text) => {
  const fields = { at: text, offset: 3055550142, list: [3055550142] }
  expect(JSON.parse(logged((log) => log.info(fields, text)))).toMatchObject({ ...fields, msg: text })
})

test('a named error is logged with code, fate and hint; only a defect shows its stack', () => {
  const named = JSON.parse(
    logged((log) => log.error({ err: new MillraceError('CONFIG_INVALID', 'no such port') }, 'x')),
  )
  expect(named.err).toMatchObject({ code: 'CONFIG_INVALID', fate: 'stop', message: 'no such port' })
  expect(named.err.hint).toBeTypeOf('string')
  expect(named.err.stack).toBeUndefined()
  const defect = JSON.parse(logged((log) => log.error({ err: new TypeError('x is undefined') }, 'x')))
  expect(defect.err.stack).toContain('logger.test')
})
