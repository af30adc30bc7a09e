// What an import brings into a table: fields, each with a type and what its values have to be like. Values come as text;
// what does not fit is a reason for the row to be set aside, in words that name the field, the value and what was wanted.

import { isKeptForm } from './decimal-form.ts'
import type { Kind } from './table.ts'
import type { Value } from './value.ts'
import { wallTime } from './wall-time.ts'

export const FIELD_TYPES = ['text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'json'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export interface ImportedField {
  readonly type: FieldType
  /** A row without a value is set aside. */
  readonly isRequired?: boolean
  /** Of a text, in characters. */
  readonly lengthMax?: number
  /** Of a decimal, behind its point. */
  readonly scale?: number
  readonly least?: number
  readonly most?: number
  readonly oneOf?: readonly string[]
}

export interface Imported {
  readonly fields: Readonly<Record<string, ImportedField>>
  /** Fields that together name a row: the first of these lists of which the row has every field. */
  readonly names: readonly (readonly string[])[]
}

const KINDS: Readonly<Record<FieldType, Kind>> = {
  text: 'text',
  integer: 'long',
  decimal: 'decimal',
  boolean: 'int',
  date: 'date',
  datetime: 'datetime',
  json: 'json',
}

export function kindOfField({ type }: ImportedField): Kind {
  return KINDS[type]
}

const SHOWN_MAX = 60

/** The value of a text, or of none; throws a TypeError for what is not fit. */
export function importedValue(name: string, field: ImportedField, text: string | null): Value {
  if (text === null || text === '') {
    if (field.isRequired) throw new TypeError(`${name} is missing`)
    return null
  }
  const value = parsed(field, text)
  const fault = value === undefined ? wanted(field) : misfit(field, text, value)
  if (fault !== null)
    throw new TypeError(`${name} is ${JSON.stringify(text.slice(0, SHOWN_MAX))}, but must be ${fault}`)
  return value as Value
}

const WHOLE = /^[+-]?\d{1,19}$/u
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/u
const DAY = /^\d{4}-\d{2}-\d{2}$/u
const YES = ['true', 'yes', 'y', '1']
const NO = ['false', 'no', 'n', '0']

/** Undefined for what is none. */
function parsed({ type, scale = 0 }: ImportedField, text: string): Value | undefined {
  switch (type) {
    case 'text':
      return text
    case 'integer':
      return WHOLE.test(text.trim()) ? wholeNumber(text.trim()) : undefined
    case 'decimal':
      return NUMBER.test(text.trim()) ? decimalText(text.trim(), scale) : undefined
    case 'boolean':
      return YES.includes(text.trim().toLowerCase()) ? 1 : NO.includes(text.trim().toLowerCase()) ? 0 : undefined
    case 'date':
      return DAY.test(text.trim()) && wallTime(`${text.trim()}T00:00`) !== null ? text.trim() : undefined
    case 'datetime':
      return wallTime(text.trim())?.text.replace('T', ' ').replace('Z', '')
    case 'json':
      return isJson(text) ? text : undefined
  }
}

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n } as const

function wholeNumber(text: string): Value | undefined {
  const short = Number(text)
  if (Number.isSafeInteger(short)) return short
  const long = BigInt(text)
  return long < INT64.least || long > INT64.most ? undefined : long
}

/** With all declared digits; undefined where it has more of them. */
function decimalText(text: string, scale: number): string | undefined {
  if (isKeptForm(text, scale)) return text
  const [, sign = '', whole = '', fraction = ''] =
    /^([+-]?)0*(\d*)\.?(\d*?)0*$/u.exec(text.includes('.') ? text : `${text}.`) ?? []
  if (fraction.length > scale) return undefined
  const digits = `${whole === '' ? '0' : whole}${scale === 0 ? '' : `.${fraction.padEnd(scale, '0')}`}`
  return sign === '-' && /[1-9]/u.test(digits) ? `-${digits}` : digits
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function wanted({ type, scale = 0 }: ImportedField): string {
  switch (type) {
    case 'integer':
      return 'a whole number'
    case 'decimal':
      return `a number with at most ${scale} digits behind its point, as 12.5`
    case 'boolean':
      return 'true or false'
    case 'date':
      return 'a date, as 2026-01-31'
    case 'datetime':
      return 'a date and time, as 2026-01-31T12:00:00Z'
    default:
      return type === 'json' ? 'JSON' : 'text'
  }
}

function misfit({ type, lengthMax, least, most, oneOf }: ImportedField, text: string, value: Value): string | null {
  if (lengthMax !== undefined && type === 'text' && text.length > lengthMax && [...text].length > lengthMax)
    return `at most ${lengthMax} characters long`
  if (least !== undefined && Number(value) < least) return `${least} at least`
  if (most !== undefined && Number(value) > most) return `${most} at most`
  return oneOf !== undefined && !oneOf.includes(text) ? `one of ${oneOf.join(', ')}` : null
}
