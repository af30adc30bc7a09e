// Finds the parts of an event in its envelope. Row images stay what they are, subarrays of the record's bytes.

import { ChangeEvent, type Op } from '../../core/event.ts'
import { RowImage } from '../../core/image.ts'
import { keyShape, primitive, type TableShape } from '../../core/table.ts'
import { Input } from './input.ts'
import { RepeatedText } from './repeated-text.ts'

const OPS: Readonly<Record<string, Op>> = { c: 'insert', u: 'update', d: 'delete', r: 'read' }

export interface EnvelopeBytes {
  readonly key: Uint8Array
  readonly keyAt: number
  readonly value: Uint8Array
  readonly valueAt: number
}

/** One per set of schemas that share a canonical form: their images have the same layout. */
export class EnvelopeReader {
  readonly #shapes: (number: number) => Shapes | undefined
  readonly #layout: readonly Layout[]
  readonly #repeated = {
    file: new RepeatedText(),
    origin: new RepeatedText(),
    run: new RepeatedText(),
    op: new RepeatedText(),
  }

  /** `sample` is any shape with this layout; `shapes` knows the exact one by the number in the record. */
  constructor(sample: TableShape, shapes: (number: number) => Shapes | undefined) {
    this.#shapes = shapes
    this.#layout = sample.columns.map(({ name, kind }) => ({
      isNullable: !sample.key.includes(name),
      as: primitive(kind),
    }))
  }

  /** Null when the number of the table's schema is not known. */
  read({ key, keyAt, value, valueAt }: EnvelopeBytes): ChangeEvent | null {
    const input = new Input(value, valueAt)
    const before = this.#image(input)
    const after = this.#image(input)
    for (let count = 0; count < 4; count++) input.skip(input.long())
    const shapes = this.#shapes(input.long())
    if (shapes === undefined) return null
    const changedAtMs = input.long()
    const serverId = input.long()
    const gtid = input.textOrNull()
    const repeated = this.#repeated
    const whereabouts = { gtid, file: input.repeated(repeated.file), offset: input.long(), row: input.long(), serverId }
    const position = input.text()
    const origin = input.repeated(repeated.origin)
    const run = input.long() === 0 ? null : input.repeated(repeated.run)
    const fault = input.textOrNull()
    const op = OPS[input.repeated(repeated.op)]
    if (op === undefined) throw new RangeError('the operation is none of c, u, d and r')
    return new ChangeEvent({
      shape: shapes.row,
      op,
      position,
      changedAtMs,
      origin,
      whereabouts,
      run,
      fault,
      keyImage: new RowImage(shapes.key, key.subarray(keyAt)),
      beforeImage: before && new RowImage(shapes.row, before),
      afterImage: after && new RowImage(shapes.row, after),
    })
  }

  #image(input: Input): Uint8Array | null {
    if (input.long() === 0) return null
    const start = input.at
    for (const column of this.#layout) {
      if (!column.isNullable || input.long() !== 0) skipValue(input, column.as)
    }
    return input.bytes.subarray(start, input.at)
  }
}

export interface Shapes {
  readonly row: TableShape
  readonly key: TableShape
}

export function shapesOf(row: TableShape): Shapes {
  return { row, key: keyShape(row) }
}

interface Layout {
  readonly isNullable: boolean
  readonly as: ReturnType<typeof primitive>
}

function skipValue(input: Input, as: Layout['as']): void {
  switch (as) {
    case 'int':
    case 'long':
      input.skipLong()
      break
    case 'float':
      input.skip(4)
      break
    case 'double':
      input.skip(8)
      break
    default:
      input.skip(input.long())
  }
}
