import { expect, test } from 'vitest'
import { parseMysqlUrl } from '../../src/mysql/mysql-address.ts'

test('a URL is taken apart, with its encoded parts decoded', () => {
  expect(parseMysqlUrl('mysql://me%40home:p%2Fw@[::1]:3307/my%20app?connect-timeout=3')).toEqual({
    host: '::1',
    port: 3307,
    socketPath: null,
    user: 'me@home',
    password: 'p/w',
    database: 'my app',
    tls: null,
    connectTimeoutMs: 3000,
  })
})

test('the usual port and no password are understood', () => {
  expect(parseMysqlUrl('mariadb://me@db.example/app')).toMatchObject({ host: 'db.example', port: 3306, password: '' })
})

test.each([
  ['', { tls: null }],
  ['?ssl-mode=disabled', { tls: null }],
  ['?ssl-mode=REQUIRED', { tls: { rejectUnauthorized: false, verifyIdentity: false } }],
  ['?ssl-mode=VERIFY_CA', { tls: { rejectUnauthorized: true, verifyIdentity: false } }],
  ['?ssl-mode=VERIFY_IDENTITY', { tls: { rejectUnauthorized: true, verifyIdentity: true } }],
  [`?ssl-ca=${encodeURIComponent(import.meta.filename)}`, { tls: { rejectUnauthorized: true, verifyIdentity: false } }],
])('TLS by %j', (parameters, expected) => {
  expect(parseMysqlUrl(`mysql://me@db.example/app${parameters}`)).toMatchObject(expected)
})

test.each([
  ['not a url', /it is no URL/],
  ['postgres://me:secret@host/app', /begins with postgres:/],
  ['mysql://me:secret@host', /names no database/],
  ['mysql://host/app', /names no user/],
  ['mysql://me:secret@host/app?charset=utf8', /parameter charset is unknown/],
  ['mysql://me:secret@host/app?ssl-mode=maybe', /ssl-mode maybe is unknown/],
  ['mysql://me:secret@host/app?ssl-ca=/no/such/file', /cannot be read/],
  ['mysql://me:secret%zz@host/app', /%25/],
  ['mysql://me:secret@host/app?connect-timeout=soon', /not a number of seconds/],
])('%j is refused by name, without its password', (url, message) => {
  const refused = () => parseMysqlUrl(url)
  expect(refused).toThrow(
    expect.objectContaining({ code: 'MYSQL_URL_INVALID', message: expect.stringMatching(message) }),
  )
  expect(refused).not.toThrow(/secret/)
})
