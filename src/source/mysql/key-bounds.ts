// Where the key's values lie in the row image that is being written, so that the key's own image is cut out of it
// instead of written again.

import type { ImageWriter } from '../image-writer.ts'

export class KeyBounds {
  /** Begin and end of each of the key's columns, in key order. */
  readonly #bounds: Int32Array

  constructor(columns: number) {
    this.#bounds = new Int32Array(columns * 2)
  }

  begin(keyIndex: number, writer: ImageWriter): void {
    this.#bounds[keyIndex * 2] = writer.length
  }

  end(keyIndex: number, writer: ImageWriter): void {
    this.#bounds[keyIndex * 2 + 1] = writer.length
  }

  /** The key's image out of the image written last: all of it where there is no key. */
  cut(image: Buffer, writer: ImageWriter): Buffer {
    const bounds = this.#bounds
    if (bounds.length === 0) return image
    let isOneRun = true
    for (let index = 1; index + 1 < bounds.length; index += 2) isOneRun &&= bounds[index] === bounds[index + 1]
    if (isOneRun) return image.subarray(bounds[0], bounds[bounds.length - 1])
    writer.begin()
    for (let index = 0; index < bounds.length; index += 2) {
      writer.raw(image, bounds[index] ?? 0, bounds[index + 1] ?? 0)
    }
    return writer.end()
  }
}
