import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig, readEnvironment } from '../src/config.ts'
import { type Connector, defineConnector } from '../src/core/connector.ts'
import { MillraceError } from '../src/core/errors.ts'

const MYSQL = { MILLRACE_MYSQL_URL: 'mysql://app:hunter2@db:3306/legacy' }

const square: Connector = defineConnector({
  name: 'square-orders',
  source: 'mysql',
  sink: 'dynamodb',
  tables: {},
  targets: () => ({}),
  settings: {
    TOKEN: { about: 'The access token.' },
  },
})

function faults(env: Record<string, string>, connectors: readonly Connector[] = []): string {
  try {
    readConfig(env, connectors)
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return ''
}

test('MySQL alone is enough; everything else has a default', () => {
  expect(readConfig(MYSQL, [])).toMatchObject({
    mysqlUrl: MYSQL.MILLRACE_MYSQL_URL,
    database: 'legacy',
    log: { kind: 'file', path: './millrace.db' },
    logRetentionMs: 7 * 24 * 3_600_000,
    httpHost: '127.0.0.1',
    httpPort: 8080,
    tokens: [],
    connectors: [],
    partitions: null,
    dynamodbEndpoint: null,
    logLevel: 'info',
  })
})

test('the config cannot be changed', () => {
  const config = readConfig({ ...MYSQL, MILLRACE_TOKENS: 'ann:admin:0123456789abcdef' }, [])
  for (const part of [config, config.tokens, config.log, config.secrets]) expect(Object.isFrozen(part)).toBe(true)
})

test('without a MySQL URL the message says how one is written', () => {
  expect(faults({})).toContain('MILLRACE_MYSQL_URL is not set')
  expect(faults({})).toContain('mysql://user:password@host:3306/database')
})

test('all faults are reported together, each with variable, value and fix', () => {
  const text = faults(
    {
      MILLRACE_MYSQL_URL: 'postgres://db/legacy',
      MILLRACE_HTTP_PORT: '80a',
      MILLRACE_LOG: 'kafka:/broker',
      MILLRACE_LOG_LEVEL: 'loud',
      MILLRACE_LOG_RETENTION: 'a week',
      MILLRACE_HTTP_PROT: '1',
    },
    [square],
  )
  expect(text).toContain('6 settings are wrong')
  expect(text).toContain('MILLRACE_MYSQL_URL is "postgres://db/legacy": write it as mysql://')
  expect(text).toContain('MILLRACE_HTTP_PORT is "80a": it is a whole number from 0 to 65535')
  expect(text).toContain('MILLRACE_LOG is "kafka:/broker": write it as file:')
  expect(text).toContain('MILLRACE_LOG_LEVEL is "loud": it is one of trace')
  expect(text).toContain('MILLRACE_LOG_RETENTION is "a week": write it as 12h or 7d')
  expect(text).toContain('MILLRACE_HTTP_PROT is not a setting; did you mean MILLRACE_HTTP_PORT?')
})

test('a fault never shows a password or a token', () => {
  const text = faults({
    MILLRACE_MYSQL_URL: 'mysql://app:hunter2@db:3306',
    MILLRACE_REDIS_URL: 'http://:hunter3@cache',
    MILLRACE_TOKENS: 'ann:boss:0123456789abcdef,bob:admin:sh0rt',
  })
  expect(text).toContain('MILLRACE_MYSQL_URL is "mysql://app:***@db:3306": name the database')
  expect(text).toContain('MILLRACE_TOKENS is set: a role is viewer, operator or admin')
  expect(text).toContain('a token has 16 or more characters')
  for (const secret of ['hunter2', 'hunter3', '0123456789abcdef', 'sh0rt']) expect(text).not.toContain(secret)
})

test.each(['0.0.0.0', '::', '10.1.2.3', 'example.com'])(
  'without tokens %s may not be bound, with tokens it may',
  (host) => {
    const env = { ...MYSQL, MILLRACE_HTTP_HOST: host }
    expect(faults(env)).toContain('without MILLRACE_TOKENS only')
    expect(readConfig({ ...env, MILLRACE_TOKENS: 'ann:viewer:0123456789:abcdef' }, []).tokens).toEqual([
      { name: 'ann', role: 'viewer', token: '0123456789:abcdef' },
    ])
  },
)

test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('loopback needs no tokens: %s', (host) => {
  expect(readConfig({ ...MYSQL, MILLRACE_HTTP_HOST: host }, []).httpHost).toBe(host)
})

test("a connector's own settings are known by their variables", () => {
  const env = { ...MYSQL, MILLRACE_SQUARE_ORDERS_TOKEN: 'abc', UNRELATED: 'x' }
  expect(faults(env, [square])).toBe('')
  expect(faults(env)).toContain('MILLRACE_SQUARE_ORDERS_TOKEN is not a setting')
})

test('an empty variable counts as left out', () => {
  expect(readConfig({ ...MYSQL, MILLRACE_HTTP_PORT: '', MILLRACE_REDIS_URL: '' }, [])).toMatchObject({
    httpPort: 8080,
    redisUrl: null,
  })
})

test.each([
  'kafka://one:9092',
  'kafka://one:9092,two:9093?ssl=true',
  'kafka://user:p%40ss@one:9092?sasl=scram-sha-512',
])('a Kafka log is accepted: %s', (url) => {
  expect(readConfig({ ...MYSQL, MILLRACE_LOG: url }, []).log).toEqual({ kind: 'kafka', url })
})

test('what must never be printed is known: passwords as written and as meant, tokens, secrets of AWS', () => {
  const { secrets } = readConfig(
    {
      MILLRACE_MYSQL_URL: 'mysql://app:p%40ss-1@db/legacy',
      MILLRACE_TOKENS: 'ann:viewer:0123456789abcdef',
      AWS_SECRET_ACCESS_KEY: 'aws-secret',
      MILLRACE_SQUARE_ORDERS_TOKEN: 'sq0-token',
    },
    [square],
  )
  expect(secrets.toSorted()).toEqual(['0123456789abcdef', 'aws-secret', 'p%40ss-1', 'p@ss-1', 'sq0-token'])
})

test('a file gives the same names, and the environment wins over it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'millrace-config-')), 'millrace.env')
  writeFileSync(file, `# ours\n${'MILLRACE_MYSQL_URL'}="mysql://f:x@db/legacy"\nMILLRACE_HTTP_PORT=1\n`)
  const config = readConfig(readEnvironment({ MILLRACE_HTTP_PORT: '2' }, file), [])
  expect(config).toMatchObject({ mysqlUrl: 'mysql://f:x@db/legacy', httpPort: 2 })
})

