// What several counts come to together: sums, and the greatest value of each field that keeps one.

import type { Count } from '../../core/write.ts'
import type { Attribute } from '../../dynamodb/attribute.ts'
import { toAttribute } from './attributes.ts'
import { ExactSum } from './exact-sum.ts'

export class Totals {
  readonly sums = new Map<string, ExactSum>()
  readonly greatest = new Map<string, Attribute>()

  add({ add, greatest = {} }: Pick<Count, 'add' | 'greatest'>): void {
    for (const [name, term] of Object.entries(add)) {
      let sum = this.sums.get(name)
      if (sum === undefined) {
        sum = new ExactSum()
        this.sums.set(name, sum)
      }
      sum.add(term)
    }
    for (const [name, value] of Object.entries(greatest)) {
      const attribute = toAttribute(value, { name, depth: 1 })
      if (isGreater(attribute, this.greatest.get(name))) this.greatest.set(name, attribute)
    }
  }
}

/** As DynamoDB compares: numbers by value, text by its UTF-8 bytes, and never one with the other. */
export function isGreater(one: Attribute, other: Attribute | undefined): boolean {
  if (other === undefined) return true
  if (one.N !== undefined && other.N !== undefined) return Number(one.N) > Number(other.N)
  if (one.S === undefined || other.S === undefined) return false
  return Buffer.compare(Buffer.from(one.S), Buffer.from(other.S)) > 0
}
