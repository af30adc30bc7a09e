// What the text of an environment variable may be, and what becomes of it. Every message says what would be right.

import { z } from 'zod'
import { ROLES, type Role } from './core/role.ts'
import { RUN_KINDS } from './core/run.ts'
import { scheduleFault } from './core/schedule.ts'

export function urlSchema(protocols: readonly string[], fix: string) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), fix)
}

export function numberSchema(least: number, most: number) {
  return z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
      `it is a whole number from ${least} to ${most}`,
    )
    .transform(Number)
}

export function listSchema() {
  return z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
}

const ADDRESS = /^[^\s@<>,]+@[^\s@<>,]+$/u

export function addressesSchema() {
  return listSchema().refine(
    (all) => all.every((one) => ADDRESS.test(one)),
    'write it as ops@example.com,oncall@example.com',
  )
}

export function senderSchema() {
  return z
    .string()
    .refine(
      (text) => /^([^<>\r\n]*<[^\s@<>,]+@[^\s@<>,]+>|[^\s@<>,]+@[^\s@<>,]+)$/u.test(text),
      'write it as millrace@example.com or millrace <millrace@example.com>',
    )
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function durationSchema() {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}[smhd]$/, 'write it as 12h or 7d')
    .transform((text) => Number(text.slice(0, -1)) * (UNITS_MS[text.slice(-1)] ?? 1))
}

export type LogTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'kafka'; readonly url: string }

export function logSchema() {
  return z
    .string()
    .refine(
      (text) => /^file:.+/.test(text) || /^kafka:\/\/([^/@\s]+@)?[^\s/?:,]+:\d+(,[^\s/?:,]+:\d+)*(\?\S*)?$/.test(text),
      'write it as file:./millrace.db or kafka://host:9092,host:9092?ssl=true',
    )
    .transform(
      (text): LogTarget =>
        text.startsWith('file:') ? { kind: 'file', path: text.slice('file:'.length) } : { kind: 'kafka', url: text },
    )
}

export interface Token {
  readonly name: string
  readonly role: Role
  readonly token: string
}

const TOKEN_LENGTH_MIN = 16

export function tokensSchema() {
  const token = z.object({
    name: z.string().regex(/^[\w.-]+$/, 'a name has letters, digits, dots and dashes: name:role:token'),
    role: z.enum(ROLES, { error: 'a role is viewer, operator or admin: name:role:token' }),
    token: z.string().min(TOKEN_LENGTH_MIN, `a token has ${TOKEN_LENGTH_MIN} or more characters: name:role:token`),
  })
  return listSchema()
    .transform((entries) =>
      entries.map((entry) => {
        const [name, role, ...rest] = entry.split(':')
        return { name, role, token: rest.join(':') }
      }),
    )
    .pipe(z.array(token))
}

/** Null: never. */
export function cronSchema() {
  return z
    .string()
    .refine(
      (cron) => cron === 'never' || scheduleFault({ cron }) === null,
      'write it as "0 3 * * *" for three in the night, or never',
    )
    .transform((cron) => (cron === 'never' ? null : cron))
}

/** As a cron expression; null: never. */
export function timeOfDaySchema() {
  return z
    .string()
    .regex(/^(off|([01]\d|2[0-3]):[0-5]\d)$/u, 'write it as 08:00, or off')
    .transform((text) => {
      const [hour, minute] = text.split(':').map(Number)
      return minute === undefined ? null : `${minute} ${hour} * * *`
    })
}

export function runKindsSchema() {
  return listSchema()
    .transform((kinds): readonly string[] => (kinds.includes('all') ? RUN_KINDS : kinds))
    .pipe(z.array(z.enum(RUN_KINDS, { error: `a kind is ${RUN_KINDS.join(', ')}; or write all` })))
}
