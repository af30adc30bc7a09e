// The characters of the servers' wide Unicode sets: ucs2, utf16, utf16le and utf32.

export type WideUnicode = 'ucs2' | 'utf16' | 'utf16le' | 'utf32'

const NOTHING = -1
const SURROGATES = 0xd800
const LOW_SURROGATES = 0xdc00
const BEHIND_SURROGATES = 0xe000

export class UnicodeReader {
  /** How many bytes the character read last has. */
  width = 1
  readonly #form: WideUnicode

  constructor(form: WideUnicode) {
    this.#form = form
  }

  /** The character at `at`, or -1 for bytes that stand for none. */
  read(from: Buffer, at: number, end: number): number {
    const unitBytes = this.#form === 'utf32' ? 4 : 2
    this.width = Math.min(unitBytes, end - at)
    if (this.width < unitBytes) return NOTHING
    if (this.#form === 'utf32') {
      const character = from.readUInt32BE(at)
      return isCharacter(character) ? character : NOTHING
    }
    const unit = this.#unit(from, at)
    if (isCharacter(unit)) return unit
    if (this.#form === 'ucs2' || unit >= LOW_SURROGATES || at + 4 > end) return NOTHING
    const low = this.#unit(from, at + 2)
    if (low < LOW_SURROGATES || low >= BEHIND_SURROGATES) return NOTHING
    this.width = 4
    return 0x10000 + ((unit - SURROGATES) << 10) + (low - LOW_SURROGATES)
  }

  #unit(from: Buffer, at: number): number {
    return this.#form === 'utf16le' ? from.readUInt16LE(at) : from.readUInt16BE(at)
  }
}

function isCharacter(code: number): boolean {
  return code < SURROGATES || (code >= BEHIND_SURROGATES && code <= 0x10ffff)
}
