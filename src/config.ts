// The environment, checked, as one frozen object. All faults are reported together; each names the variable, its value
// (secrets masked) and what would be right.

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { z } from 'zod'
import type { Connector } from './core/connector.ts'
import { MillraceError } from './core/errors.ts'
import { isLoopback } from './core/is-loopback.ts'
import { nearest } from './core/nearest.ts'
import { settingVariable } from './core/setting-variable.ts'
import { VARIABLES, type Variable } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

type Variables = typeof VARIABLES
type Optional<V extends Variable> = V extends { default: null; isRequired?: false } ? null : never
type Values = { readonly [Key in keyof Variables]: z.output<Variables[Key]['schema']> | Optional<Variables[Key]> }

export interface Config extends Values {
  /** The one that MILLRACE_MYSQL_URL names. */
  readonly database: string
  /** What must never be printed. */
  readonly secrets: readonly string[]
}

/** The variables of the process, over those of the file that `--config` names. */
export function readEnvironment(process: Environment, file: string | null): Environment {
  if (file === null) return process
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process }
  } catch (cause) {
    throw new MillraceError('CONFIG_INVALID', `--config ${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name a file of NAME=VALUE lines.',
      cause,
    })
  }
}

/** `connectors` declare settings of their own, which are checked with them; here their names are known. */
export function readConfig(env: Environment, connectors: readonly Connector[]): Config {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, variable] of Object.entries(VARIABLES)) values[key] = readVariable(variable, env, faults)
  checkNames(env, connectors, faults)
  checkBind(values as unknown as Values, faults)
  checkMail(values as unknown as Values, faults)
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'one setting is' : `${faults.length} settings are`
    throw new MillraceError('CONFIG_INVALID', [`${count} wrong:`, ...faults].join('\n  '))
  }
  const checked = values as unknown as Values
  const database = decode(new URL(checked.mysqlUrl).pathname.slice(1))
  return Object.freeze({ ...checked, database, secrets: Object.freeze(secretsOf(env)) })
}

function readVariable(variable: Variable, env: Environment, faults: string[]): unknown {
  const given = env[variable.name]
  const text = given === undefined || given === '' ? variable.default : given
  if (text === null) {
    if (variable.isRequired) faults.push(`${variable.name} is not set: ${variable.about}`)
    return null
  }
  const parsed = variable.schema.safeParse(text)
  if (parsed.success) return Object.freeze(parsed.data)
  const shown = variable.isSecret ? 'is set' : `is "${maskUrl(text)}"`
  for (const why of new Set(parsed.error.issues.map((issue) => issue.message))) {
    faults.push(`${variable.name} ${shown}: ${why}`)
  }
  return null
}

/** What the tests of millrace itself read; nobody else's slip begins like this. */
const TESTS = 'MILLRACE_TEST_'

function checkNames(env: Environment, connectors: readonly Connector[], faults: string[]): void {
  const known = Object.values(VARIABLES).map((variable) => variable.name as string)
  for (const connector of connectors) {
    known.push(...Object.keys(connector.settings ?? {}).map((setting) => settingVariable(connector, setting)))
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('MILLRACE_') || name.startsWith(TESTS) || known.includes(name)) continue
    const meant = nearest(name, known)
    faults.push(`${name} is not a setting${meant === null ? '' : `; did you mean ${meant}?`}`)
  }
}

/** Without tokens whoever reaches the port may read and do everything, so only this machine may. */
function checkBind({ httpHost, tokens }: Values, faults: string[]): void {
  if (httpHost === null || tokens === null || tokens.length > 0 || isLoopback(httpHost)) return
  faults.push(`MILLRACE_HTTP_HOST is "${httpHost}": without MILLRACE_TOKENS only 127.0.0.1, ::1 or localhost may bind`)
}

/** One without the other tells nobody anything. */
function checkMail({ smtpUrl, mailTo }: Values, faults: string[]): void {
  const isNamed = mailTo !== null && mailTo.length > 0
  if (smtpUrl !== null && mailTo !== null && !isNamed)
    faults.push('MILLRACE_SMTP_URL is set, but MILLRACE_MAIL_TO names nobody')
  if (smtpUrl === null && isNamed)
    faults.push('MILLRACE_MAIL_TO is set: set MILLRACE_SMTP_URL too, the server that takes mails')
}

const URL_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^:/@]*:).+@/i

function maskUrl(text: string): string {
  return text.replace(URL_PASSWORD, '$1***@')
}

const SECRET_NAME = /TOKEN|SECRET|PASSWORD|WEBHOOK|API_?KEY/
const SECRET_LENGTH_MIN = 4

/** Passwords in URLs (as written and decoded), tokens, and whatever is named like a secret. */
function secretsOf(env: Environment): readonly string[] {
  const found = new Set<string>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !/^(MILLRACE|AWS)_/.test(name)) continue
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^:/@]*:(.+)@/i.exec(value)?.[1]
    if (password !== undefined) found.add(password).add(decode(password))
    if (name === VARIABLES.tokens.name) for (const entry of value.split(',')) found.add(entry.split(':').at(-1) ?? '')
    else if (SECRET_NAME.test(name)) found.add(value)
  }
  return [...found].filter((secret) => secret.length >= SECRET_LENGTH_MIN)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
