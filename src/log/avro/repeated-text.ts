// A text that has its place in one record after the other and mostly stays what it is: then it is not made once more.

export class RepeatedText {
  #bytes: Buffer = Buffer.alloc(0)
  #text = ''

  of(bytes: Buffer, start: number, end: number): string {
    if (this.#bytes.length !== end - start || this.#bytes.compare(bytes, start, end) !== 0) {
      this.#bytes = Buffer.copyBytesFrom(bytes, start, end - start)
      this.#text = this.#bytes.toString()
    }
    return this.#text
  }
}
