// Every error millrace names: its code, its fate and the hint a person gets. The README's table is tested against it.

/**
 * retry: back off and try again · stop: this source or connector stops until a person acts · crash: a broken
 * invariant, the process ends.
 */
export type Fate = 'retry' | 'stop' | 'crash'

interface Entry {
  readonly fate: Fate
  readonly hint: string
}

export const ERRORS = {
  BINLOG_UNREADABLE: {
    fate: 'stop',
    hint: 'Mend the server as `millrace doctor` says; `millrace start --skip-gap` then gives up what its log holds until now, and `millrace repair` reads it again from the tables.',
  },
  BODY_TOO_LARGE: { fate: 'stop', hint: 'Send at most 1 MiB.' },
  BOOKMARK_UNREADABLE: {
    fate: 'stop',
    hint: 'The bookmark is of another source or of a newer release: check MILLRACE_MYSQL_URL and the version.',
  },
  COMMAND_INVALID: { fate: 'stop', hint: 'See `millrace --help`.' },
  CONFIG_INVALID: { fate: 'stop', hint: 'Correct the settings named above; the README lists all of them.' },
  CONFLICT_CHANGED: {
    fate: 'stop',
    hint: '`millrace conflicts` shows what has come of it: what changed meanwhile is a conflict of its own, or settled itself.',
  },
  CONFLICT_SETTLED: { fate: 'stop', hint: '`millrace conflicts show` says whose version counts, and who decided.' },
  CONFLICT_UNKNOWN: { fate: 'stop', hint: '`millrace conflicts` lists all conflicts.' },
  CONNECTOR_COLUMN_MISSING: {
    fate: 'stop',
    hint: "The table lost a column this connector reads: bring it back, or adapt the connector's `columns`, and start again.",
  },
  CONNECTOR_INVALID: {
    fate: 'stop',
    hint: 'Correct the connector as named above and start again; nothing was written.',
  },
  CONSOLE_MISSING: { fate: 'stop', hint: 'Build the page with `npm run build`, and start again.' },
  DEAD_LETTER_UNKNOWN: {
    fate: 'stop',
    hint: '`millrace dead` lists the dead letters; one that was retried or dropped is gone.',
  },
  DEMO_REFUSED: {
    fate: 'stop',
    hint: 'Name an empty database in MILLRACE_MYSQL_URL, or leave it out: the demo then starts a server of its own.',
  },
  DYNAMODB_DENIED: {
    fate: 'stop',
    hint: "Check the AWS credentials, this machine's clock, and that they may read, write and describe the connector's tables.",
  },
  DYNAMODB_UNAVAILABLE: {
    fate: 'retry',
    hint: 'Check that DynamoDB answers from here (MILLRACE_DYNAMODB_ENDPOINT, AWS_REGION) and has the capacity for these writes.',
  },
  ENDPOINT_UNKNOWN: { fate: 'stop', hint: 'The README lists all endpoints.' },
  FORECAST_LATE: {
    fate: 'stop',
    hint: 'Ask about less: a table, a venue, a range of keys; `--dry-run` on the command line waits as long as it takes.',
  },
  GAP_UNKNOWN: { fate: 'stop', hint: '`millrace gaps` lists all gaps.' },
  HISTORY_GONE: {
    fate: 'stop',
    hint: 'Name a server that still has these changes, or give them up: `millrace start --skip-gap` records the gap and captures on from now, and `millrace repair` reads again what it can have touched.',
  },
  IMPORT_ADDRESS_REFUSED: {
    fate: 'stop',
    hint: 'Name a source on the public internet, or have private addresses allowed for this import.',
  },
  IMPORT_ANSWER_INVALID: {
    fate: 'stop',
    hint: 'Ask the source the same by hand and compare with what the import expects of its answer; what arrived so far stays.',
  },
  IMPORT_CHANGED: {
    fate: 'stop',
    hint: 'Import it again once nobody writes to it any more; what arrived so far stays, and the same rows are written once.',
  },
  IMPORT_DENIED: {
    fate: 'stop',
    hint: 'Check that the token, key or password is right, has not run out, and may read what is asked for.',
  },
  IMPORT_INCOMPLETE: {
    fate: 'stop',
    hint: 'Rows may be missing: mend what is named above (page size, pagination, or the source itself) and import again; what arrived so far stays.',
  },
  IMPORT_INVALID: { fate: 'stop', hint: 'Correct what is named above; nothing was read or written.' },
  IMPORT_REFUSED: {
    fate: 'stop',
    hint: 'Put the file into the folder that MILLRACE_IMPORT_DIR names, or name another folder there and start again.',
  },
  IMPORT_REQUEST_REFUSED: {
    fate: 'stop',
    hint: 'The source does not take this request: correct its URL, parameters or body as the source says above.',
  },
  IMPORT_SEALED: {
    fate: 'stop',
    hint: 'It was ordered where MILLRACE_MYSQL_URL had another password: order it again.',
  },
  IMPORT_UNAVAILABLE: {
    fate: 'retry',
    hint: 'Check that the source runs and answers from here; if it asks for fewer requests, set `requestsPerSecond`.',
  },
  IMPORT_UNREADABLE: {
    fate: 'stop',
    hint: 'Look whether the file is whole, and whether its compression and encoding are as named.',
  },
  IMPORT_UNTRUSTED: {
    fate: 'stop',
    hint: 'Check that the URL means https, and that the certificate is valid for its host; NODE_EXTRA_CA_CERTS names further authorities.',
  },
  INTERNAL: { fate: 'crash', hint: 'This is a defect of millrace: please report it with the log lines around it.' },
  KAFKA_DENIED: {
    fate: 'stop',
    hint: 'Correct user, password and mechanism in MILLRACE_LOG, and give that user the rights named above.',
  },
  KAFKA_UNAVAILABLE: {
    fate: 'retry',
    hint: 'The brokers answer but cannot do it now; look at their logs and in-sync replicas if this lasts.',
  },
  KAFKA_UNFIT: { fate: 'stop', hint: 'Use Kafka 2.8 or later; 4.3 is what millrace is tested with.' },
  KAFKA_UNREACHABLE: {
    fate: 'retry',
    hint: 'Check that the brokers in MILLRACE_LOG run and answer from here, and whether they want ssl=true or a password.',
  },
  KAFKA_UNTRUSTED: {
    fate: 'stop',
    hint: "Name the authority that signed the brokers' certificate in MILLRACE_LOG: ssl=true&ca=/path/ca.pem.",
  },
  KAFKA_URL_INVALID: {
    fate: 'stop',
    hint: 'Write MILLRACE_LOG as kafka://user:password@host:9092,host:9092?ssl=true&sasl=scram-sha-256&ca=/path/ca.pem.',
  },
  LOG_BUSY: {
    fate: 'retry',
    hint: 'Another process holds the log file; millrace tries again. `fuser` on the file names the process.',
  },
  LOG_CLOSED: { fate: 'stop', hint: 'The log was closed while it was in use; this belongs to an orderly stop.' },
  LOG_CURSOR_LOST: {
    fate: 'retry',
    hint: 'Another process took this partition over and reads it on; nothing is to be done.',
  },
  LOG_FENCED: { fate: 'stop', hint: 'Another process captures the same source now: stop one of the two.' },
  LOG_FILE_UNUSABLE: { fate: 'stop', hint: 'Name another file in MILLRACE_LOG, or restore this one.' },
  LOG_FULL: { fate: 'retry', hint: 'Free space on the disk that holds the log; millrace goes on by itself.' },
  LOG_HISTORY_GONE: {
    fate: 'stop',
    hint: 'The log threw away records before they were delivered: keep it longer (MILLRACE_LOG_RETENTION), and see the README.',
  },
  LOOKUP_BEHIND: {
    fate: 'retry',
    hint: 'The server that lookups read lags behind the one changes come from; point both at the same server if this lasts.',
  },
  MAIL_REFUSED: {
    fate: 'stop',
    hint: 'Look at user, password and sender (MILLRACE_SMTP_URL, MILLRACE_MAIL_FROM) and at MILLRACE_MAIL_TO.',
  },
  MAIL_UNREACHABLE: {
    fate: 'retry',
    hint: 'Check that the mail server in MILLRACE_SMTP_URL runs and answers from here.',
  },
  MEDIA_TYPE_UNKNOWN: { fate: 'stop', hint: 'Send JSON with `Content-Type: application/json`.' },
  METHOD_NOT_ALLOWED: { fate: 'stop', hint: 'Ask with a method named above.' },
  MIGRATION_FAILED: {
    fate: 'stop',
    hint: 'Give the user of MILLRACE_MYSQL_URL the right to make tables, or make what is named above yourself, and start again.',
  },
  MYSQL_BEHIND: {
    fate: 'retry',
    hint: 'The server has not yet reached what was captured; look at its replication if this goes on.',
  },
  MYSQL_BUSY: {
    fate: 'retry',
    hint: 'Other transactions hold the rows to be written; `SHOW ENGINE INNODB STATUS` names them if this lasts.',
  },
  MYSQL_DENIED: {
    fate: 'stop',
    hint: 'Correct user and password in MILLRACE_MYSQL_URL, and run `millrace doctor` for the missing grants.',
  },
  MYSQL_UNFIT: { fate: 'stop', hint: 'Run `millrace doctor`: it prints the statement that mends each fault.' },
  MYSQL_UNREACHABLE: {
    fate: 'retry',
    hint: 'Check that the server in MILLRACE_MYSQL_URL runs and answers from here; millrace tries again.',
  },
  MYSQL_URL_INVALID: { fate: 'stop', hint: 'Set MILLRACE_MYSQL_URL to mysql://user:password@host:3306/database.' },
  NOTHING_TO_REPAIR: { fate: 'stop', hint: '`millrace gaps` lists the gaps, and which run repaired each of them.' },
  ORIGIN_FOREIGN: {
    fate: 'stop',
    hint: 'Ask from a page of this server, or without an Origin; behind a proxy name its address in MILLRACE_PUBLIC_URL.',
  },
  PORT_TAKEN: { fate: 'stop', hint: 'Name another MILLRACE_HTTP_PORT, or 0 for a free one.' },
  RECORD_TOO_LARGE: {
    fate: 'stop',
    hint: 'Leave large columns out of the captured tables; a record takes 8 MiB at most.',
  },
  RECORD_UNREADABLE: {
    fate: 'stop',
    hint: 'The record was not written by millrace, or its schema is gone: see the topic millrace.schemas or the registry.',
  },
  REGISTRY_REFUSED: {
    fate: 'stop',
    hint: 'Check MILLRACE_SCHEMA_REGISTRY_URL, with user and password, and what that user may do.',
  },
  REGISTRY_UNAVAILABLE: {
    fate: 'retry',
    hint: 'Check that the schema registry runs and that MILLRACE_SCHEMA_REGISTRY_URL names it.',
  },
  REQUEST_INVALID: { fate: 'stop', hint: 'Correct the fields named above.' },
  ROLE_MISSING: { fate: 'stop', hint: 'Ask with a token of that role; MILLRACE_TOKENS lists them.' },
  RUN_OVER: { fate: 'stop', hint: 'A run that has ended stays as it is: order a new one.' },
  RUN_UNKNOWN: { fate: 'stop', hint: '`millrace runs` lists all runs.' },
  SCHEDULE_UNKNOWN: { fate: 'stop', hint: '`GET /api/schedules` lists all schedules.' },
  SCHEMA_INCOMPATIBLE: {
    fate: 'stop',
    hint: "Undo the change of the table, or accept it: set MILLRACE_ACCEPT_SCHEMA to the table's name and start again.",
  },
  SIGN_IN_LIMITED: { fate: 'stop', hint: 'Wait a minute, and sign in with a token of MILLRACE_TOKENS.' },
  SIGN_IN_REFUSED: { fate: 'stop', hint: 'Sign in with a token of MILLRACE_TOKENS, the part behind its role.' },
  SINK_TABLE_MISSING: {
    fate: 'stop',
    hint: 'Run `millrace doctor`: it prints the command that makes the table, or check AWS_REGION and the table name.',
  },
  SLACK_REFUSED: {
    fate: 'stop',
    hint: 'Make a new webhook in Slack and name it in MILLRACE_SLACK_WEBHOOK_URL.',
  },
  SLACK_UNREACHABLE: {
    fate: 'retry',
    hint: 'Check that MILLRACE_SLACK_WEBHOOK_URL can be reached from here.',
  },
  STACK_FAILED: {
    fate: 'stop',
    hint: 'Free memory, disk or ports as the lines above say, or name a server that runs.',
  },
  STACK_MISSING: { fate: 'stop', hint: 'Install what is named above, or set the variable to a server that runs.' },
  SCOPE_INVALID: { fate: 'stop', hint: 'Correct the scope as named above; nothing was begun.' },
  START_REFUSED: { fate: 'stop', hint: 'Mend what is named above; `millrace doctor` checks it again.' },
  STREAM_UNFIT: {
    fate: 'stop',
    hint: 'Turn the stream on, with new and old images; `millrace doctor` prints the command.',
  },
  SYNC_UNTOLD: {
    fate: 'stop',
    hint: 'Make room in the item that the message names, and sync again.',
  },
  TOKEN_MISSING: {
    fate: 'stop',
    hint: 'Sign in, or send `Authorization: Bearer TOKEN`, with a token of MILLRACE_TOKENS.',
  },
  TOPIC_MISMATCH: { fate: 'stop', hint: 'Declare the topic as it exists, or use another log.' },
  TOPIC_UNKNOWN: { fate: 'retry', hint: 'The topic is made when its source is first captured: start capture.' },
  VENUE_UNKNOWN: { fate: 'stop', hint: '`GET /api/sync/status` lists all venues.' },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof ERRORS

export class MillraceError extends Error {
  readonly code: ErrorCode
  readonly fate: Fate
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MillraceError'
    this.code = code
    this.fate = ERRORS[code].fate
    this.hint = options.hint ?? ERRORS[code].hint
  }
}

/** False also of what millrace does not name. */
export function hasFate(error: unknown, fate: Fate): error is MillraceError {
  return error instanceof MillraceError && error.fate === fate
}
