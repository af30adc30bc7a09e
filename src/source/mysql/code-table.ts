// The codes of one of the servers' older character sets and the characters they stand for.

import iconv from 'iconv-lite'
import type { CharsetSpec } from './charset-spec.ts'

const NOTHING = -1
const PAIR = -2
const TRIPLE_LEAD = 0x8f
const REPLACEMENT = '\ufffd'
/** Codes of four bytes for the characters up to U+FFFF, and where those beyond begin. */
const QUADS = 39_420
const SUPPLEMENTARY_QUAD = 189_000

export class CodeTable {
  /** How many bytes the code read last has; 1 for a byte that begins none. */
  width = 1
  readonly #base: string
  readonly #exceptions: ReadonlyMap<number, number>
  /** By first byte: a character, NOTHING, or PAIR where more bytes follow. */
  readonly #singles = new Int32Array(256).fill(NOTHING)
  readonly #pairs: Int32Array | null
  readonly #triples: Int32Array | null
  readonly #hasQuads: boolean
  #quads: Int32Array | null = null

  constructor(spec: CharsetSpec) {
    this.#base = spec.base
    const codes = codesOf(spec)
    this.#exceptions = exceptionsOf(spec, codes)
    const { singles = spec.pairs === undefined ? '80-FF' : '' } = spec
    for (const byte of [...range('00-7F'), ...rangesOf(singles)]) this.#singles[byte] = this.#character([byte])
    this.#pairs = codes.pairs.length === 0 ? null : this.#table(codes.pairs)
    for (const code of codes.pairs) this.#singles[code >> 8] = PAIR
    this.#triples = spec.hasTriples ? this.#table(codes.triples) : null
    if (spec.hasTriples) this.#singles[TRIPLE_LEAD] = PAIR
    this.#hasQuads = spec.hasQuads === true
  }

  /** The character at `at`, or -1 for bytes that stand for none. */
  read(from: Buffer, at: number, end: number): number {
    this.width = 1
    const first = from[at] ?? 0
    const single = this.#singles[first] ?? NOTHING
    if (single !== PAIR || at + 1 >= end) return single === PAIR ? NOTHING : single
    const second = from[at + 1] ?? 0
    if (this.#triples !== null && first === TRIPLE_LEAD) return this.#readTriple(this.#triples, from, { at, end })
    if (this.#hasQuads && second >= 0x30 && second <= 0x39) return this.#readQuad(from, at, end)
    const character = this.#pairs?.[(first << 8) | second] ?? NOTHING
    if (character !== NOTHING) this.width = 2
    return character
  }

  #readTriple(triples: Int32Array, from: Buffer, { at, end }: { at: number; end: number }): number {
    if (at + 2 >= end) return NOTHING
    const character = triples[from.readUInt16BE(at + 1)] ?? NOTHING
    if (character !== NOTHING) this.width = 3
    return character
  }

  #readQuad(from: Buffer, at: number, end: number): number {
    if (at + 3 >= end) return NOTHING
    const [first = 0, second = 0, third = 0, fourth = 0] = from.subarray(at, at + 4)
    if (third < 0x81 || third > 0xfe || fourth < 0x30 || fourth > 0x39) return NOTHING
    const number = (((first - 0x81) * 10 + (second - 0x30)) * 126 + (third - 0x81)) * 10 + (fourth - 0x30)
    const character = this.#quad(number)
    if (character !== NOTHING) this.width = 4
    return character
  }

  #quad(number: number): number {
    const beyond = number - SUPPLEMENTARY_QUAD
    if (beyond >= 0) return beyond <= 0xfffff ? 0x10000 + beyond : NOTHING
    this.#quads ??= Int32Array.from({ length: QUADS }, (_, quad) => this.#character(bytesOfQuad(quad)))
    return this.#quads[number] ?? NOTHING
  }

  #table(codes: readonly number[]): Int32Array {
    const table = new Int32Array(65_536).fill(NOTHING)
    for (const code of codes) table[code & 0xffff] = this.#character(bytesOf(code))
    return table
  }

  #character(bytes: readonly number[]): number {
    const exception = this.#exceptions.get(Buffer.from(bytes).readUIntBE(0, bytes.length))
    if (exception !== undefined) return exception
    const text = iconv.decode(Buffer.from(bytes), this.#base)
    const character = text.codePointAt(0) ?? NOTHING
    const isOne = text.length === (character > 0xffff ? 2 : 1)
    return isOne && text !== REPLACEMENT ? character : NOTHING
  }
}

interface Codes {
  readonly pairs: readonly number[]
  readonly triples: readonly number[]
}

function codesOf(spec: CharsetSpec): Codes {
  const pairs = new Set<number>()
  for (const part of spec.pairs?.split(' ') ?? []) {
    const [leads = '', trails = ''] = part.split('/')
    for (const lead of range(leads)) for (const trail of range(trails)) pairs.add((lead << 8) | trail)
  }
  const triples = [...range('A1-FE')].flatMap((second) => [...range('A1-FE')].map((third) => (second << 8) | third))
  const first = TRIPLE_LEAD << 16
  return {
    pairs: [...pairs].sort((one, other) => one - other),
    triples: spec.hasTriples ? triples.map((code) => first | code) : [],
  }
}

function exceptionsOf(spec: CharsetSpec, codes: Codes): ReadonlyMap<number, number> {
  const exceptions = new Map<number, number>()
  const isCode = new Set([...codes.pairs, ...codes.triples])
  for (const part of spec.except?.split(' ') ?? []) {
    const [where = '', what = ''] = part.split('=')
    const list = what.split(',').map((text) => Number.parseInt(text, 16))
    const [first = 0, last = first + list.length - 1] = where.split('-').map((text) => Number.parseInt(text, 16))
    let count = 0
    for (let code = first; code <= last; code++) {
      if (code > 0xff && code <= 0xffffff && !isCode.has(code)) continue
      const character = list.length > 1 ? list[count] : (list[0] ?? Number.NaN) + count
      exceptions.set(code, Number.isNaN(character) ? NOTHING : (character ?? NOTHING))
      count++
    }
  }
  return exceptions
}

function rangesOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(' ').flatMap((part) => [...range(part)])
}

function* range(text: string): Iterable<number> {
  const [first = 0, last = first] = text.split('-').map((end) => Number.parseInt(end, 16))
  for (let number = first; number <= last; number++) yield number
}

function bytesOf(code: number): readonly number[] {
  return code > 0xffff ? [code >> 16, (code >> 8) & 0xff, code & 0xff] : [code >> 8, code & 0xff]
}

function bytesOfQuad(number: number): readonly number[] {
  const third = Math.floor(number / 10) % 126
  const second = Math.floor(number / 1260) % 10
  return [0x81 + Math.floor(number / 12_600), 0x30 + second, 0x81 + third, 0x30 + (number % 10)]
}
