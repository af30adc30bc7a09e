// Every environment variable millrace reads: its name, its default, what it means and what it may hold. The README's
// table is tested against it.

import { z } from 'zod'
import { scheduleFault } from './core/schedule.ts'
import {
  addressesSchema,
  cronSchema,
  durationSchema,
  listSchema,
  logSchema,
  numberSchema,
  runKindsSchema,
  senderSchema,
  timeOfDaySchema,
  tokensSchema,
  urlSchema,
} from './variable-schemas.ts'

export interface Variable {
  readonly name: string
  readonly about: string
  readonly default: string | null
  readonly isRequired?: boolean
  readonly isSecret?: boolean
  readonly schema: z.ZodType
}

export const VARIABLES = {
  mysqlUrl: {
    name: 'MILLRACE_MYSQL_URL',
    default: null,
    isRequired: true,
    about: 'The MySQL or MariaDB server and database to read: `mysql://user:password@host:3306/database`.',
    schema: urlSchema(['mysql:', 'mariadb:'], 'write it as mysql://user:password@host:3306/database').refine(
      (text) => new URL(text).pathname.length > 1,
      'name the database: mysql://user:password@host:3306/database',
    ),
  },
  dynamodbEndpoint: {
    name: 'MILLRACE_DYNAMODB_ENDPOINT',
    default: null,
    about: 'Address of a DynamoDB emulator; leave it out for AWS.',
    schema: urlSchema(['http:', 'https:'], 'write it as http://127.0.0.1:8000'),
  },
  region: {
    name: 'AWS_REGION',
    default: null,
    about: 'Region of the DynamoDB tables. Credentials come from the usual AWS variables, files and roles.',
    schema: z.string().regex(/^[a-z0-9-]+$/, 'write it as us-east-1'),
  },
  log: {
    name: 'MILLRACE_LOG',
    default: 'file:./millrace.db',
    about: 'Where the log is: `file:PATH`, or `kafka://host:9092,host:9092?ssl=true`.',
    schema: logSchema(),
  },
  logRetentionMs: {
    name: 'MILLRACE_LOG_RETENTION',
    default: '7d',
    about: 'How long the log keeps changes: a number and `s`, `m`, `h` or `d`. Bookmarks and schemas stay for ever.',
    schema: durationSchema(),
  },
  partitions: {
    name: 'MILLRACE_PARTITIONS',
    default: null,
    about: 'Partitions of each topic that millrace makes. Left out: 1 in a file, 6 in Kafka.',
    schema: numberSchema(1, 1000),
  },
  importDir: {
    name: 'MILLRACE_IMPORT_DIR',
    default: './imports',
    about: 'The only folder that files are imported from.',
    schema: z.string().min(1),
  },
  importPrivateHosts: {
    name: 'MILLRACE_IMPORT_PRIVATE_HOSTS',
    default: '',
    about: 'Hosts, by comma, with their ports or without, that imports may ask although their addresses are private.',
    schema: listSchema(),
  },
  importRetry: {
    name: 'MILLRACE_IMPORT_RETRY',
    default: '0 3 * * *',
    about: 'When imports that failed are tried again: a cron expression, or `never`.',
    schema: cronSchema(),
  },
  timeZone: {
    name: 'MILLRACE_TIME_ZONE',
    default: 'UTC',
    about: 'The time zone of `MILLRACE_IMPORT_RETRY` and `MILLRACE_NOTIFY_DAILY`: a name as `Europe/Madrid`.',
    schema: z
      .string()
      .refine((zone) => scheduleFault({ cron: '0 0 * * *', zone }) === null, 'write it as Europe/Madrid'),
  },
  canary: {
    name: 'MILLRACE_CANARY',
    default: 'on',
    about:
      'Whether a row of its own goes the whole way every 5 s where it may be written: `on` or `off`, in all processes.',
    schema: z.enum(['on', 'off'], { error: 'it is on or off' }).transform((text) => text === 'on'),
  },
  streamSlices: {
    name: 'MILLRACE_STREAM_SLICES',
    default: '1',
    about: "In how many slices DynamoDB's streams are read: so many processes may share them.",
    schema: numberSchema(1, 64),
  },
  schemaRegistryUrl: {
    name: 'MILLRACE_SCHEMA_REGISTRY_URL',
    default: null,
    about: 'A Confluent-compatible schema registry. Without it records carry the Avro single-object encoding.',
    schema: urlSchema(['http:', 'https:'], 'write it as http://127.0.0.1:8081'),
  },
  acceptSchema: {
    name: 'MILLRACE_ACCEPT_SCHEMA',
    default: '',
    about: 'Tables, by comma, whose incompatible change of shape a person has accepted.',
    schema: listSchema(),
  },
  redisUrl: {
    name: 'MILLRACE_REDIS_URL',
    default: null,
    about: 'Redis for the lookup cache and the write budget that several processes share.',
    schema: urlSchema(['redis:', 'rediss:'], 'write it as redis://:password@127.0.0.1:6379'),
  },
  writeUnits: {
    name: 'MILLRACE_WRITE_UNITS',
    default: null,
    about: 'Write units per second that all processes together may use in DynamoDB; no limit when left out.',
    schema: numberSchema(1, 1_000_000_000),
  },
  connectors: {
    name: 'MILLRACE_CONNECTORS',
    default: '',
    about: "Connectors by comma: the package's own by name, yours as files or a directory; `feedback` when left out.",
    schema: listSchema(),
  },
  httpHost: {
    name: 'MILLRACE_HTTP_HOST',
    default: '127.0.0.1',
    about: 'Address the HTTP server binds; anything but loopback needs `MILLRACE_TOKENS`.',
    schema: z.string(),
  },
  httpPort: {
    name: 'MILLRACE_HTTP_PORT',
    default: '8080',
    about: 'Its port; 0 takes a free one.',
    schema: numberSchema(0, 65_535),
  },
  publicUrl: {
    name: 'MILLRACE_PUBLIC_URL',
    default: null,
    about: 'Where people reach the console if not at the host and port above: `https://millrace.example.com`.',
    schema: urlSchema(['http:', 'https:'], 'write it as https://millrace.example.com').refine(
      (text) => /^https?:\/\/[^/?#]+\/?$/u.test(text),
      'it has no path: write it as https://millrace.example.com',
    ),
  },
  tokens: {
    name: 'MILLRACE_TOKENS',
    default: '',
    isSecret: true,
    about: 'Who may ask over HTTP: `name:role:token,...` with the roles viewer, operator and admin.',
    schema: tokensSchema(),
  },
  smtpUrl: {
    name: 'MILLRACE_SMTP_URL',
    default: null,
    isSecret: true,
    about: 'The server that takes mails: `smtp://user:password@host:587`, or `smtps://` for TLS from the start.',
    schema: urlSchema(['smtp:', 'smtps:'], 'write it as smtp://user:password@host:587').refine(
      (text) => URL.canParse(text) && new URL(text).hostname !== '',
      'it names no host: write it as smtp://user:password@host:587',
    ),
  },
  mailTo: {
    name: 'MILLRACE_MAIL_TO',
    default: '',
    about: 'Who gets mails: addresses by comma.',
    schema: addressesSchema(),
  },
  mailFrom: {
    name: 'MILLRACE_MAIL_FROM',
    default: null,
    about: 'Who sends them: `millrace@example.com`; millrace at the name of this host when left out.',
    schema: senderSchema(),
  },
  slackWebhookUrl: {
    name: 'MILLRACE_SLACK_WEBHOOK_URL',
    default: null,
    isSecret: true,
    about: 'An incoming webhook of Slack.',
    schema: urlSchema(['http:', 'https:'], 'write it as https://hooks.slack.com/services/...'),
  },
  notifyGatherMs: {
    name: 'MILLRACE_NOTIFY_GATHER',
    default: '30s',
    about: 'How long an incident gathers what belongs to it before the first message. Up to 3 min.',
    schema: durationSchema().refine(
      (ms) => ms <= 180_000,
      'it is 3m at most: a failure is to be told within 15 minutes',
    ),
  },
  notifyRemindMs: {
    name: 'MILLRACE_NOTIFY_REMIND',
    default: '4h',
    about: 'How often an incident that stays open is told again.',
    schema: durationSchema(),
  },
  notifyPerHour: {
    name: 'MILLRACE_NOTIFY_PER_HOUR',
    default: '20',
    about: 'Messages an hour in all; what is held back is told later, and the next message says so.',
    schema: numberSchema(1, 1000),
  },
  notifyRuns: {
    name: 'MILLRACE_NOTIFY_RUNS',
    default: '',
    about: 'Kinds of runs, by comma, that are told also when they are done, as `import,verify`; or `all`.',
    schema: runKindsSchema(),
  },
  notifyDaily: {
    name: 'MILLRACE_NOTIFY_DAILY',
    default: '08:00',
    about: 'When the daily summary is sent, in `MILLRACE_TIME_ZONE`: hour and minute, or `off`.',
    schema: timeOfDaySchema(),
  },
  logLevel: {
    name: 'MILLRACE_LOG_LEVEL',
    default: 'info',
    about: 'The least level that is logged: trace, debug, info, warn, error or silent.',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'it is one of trace, debug, info, warn, error, silent',
    }),
  },
} as const satisfies Record<string, Variable>
