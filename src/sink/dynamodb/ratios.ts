// Fields that are the quotient of two counters.

import type { Item } from '../../dynamodb/attribute.ts'

export type Ratios = Readonly<Record<string, readonly [string, string]>>

/** Those that can be formed. */
export function quotientsOf(ratios: Ratios, counters: Item): Map<string, string> {
  const quotients = new Map<string, string>()
  for (const [name, [over, under]] of Object.entries(ratios)) {
    const quotient = Number(counters[over]?.N) / Number(counters[under]?.N)
    if (Number.isFinite(quotient)) quotients.set(name, String(quotient))
  }
  return quotients
}
