// A field's value as one text, so that equal values of whatever form are equal texts.

import { Exact, type Field } from './value.ts'

export function fieldText(field: Field): string {
  if (field === null || typeof field === 'boolean') return String(field)
  if (typeof field === 'string') return JSON.stringify(field)
  if (typeof field === 'number' || typeof field === 'bigint') return numberText(String(field))
  if (field instanceof Exact) return numberText(field.text)
  if (field instanceof Uint8Array) return `b${Buffer.from(field).toString('base64')}`
  if (isList(field)) return `[${field.map(fieldText).join()}]`
  const names = Object.keys(field).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${fieldText(field[name] ?? null)}`).join()}}`
}

function isList(field: object): field is readonly Field[] {
  return Array.isArray(field)
}

/** Digits without zeros that say nothing, and the power of ten behind them. */
function numberText(text: string): string {
  return plainNumberText(text) ?? anyNumberText(text)
}

const [MINUS, POINT, ZERO, NINE] = [45, 46, 48, 57]

/** Of digits with a point or without one, which nearly all are; null of anything else. */
function plainNumberText(text: string): string | null {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  let point = -1
  let first = -1
  let last = -1
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === POINT && point === -1) point = at
    else if (code < ZERO || code > NINE) return null
    else if (code !== ZERO) {
      last = at
      if (first === -1) first = at
    }
  }
  if (first === -1) return '0'
  const power = last < point ? point - last - 1 : point === -1 ? text.length - last - 1 : point - last
  const digits =
    first < point && point < last
      ? text.slice(first, point) + text.slice(point + 1, last + 1)
      : text.slice(first, last + 1)
  return `${start === 1 ? '-' : ''}${digits}e${power}`
}

function anyNumberText(text: string): string {
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/iu.exec(text)
  if (parts === null) return text
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/u, '')
  const kept = digits.replace(/0+$/u, '')
  return kept === '' ? '0' : `${sign}${kept}e${Number(power) - fraction.length + digits.length - kept.length}`
}
