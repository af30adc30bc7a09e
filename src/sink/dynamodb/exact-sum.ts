// Adds decimal numbers exactly: 0.1 and 0.2 are 0.3. Sums that are grouped differently in a repeat must come out alike.

export class ExactSum {
  /** The sum is `#digits` / 10^`#scale`. */
  #digits = 0n
  #scale = 0

  /** A number, or the text of one. */
  add(term: number | string): void {
    const { digits, scale } = parse(term)
    const common = Math.max(scale, this.#scale)
    this.#digits = this.#digits * 10n ** BigInt(common - this.#scale) + digits * 10n ** BigInt(common - scale)
    this.#scale = common
  }

  get text(): string {
    if (this.#scale === 0) return this.#digits.toString()
    const sign = this.#digits < 0n ? '-' : ''
    const all = (this.#digits < 0n ? -this.#digits : this.#digits).toString().padStart(this.#scale + 1, '0')
    return `${sign}${all.slice(0, -this.#scale)}.${all.slice(-this.#scale)}`
  }
}

function parse(term: number | string): { digits: bigint; scale: number } {
  if (typeof term === 'number' && Number.isSafeInteger(term)) return { digits: BigInt(term), scale: 0 }
  const [mantissa = '', exponent = '0'] = String(term).toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction)
  const scale = fraction.length - Number(exponent)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}
