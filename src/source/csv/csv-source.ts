// A CSV file as pages of rows. A page goes on where the one before ended, also in another process; a file that is not the
// one that the first page was read from is refused.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Dialect, Encoding } from '../../core/csv-dialect.ts'
import { MillraceError } from '../../core/errors.ts'
import type { ChangeEvent } from '../../core/event.ts'
import type { Imported } from '../../core/imported.ts'
import type { ImportSource } from '../import-source.ts'
import { ImportedEvents, type RowSaid } from '../imported-event.ts'
import type { PageRequest, RowPage } from '../source.ts'
import { type CsvColumns, csvColumns } from './csv-columns.ts'
import { type CsvFile, csvText, openCsvFile } from './csv-file.ts'
import { BEGINNING, type CsvRow, CsvRows, type Place } from './csv-rows.ts'
import { fieldText } from './field-text.ts'

export interface CsvSourceOptions {
  readonly connector: string
  /** That it may be read was decided by whoever names it. */
  readonly path: string
  readonly dialect: Dialect
  readonly imported: Imported
  /** Which column of the file a field is found in, where it is not called like the field; a number counts from 1. */
  readonly mapping: Readonly<Record<string, string>>
  /** Values that every row has. */
  readonly constants: Readonly<Record<string, string>>
  readonly orderedAtMs: number
}

const Bookmark = z.object({ offset: z.number(), line: z.number(), row: z.number() })
type Bookmark = z.infer<typeof Bookmark>

interface Reading {
  readonly file: CsvFile
  readonly columns: CsvColumns
  readonly pieces: AsyncIterator<readonly CsvRow[]>
  /** Of the piece in hand, and how many of them were handed out. */
  rows: readonly CsvRow[]
  taken: number
  /** Behind the last row that was handed out, which is the one with this number. */
  end: Place
  row: number
}

export class CsvSource implements ImportSource {
  readonly #options: CsvSourceOptions
  #reading: Reading | null = null
  #events: ImportedEvents | null = null

  constructor(options: CsvSourceOptions) {
    this.#options = options
  }

  /** Which file it is: its size, and when it was last written. */
  async last(): Promise<string> {
    const { path } = this.#options
    const { size, mtimeMs, ino } = await stat(path).catch((cause: Error) => {
      throw new MillraceError('IMPORT_UNREADABLE', `${path} cannot be read: ${cause.message}`, { cause })
    })
    return JSON.stringify({ size, mtimeMs, ino })
  }

  async check(): Promise<void> {
    await this.#reach(null)
  }

  async digest(signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256')
    await pipeline(createReadStream(this.#options.path), hash, { signal })
    return hash.digest('hex')
  }

  /** Nobody knows before it was read. */
  async expect(): Promise<null> {
    return null
  }

  async page({ scope, after, upTo, rowsMax, run }: PageRequest, signal: AbortSignal): Promise<RowPage> {
    const startMs = performance.now()
    if (upTo !== null && (await this.last()) !== upTo) throw this.#changed()
    const reading = await this.#reach(after)
    const events = this.#eventsOf(scope.table, run)
    const page: ChangeEvent[] = []
    let isOver = false
    // Until the page is whole: behind a fault is not the end, and whoever asks again reads anew.
    this.#reading = null
    while (page.length < rowsMax && !isOver) {
      signal.throwIfAborted()
      isOver = !(await reach(reading))
      for (let row = taken(reading, page.length < rowsMax); row !== null; row = taken(reading, page.length < rowsMax))
        page.push(events.event(this.#said(reading, row)))
    }
    const next = isOver ? null : JSON.stringify({ ...reading.end, row: reading.row } satisfies Bookmark)
    if (!isOver) this.#reading = reading
    return { events: page, next, tookMs: performance.now() - startMs }
  }

  /** One for all pages of a run. */
  #eventsOf(table: string, run: string): ImportedEvents {
    const { connector, imported, orderedAtMs, path } = this.#options
    if (this.#events?.table !== table || this.#events.run !== run)
      this.#events = new ImportedEvents({ connector, table, imported, origin: path, orderedAtMs, run })
    return this.#events
  }

  /** Goes on where it is, or reads up to there. */
  async #reach(after: string | null): Promise<Reading> {
    const at = after === null ? null : Bookmark.parse(JSON.parse(after))
    const known = this.#reading
    if (known !== null && at !== null && known.end.offset === at.offset) return known
    const { path, dialect, imported, mapping, constants } = this.#options
    const file = await openCsvFile(path, dialect)
    const columns = csvColumns({
      header: await headerOf(file, dialect),
      imported,
      mapping,
      constants,
      delimiter: dialect.delimiter,
    })
    const { row, ...from } = at ?? { ...BEGINNING, row: 0 }
    const reading: Reading = {
      file,
      columns,
      pieces: rowsFrom(file, dialect, from),
      rows: [],
      taken: 0,
      end: from,
      row,
    }
    if (at === null && dialect.hasHeader && (await reach(reading))) reading.taken++
    return reading
  }

  #said(reading: Reading, row: CsvRow): RowSaid {
    const { file, columns } = reading
    reading.end = row.end
    reading.row++
    const { delimiter } = this.#options.dialect
    const said = () => legible(row.fields.join(delimiter), file.encoding)
    const place = row.line
    if (row.fault !== null) return { place, texts: {}, said, fault: row.fault }
    if (columns.count !== null && row.fields.length !== columns.count) {
      const fault = `it has ${row.fields.length} fields, where the header has ${columns.count}`
      return { place, texts: {}, said, fault }
    }
    const texts: Record<string, string | null> = { ...columns.blank }
    for (const { name, index } of columns.places) {
      const field = row.fields[index] ?? ''
      const text = row.isPlain ? field : fieldText(field, file.encoding)
      if (text === null) {
        const fault = `${name} is no text in ${file.encoding}: the file may have another encoding`
        return { place, texts: {}, said, fault }
      }
      texts[name] = text
    }
    return { place, texts, said, fault: null }
  }

  #changed(): MillraceError {
    return new MillraceError('IMPORT_CHANGED', `${this.#options.path} was changed while it was read`)
  }
}

async function headerOf(file: CsvFile, dialect: Dialect): Promise<readonly string[] | null> {
  if (!dialect.hasHeader) return null
  for await (const [first] of rowsFrom(file, dialect, BEGINNING)) {
    if (first !== undefined) return first.fields.map((one) => legible(one, file.encoding).trim())
  }
  return []
}

/** False where there is no further row. */
async function reach(reading: Reading): Promise<boolean> {
  while (reading.taken === reading.rows.length) {
    const { value, done } = await reading.pieces.next()
    if (done) return false
    reading.rows = value
    reading.taken = 0
  }
  return true
}

function taken(reading: Reading, isWanted: boolean): CsvRow | null {
  const row = isWanted ? reading.rows[reading.taken] : undefined
  if (row === undefined) return null
  reading.taken++
  return row
}

async function* rowsFrom(file: CsvFile, dialect: Dialect, from: Place): AsyncGenerator<readonly CsvRow[], undefined> {
  const start = Math.max(from.offset, file.markBytes)
  const rows = new CsvRows(dialect, { from: { ...from, offset: start }, newline: file.newline })
  for await (const chunk of csvText(file, start)) yield rows.read(chunk, false)
  yield rows.read(Buffer.alloc(0), true)
}

function legible(bytes: string, encoding: Encoding): string {
  return fieldText(bytes, encoding) ?? bytes
}
