// Cuts bytes into rows and fields. It works on text of one character for each byte, so that places are places in the file;
// what the bytes stand for is somebody else's affair. A row that is wrong is told as such, and the next one is read.

import { isAscii } from 'node:buffer'
import type { Dialect } from '../../core/csv-dialect.ts'

export interface CsvRow {
  /** One character for each byte. */
  readonly fields: readonly string[]
  /** Where the row begins, counted from 1. */
  readonly line: number
  /** Behind it. */
  readonly end: Place
  /** Why it cannot be read; its fields are then what was found up to there. */
  readonly fault: string | null
  /** Its bytes say the same in every encoding. False where some around it do not. */
  readonly isPlain: boolean
}

export interface Place {
  /** In bytes of the text, unpacked. */
  readonly offset: number
  readonly line: number
}

export const BEGINNING: Place = { offset: 0, line: 1 }

/** A row that goes on for longer has lost a quote somewhere. */
export const ROW_BYTES_MAX = 1024 * 1024

interface Cut {
  readonly fields: readonly string[]
  readonly next: number
  readonly fault: string | null
}

export class CsvRows {
  readonly #dialect: Pick<Dialect, 'delimiter' | 'quote'>
  readonly #newline: '\n' | '\r'
  #text = ''
  #at = 0
  #place: Place
  /** The line in hand is too long, and what was read of it was thrown away. */
  #isTooLong = false
  #isPlain = true
  /** Of the row before: most have as many. */
  #fieldCount = 1

  constructor(dialect: Pick<Dialect, 'delimiter' | 'quote'>, { from, newline }: { from: Place; newline: '\n' | '\r' }) {
    this.#dialect = dialect
    this.#newline = newline
    this.#place = from
  }

  /** The rows that are whole by now; at the end of the text those that are left. */
  read(bytes: Buffer, isEnd: boolean): readonly CsvRow[] {
    this.#isPlain = isAscii(bytes) && (this.#isPlain || this.#at === this.#text.length)
    this.#text = this.#text.slice(this.#at) + bytes.toString('latin1')
    this.#at = 0
    const rows: CsvRow[] = []
    for (;;) {
      this.#cutUnquoted(rows)
      const cut = this.#cut(isEnd)
      if (cut === null) return rows
      const { line } = this.#place
      this.#move(cut.next)
      this.#add(rows, { fields: cut.fields, line, end: this.#place, fault: cut.fault, isPlain: this.#isPlain })
    }
  }