test('a config file that cannot be read is named', () => {
  expect(() => readEnvironment({}, '/nowhere/millrace.env')).toThrow('--config /nowhere/millrace.env cannot be read')
})

test('settings for telling people need each other, name their faults at once, and hide what is secret', () => {
  const smtp = { MILLRACE_SMTP_URL: 'smtp://millrace:hunter3@mail.example.com:587' }
  expect(faults({ ...MYSQL, ...smtp })).toContain('MILLRACE_MAIL_TO names nobody')
  expect(faults({ ...MYSQL, MILLRACE_MAIL_TO: 'ops@example.com' })).toContain('set MILLRACE_SMTP_URL too')
  expect(faults({ ...MYSQL, ...smtp, MILLRACE_MAIL_TO: 'ops@example.com,oncall@example.com' })).toBe('')
  const text = faults({
    ...MYSQL,
    MILLRACE_SMTP_URL: 'http://millrace:hunter3@mail.example.com',
    MILLRACE_MAIL_TO: 'ops',
    MILLRACE_MAIL_FROM: 'a@b.example, c@d.example',
    MILLRACE_SLACK_WEBHOOK_URL: 'services/T0/B0/hunter4',
    MILLRACE_NOTIFY_GATHER: '20m',
    MILLRACE_NOTIFY_PER_HOUR: '0',
    MILLRACE_NOTIFY_DAILY: '8:00',
    MILLRACE_NOTIFY_RUNS: 'imports',
  })
  expect(text).toContain('MILLRACE_NOTIFY_RUNS is "imports": a kind is backfill, replay, ')
  expect(text).toContain('8 settings are wrong')
  expect(text).toContain('MILLRACE_NOTIFY_DAILY is "8:00": write it as 08:00, or off')
  expect(text).not.toMatch(/hunter/u)
})
