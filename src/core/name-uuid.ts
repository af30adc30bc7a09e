// UUIDs that follow from a name (version 5 of RFC 9562): the same for the same name within the same namespace, for ever.

import { hash } from 'node:crypto'

const NAMESPACE_BYTES = 16
/** Of a character in UTF-8. */
const BYTES_MAX = 3

export class NameUuids {
  #scratch: Buffer

  constructor(namespace: string) {
    this.#scratch = Buffer.from(namespace.replaceAll('-', ''), 'hex')
    if (this.#scratch.length !== NAMESPACE_BYTES) throw new TypeError(`${namespace} is no UUID`)
  }

  of(name: string): string {
    this.#reserve(NAMESPACE_BYTES + name.length * BYTES_MAX)
    const end = NAMESPACE_BYTES + this.#scratch.write(name, NAMESPACE_BYTES)
    const hex = hash('sha1', this.#scratch.subarray(0, end), 'hex')
    // Two bits of it say whose layout this is.
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#scratch.length) return
    this.#scratch = Buffer.concat([this.#scratch.subarray(0, NAMESPACE_BYTES)], bytes * 2)
  }
}
