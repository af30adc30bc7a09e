// Frames events of one table: the row images are Avro already, so only what stands around them is written.

import type { ChangeEvent, Op } from '../../core/event.ts'
import type { RowImage } from '../../core/image.ts'
import { ITEMS_DATABASE } from '../../core/item.ts'
import { Output } from '../../core/output.ts'
import type { TableShape } from '../../core/table.ts'
import type { LogRecord } from '../log.ts'

const OPS: Readonly<Record<Op, number>> = { insert: 0x63, update: 0x75, delete: 0x64, read: 0x72 }
/** Room for the numbers and lengths of an envelope, which are at most ten bytes each. */
const NUMBERS_BYTES = 160

export interface Frame {
  readonly topic: string
  readonly keyHeader: Uint8Array
  readonly valueHeader: Uint8Array
  /** Which of the table's schemas this is. */
  readonly number: number
}

export class EnvelopeWriter {
  readonly #frame: Frame
  readonly #prelude: Buffer
  readonly #output: Output

  constructor(shape: TableShape, frame: Frame, output: Output) {
    this.#frame = frame
    this.#prelude = prelude(shape, frame.number)
    this.#output = output
  }

  write(event: ChangeEvent, nowMs: number): LogRecord {
    const { keyImage, changedAtMs } = event.parts
    const output = this.#output
    output.begin(this.#frame.keyHeader.length + keyImage.bytes.length)
    output.raw(this.#frame.keyHeader)
    output.raw(keyImage.bytes)
    const key = output.end()
    return { topic: this.#frame.topic, key, value: this.#value(event, nowMs), timeMs: changedAtMs }
  }

  #value(event: ChangeEvent, nowMs: number): Buffer {
    const { op, beforeImage, afterImage, position, changedAtMs, origin, whereabouts, run, fault } = event.parts
    const output = this.#output
    output.begin(this.#bytesMax(event))
    output.raw(this.#frame.valueHeader)
    image(output, beforeImage)
    image(output, afterImage)
    output.raw(this.#prelude)
    output.long(changedAtMs)
    output.long(whereabouts.serverId)
    output.textOrNull(whereabouts.gtid)
    output.text(whereabouts.file)
    output.long(whereabouts.offset)
    output.long(whereabouts.row)
    output.text(position)
    output.text(origin)
    output.textOrNull(run)
    output.textOrNull(fault)
    output.byte(2)
    output.byte(OPS[op])
    output.byte(2)
    output.long(nowMs)
    return output.end()
  }

  #bytesMax({ parts }: ChangeEvent): number {
    const { beforeImage, afterImage, position, origin, whereabouts, run, fault } = parts
    const images = (beforeImage?.bytes.length ?? 0) + (afterImage?.bytes.length ?? 0)
    const { gtid, file } = whereabouts
    const units = [position, origin, file].reduce((sum, text) => sum + text.length, 0)
    const rest = (gtid?.length ?? 0) + (run?.length ?? 0) + (fault?.length ?? 0)
    return NUMBERS_BYTES + this.#frame.valueHeader.length + this.#prelude.length + images + 3 * (units + rest)
  }
}

function image(output: Output, row: RowImage | null): void {
  output.byte(row === null ? 0 : 2)
  if (row !== null) output.raw(row.bytes)
}

/** The fields of `source` that are the same in all events of a shape. */
function prelude(shape: TableShape, number: number): Buffer {
  const output = new Output()
  output.begin(NUMBERS_BYTES + 3 * (shape.database.length + shape.name.length))
  output.text(shape.database === ITEMS_DATABASE ? 'dynamodb' : 'mysql')
  output.text('millrace')
  output.text(shape.database)
  output.text(shape.name)
  output.long(number)
  return output.end()
}
