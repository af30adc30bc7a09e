// Whether two attributes are the same value, however they were written, and what people are shown of one.

import type { Attribute } from '../../dynamodb/attribute.ts'

export function isSame(one: Attribute | undefined, other: Attribute | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if (one.S !== undefined) return one.S === other.S
  if (one.N !== undefined) return other.N !== undefined && (one.N === other.N || plain(one.N) === plain(other.N))
  if (one.B !== undefined) return one.B === other.B
  if (one.BOOL !== undefined) return one.BOOL === other.BOOL
  if (one.NULL !== undefined) return other.NULL === one.NULL
  if (one.L !== undefined) return areSame(one.L, other.L)
  return one.M !== undefined && other.M !== undefined && areSameMaps(one.M, other.M)
}

function areSame(one: readonly Attribute[], other: readonly Attribute[] | undefined): boolean {
  return one.length === other?.length && one.every((each, index) => isSame(each, other[index]))
}

function areSameMaps(one: NonNullable<Attribute['M']>, other: NonNullable<Attribute['M']>): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]))
}

/** A number without what does not change it: 1.50, 15E-1 and 1.5 are one. */
function plain(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/u.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/u, '')
  const significant = digits.replace(/0+$/u, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

const TEXT_MAX = 300

/** Long ones only as far as they go; null for one that is not there. */
export function textOf(attribute: Attribute | undefined): string | null {
  if (attribute === undefined) return null
  const { S, N } = attribute
  const text = S ?? N ?? JSON.stringify(Object.values(attribute)[0])
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`
}
