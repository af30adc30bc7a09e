// A field as its column will hold it, in the forms that the MySQL source gives (see core/table.ts), so that what is
// written, what is read back and what came from a source are the same value. What would be cut or rounded is refused.

import { isKeptForm } from '../../core/decimal-form.ts'
import { Exact, type Field, integer, type Value } from '../../core/value.ts'
import { isWhole } from '../../mysql/column-type.ts'
import { Rejection } from '../rejection.ts'
import { jsonText } from './json-field.ts'
import type { TargetColumn } from './target-column.ts'
import { heldTime } from './time-value.ts'

export function heldValue(column: TargetColumn, field: Field): Value {
  if (field === null) return null
  const { type } = column
  if (isWhole(type)) return wholeNumber(column, field)
  switch (type.name) {
    case 'decimal':
      return decimalText(column, field)
    case 'float':
    case 'double':
      return floating(column, field)
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
      return heldTime(column, plainText(column, field))
    case 'json':
      return typeof field === 'string' ? field : jsonText(field)
  }
  return type.charset === null && isBinary(column) ? bytesOf(column, field) : textOf(column, field)
}

const BINARY = /binary|blob|vector|geometry|point|linestring|polygon|collection/u

/** Columns of bytes; their values are no text in any character set. */
export function isBinary({ type }: TargetColumn): boolean {
  return BINARY.test(type.name)
}

function wholeNumber(column: TargetColumn, field: Field): number | bigint {
  if (typeof field === 'number' && Number.isSafeInteger(field)) return field
  const parts = /^([+-]?\d+)(?:\.0*)?$/u.exec(numberText(column, field))
  if (parts === null) throw unfit(column, field, 'no whole number')
  return integer(parts[1] ?? '')
}

function decimalText(column: TargetColumn, field: Field): string {
  const given = numberText(column, field)
  // Most come as they are kept.
  if (isKeptForm(given, column.type.scale)) return given
  const parts = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/u.exec(plainNumber(given))
  if (parts === null) throw unfit(column, field, 'no number')
  const [, sign = '', whole = '', fraction = ''] = parts
  const { scale } = column.type
  if (fraction.length > scale) throw unfit(column, field, `more digits than the ${scale} behind its point`)
  const text = `${whole === '' ? '0' : whole}${scale === 0 ? '' : `.${fraction.padEnd(scale, '0')}`}`
  return sign === '-' && /[1-9]/u.test(text) ? `-${text}` : text
}

/** Without an exponent. */
function plainNumber(text: string): string {
  const parts = /^([+-]?)(\d*)\.?(\d*)[eE]([+-]?\d+)$/u.exec(text)
  if (parts === null) return text
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts
  const point = whole.length + Number(power)
  const digits = `${whole}${fraction}`
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point)}`
}

function floating(column: TargetColumn, field: Field): number {
  const number = Number(numberText(column, field))
  if (!Number.isFinite(number)) throw unfit(column, field, 'no number that it can hold')
  return column.type.name === 'float' ? Math.fround(number) : number
}

function numberText(column: TargetColumn, field: Field): string {
  if (typeof field === 'boolean') return field ? '1' : '0'
  const text = plainText(column, field).trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/u.test(text)) throw unfit(column, field, 'no number')
  return text
}

function plainText(column: TargetColumn, field: Field): string {
  if (typeof field === 'string') return field
  if (typeof field === 'number' || typeof field === 'bigint') return String(field)
  if (field instanceof Exact) return field.text
  throw unfit(column, field, 'nothing it can hold')
}

function textOf(column: TargetColumn, field: Field): string {
  const { name } = column.type
  const text = name === 'set' && Array.isArray(field) ? field.join() : structured(column, field)
  if (!text.isWellFormed()) throw unfit(column, text, 'half a surrogate pair')
  // A char column gives back nothing of the spaces at its end.
  return name === 'char' && text.endsWith(' ') ? text.replace(/ +$/u, '') : text
}

function structured(column: TargetColumn, field: Field): string {
  if (field instanceof Uint8Array) throw unfit(column, field, 'bytes and no text')
  if (typeof field === 'boolean') return String(field)
  return typeof field === 'object' && !(field instanceof Exact) ? jsonText(field) : plainText(column, field)
}

function bytesOf(column: TargetColumn, field: Field): Uint8Array {
  const bytes = field instanceof Uint8Array ? Buffer.from(field) : Buffer.from(structured(column, field))
  const { name, length } = column.type
  return name === 'binary' && bytes.length < length ? Buffer.concat([bytes], length) : bytes
}

const SHOWN_MAX = 80

function unfit({ table, name }: TargetColumn, field: Field, what: string): Rejection {
  const shown = typeof field === 'string' ? field : jsonText(field)
  return new Rejection(`${table}.${name} cannot hold ${JSON.stringify(shown.slice(0, SHOWN_MAX))}: it is ${what}`)
}
