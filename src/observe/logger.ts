// Structured logs: one JSON object per line, without secrets and without personal data.

import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { MillraceError } from '../core/errors.ts'
import { redactFields, redactText } from './redact.ts'

export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LoggerOptions {
  readonly level: LogLevel
  /** Values that must not appear whatever field or message they come in. */
  readonly secrets: readonly string[]
  readonly destination?: DestinationStream
}

export function createLogger(options: LoggerOptions): Logger {
  // A secret is looked for in the finished line, so in the form that JSON gives it.
  const secrets = options.secrets.map((secret) => JSON.stringify(secret).slice(1, -1))
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: describeError },
      hooks: { streamWrite: (line) => redactText(line, secrets) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  )
}

/** A named error is its code, message and hint; only a defect shows where it comes from. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const isNamed = error instanceof MillraceError
  return {
    ...(isNamed ? { code: error.code, fate: error.fate, hint: error.hint } : { code: codeOf(error) }),
    message: error.message,
    ...(!isNamed || error.fate === 'crash' ? { stack: error.stack } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : error.name
}
