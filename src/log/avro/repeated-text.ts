// A text that has its place in one record after the other and mostly stays what it is: then it is not made once more.

/** Up to here a loop is quicker than a call into the runtime. */
const LOOP_MAX = 64

export class RepeatedText {
  #bytes: Buffer = Buffer.alloc(0)
  #text = ''

  of(bytes: Buffer, start: number, end: number): string {
    if (!this.#isSame(bytes, start, end)) {
      this.#bytes = Buffer.copyBytesFrom(bytes, start, end - start)
      this.#text = this.#bytes.toString()
    }
    return this.#text
  }

  #isSame(bytes: Buffer, start: number, end: number): boolean {
    const known = this.#bytes
    if (known.length !== end - start) return false
    if (known.length > LOOP_MAX) return known.compare(bytes, start, end) === 0
    for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false
    return true
  }
}