  #add(rows: CsvRow[], row: CsvRow): void {
    const isBlank = row.fault === null && row.fields.length === 1 && row.fields[0] === ''
    if (!isBlank) rows.push(row)
  }

  /** The rows up to the next quote, which are a line each. */
  #cutUnquoted(rows: CsvRow[]): void {
    if (this.#isTooLong) return
    const text = this.#text
    const quote = text.indexOf(this.#dialect.quote, this.#at)
    const end = quote === -1 ? text.length : quote
    for (let newline = text.indexOf(this.#newline, this.#at); newline !== -1 && newline < end; ) {
      const { offset, line } = this.#place
      const fields = this.#fieldsUpTo(newline)
      this.#place = { offset: offset + newline + 1 - this.#at, line: line + 1 }
      this.#at = newline + 1
      this.#add(rows, { fields, line, end: this.#place, fault: null, isPlain: this.#isPlain })
      newline = text.indexOf(this.#newline, this.#at)
    }
  }

  #fieldsUpTo(newline: number): readonly string[] {
    const text = this.#text
    const end = newline > this.#at && text[newline - 1] === '\r' ? newline - 1 : newline
    const fields = new Array<string>(this.#fieldCount)
    let count = 0
    for (let at = this.#at; ; count++) {
      const next = text.indexOf(this.#dialect.delimiter, at)
      if (next === -1 || next >= end) {
        fields[count++] = text.slice(at, end)
        break
      }
      fields[count] = text.slice(at, next)
      at = next + this.#dialect.delimiter.length
    }
    fields.length = count
    this.#fieldCount = count
    return fields
  }

  #move(next: number): void {
    let lines = 1
    for (let at = this.#text.indexOf(this.#newline, this.#at) + 1; at > 0 && at < next; lines++) {
      at = this.#text.indexOf(this.#newline, at) + 1
    }
    this.#place = { offset: this.#place.offset + next - this.#at, line: this.#place.line + lines }
    this.#at = next
  }

  /** Null where the next row is not whole yet. */
  #cut(isEnd: boolean): Cut | null {
    const text = this.#text
    if (this.#at >= text.length && !(isEnd && this.#isTooLong)) return null
    const newline = text.indexOf(this.#newline, this.#at)
    const end = newline === -1 ? text.length : newline
    if (newline === -1 && !isEnd) return this.#wait()
    if (this.#isTooLong) return this.#tooLong(newline)
    if (text.slice(this.#at, end).includes(this.#dialect.quote)) return this.#cutQuoted(isEnd)
    return { fields: this.#fieldsUpTo(end), next: newline === -1 ? end : end + 1, fault: null }
  }

  #cutQuoted(isEnd: boolean): Cut | null {
    const { delimiter, quote } = this.#dialect
    const text = this.#text
    const fields: string[] = []
    for (let at = this.#at; ; ) {
      if (text[at] !== quote) {
        const end = this.#endOfPlain(at)
        if (end === text.length && !isEnd) return this.#unfinished(fields)
        const isLast = text[end] !== delimiter
        fields.push(isLast ? withoutReturn(text.slice(at, end)) : text.slice(at, end))
        if (isLast) return { fields, next: Math.min(end + 1, text.length), fault: null }
        at = end + 1
        continue
      }
      const close = this.#closing(at + 1)
      if (close === -1) {
        const fault = 'a quote is not closed before the end of the file'
        return isEnd ? this.#faulty(fields, { from: at, fault, isEnd }) : this.#unfinished(fields)
      }
      fields.push(text.slice(at + 1, close).replaceAll(quote + quote, quote))
      const behind = text[close + 1] === '\r' && this.#newline === '\n' ? close + 2 : close + 1
      if (behind >= text.length && !isEnd) return this.#unfinished(fields)
      const after = text[behind]
      if (after === undefined || after === this.#newline) {
        return { fields, next: Math.min(behind + 1, text.length), fault: null }
      }
      if (text[close + 1] !== delimiter)
        return this.#faulty(fields, { from: close, fault: 'there is text behind a closing quote', isEnd })
      at = close + 2
    }
  }

  #endOfPlain(at: number): number {
    const { delimiter } = this.#dialect
    for (let end = at; end < this.#text.length; end++) {
      const character = this.#text[end]
      if (character === delimiter || character === this.#newline) return end
    }
    return this.#text.length
  }

  /** The quote that closes a field; -1 where there is none yet. */
  #closing(from: number): number {
    const { quote } = this.#dialect
    for (let at = this.#text.indexOf(quote, from); at !== -1; at = this.#text.indexOf(quote, at + 2)) {
      if (this.#text[at + 1] !== quote) return at
    }
    return -1
  }

  /** A row that goes on behind what is known. */
  #unfinished(fields: string[]): Cut | null {
    if (this.#text.length - this.#at <= ROW_BYTES_MAX) return null
    return this.#faulty(fields, {
      from: this.#at,
      fault: `a quote is not closed within ${ROW_BYTES_MAX} bytes`,
      isEnd: false,
    })
  }

  /** What follows is read from the next line on. */
  #faulty(
    fields: readonly string[],
    { from, fault, isEnd }: { readonly from: number; readonly fault: string; readonly isEnd: boolean },
  ): Cut | null {
    const newline = this.#text.indexOf(this.#newline, from)
    if (newline === -1 && !isEnd) return this.#wait()
    return { fields, next: newline === -1 ? this.#text.length : newline + 1, fault }
  }

  /** For the end of the line; without keeping what is too long in memory. */
  #wait(): null {
    if (this.#isTooLong || this.#text.length - this.#at > ROW_BYTES_MAX) {
      this.#isTooLong = true
      this.#place = { ...this.#place, offset: this.#place.offset + this.#text.length - this.#at }
      this.#at = this.#text.length
    }
    return null
  }

  #tooLong(newline: number): Cut {
    this.#isTooLong = false
    const next = newline === -1 ? this.#text.length : newline + 1
    return { fields: [], next, fault: `the line is longer than ${ROW_BYTES_MAX} bytes` }
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
