// A secret that has to rest in the log: sealed, so that only who knows the key reads it. The same secret is the same text, for
// equal requests are one.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { MillraceError } from './errors.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** `from` is what all processes know, and nobody else. */
export class Seal {
  readonly #key: Buffer

  constructor(from: string) {
    this.#key = Buffer.from(hkdfSync('sha256', from, '', 'millrace sealed secrets', 32))
  }

  close(secret: string): string {
    const nonce = createHmac('sha256', this.#key).update(secret).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce)
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  open(sealed: string): string {
    try {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8')
      return text + decipher.final('utf8')
    } catch (cause) {
      throw new MillraceError('IMPORT_SEALED', 'the credentials of this import cannot be read here', { cause })
    }
  }
}
