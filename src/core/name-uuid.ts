// UUIDs that follow from a name (version 5 of RFC 9562): the same for the same name within the same namespace, for ever.

import { hash } from 'node:crypto'
import { TextBytes } from './text-bytes.ts'

const NAMESPACE_BYTES = 16
const VERSION = 0x35
const DASH = 0x2d
/** Where the digits of a hash go, and what stands between them. */
const LENGTH = 36
const isDash = (at: number): boolean => at === 8 || at === 13 || at === 18 || at === 23
const VERSION_AT = 14
/** Two bits of this digit say whose layout it is. */
const VARIANT_AT = 19
const VARIANTS = '89ab'

export class NameUuids {
  readonly #name = new TextBytes()
  readonly #uuid = Buffer.alloc(LENGTH)

  constructor(namespace: string) {
    const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex')
    if (bytes.length !== NAMESPACE_BYTES) throw new TypeError(`${namespace} is no UUID`)
    this.#name.raw(bytes)
  }

  /** Of all of these, one behind the other. */
  of(...texts: readonly string[]): string {
    this.#name.cut(NAMESPACE_BYTES)
    for (const text of texts) this.#name.text(text)
    const hex = hash('sha1', this.#name.bytes, 'hex')
    const uuid = this.#uuid
    for (let at = 0, from = 0; at < LENGTH; at++) uuid[at] = isDash(at) ? DASH : hex.charCodeAt(from++)
    uuid[VERSION_AT] = VERSION
    uuid[VARIANT_AT] = VARIANTS.charCodeAt(Number.parseInt(String.fromCharCode(uuid[VARIANT_AT] ?? 0), 16) & 3)
    return uuid.toString('latin1')
  }
}
