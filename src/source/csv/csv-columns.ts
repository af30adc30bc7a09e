// Where in a row of the file each field is found. What a person named and the file does not have is a fault of the request,
// told before anything is read.

import { blank } from '../../core/blank.ts'
import { MillraceError } from '../../core/errors.ts'
import type { Imported } from '../../core/imported.ts'
import { nearest } from '../../core/nearest.ts'

export interface CsvColumns {
  /** Of each row; null where no header says it. */
  readonly count: number | null
  /** The field with this name is found at this index. */
  readonly places: readonly { readonly name: string; readonly index: number }[]
  /** What every row says, and nothing of the other fields. */
  readonly blank: Readonly<Record<string, string | null>>
}

export interface CsvColumnsOptions {
  /** Null: the file has none. */
  readonly header: readonly string[] | null
  readonly imported: Imported
  readonly mapping: Readonly<Record<string, string>>
  readonly constants: Readonly<Record<string, string>>
  readonly delimiter: string
}

const DELIMITERS = [',', ';', '\t', '|']

export function csvColumns({ header, imported, mapping, constants, delimiter }: CsvColumnsOptions): CsvColumns {
  const names = Object.keys(imported.fields)
  const unknown = [...Object.keys(mapping), ...Object.keys(constants)].find((name) => !names.includes(name))
  if (unknown !== undefined) throw unfit(`there is no field ${unknown}: ${meant(unknown, names)}`)
  if (header !== null && header.length === 0) throw unfit('the file is empty')
  const places = names.flatMap((name): CsvColumns['places'] => {
    if (name in constants) return []
    const column = mapping[name]
    const index = header === null ? numbered(name, column) : header.indexOf(column ?? name)
    if (index !== null && index >= 0) return [{ name, index }]
    if (column !== undefined) throw unfit(notThere(column, header ?? [], delimiter))
    return []
  })
  if (places.length === 0) throw unfit(notThere(names.join(', '), header ?? [], delimiter))
  return { count: header?.length ?? null, places, blank: { ...blank(names), ...constants } }
}

/** Without a header columns are counted from 1. */
function numbered(name: string, column: string | undefined): number | null {
  if (column === undefined) return null
  if (!/^[1-9]\d{0,3}$/u.test(column)) {
    throw unfit(`the file has no header, so ${name} needs the number of its column, not "${column}"`)
  }
  return Number(column) - 1
}

function notThere(column: string, header: readonly string[], delimiter: string): string {
  const other =
    header.length === 1 ? DELIMITERS.find((one) => one !== delimiter && header[0]?.includes(one)) : undefined
  const what = `the header has no ${column}: ${meant(column, header)}`
  return other === undefined ? what : `${what}; is the delimiter ${JSON.stringify(other)}?`
}

function meant(name: string, names: readonly string[]): string {
  const found = nearest(name, names)
  return found === null ? `it has ${names.join(', ')}` : `did you mean ${found}?`
}

function unfit(message: string): MillraceError {
  return new MillraceError('IMPORT_INVALID', message)
}
