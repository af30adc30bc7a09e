// What the bytes of a field stand for. Null for what is no text in the file's encoding.

import { isUtf8 } from 'node:buffer'
import type { Encoding } from '../../core/csv-dialect.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte that ASCII has.
const ASCII = /^[\x00-\x7f]*$/u
const WINDOWS = new TextDecoder('windows-1252')
/** Bytes to which the code page gives no character. */
const UNASSIGNED = /[\x81\x8d\x8f\x90\x9d]/u

/** `bytes` has one character for each byte. */
export function fieldText(bytes: string, encoding: Encoding): string | null {
  if (ASCII.test(bytes)) return bytes
  switch (encoding) {
    case 'latin1':
      return bytes
    case 'windows-1252':
      return UNASSIGNED.test(bytes) ? null : WINDOWS.decode(Buffer.from(bytes, 'latin1'))
    default: {
      // UTF-16 comes as UTF-8.
      const raw = Buffer.from(bytes, 'latin1')
      return isUtf8(raw) ? raw.toString() : null
    }
  }
}
