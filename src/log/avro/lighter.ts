// An event that is too large for a record goes on without its images, at fault: the dead topic then names the row, and
// the rest of its table goes on.

import { ChangeEvent, type ChangeParts } from '../../core/event.ts'
import { encodeRow, RowImage } from '../../core/image.ts'

/** Ever lighter forms of an event, the last of which fits any record. */
export function* lighter({ parts }: ChangeEvent, bytesMax: number): Generator<ChangeEvent> {
  const { keyImage, beforeImage, afterImage } = parts
  const images = [keyImage, beforeImage, afterImage].map((image) => image?.bytes.length ?? 0)
  const bytes = images.reduce((sum, length) => sum + length, 0)
  const fault = parts.fault ?? `the change takes ${bytes} bytes, more than the ${bytesMax} that a record may`
  yield new ChangeEvent({ ...parts, beforeImage: null, fault })
  yield new ChangeEvent({ ...parts, keyImage: shortKey(parts), beforeImage: null, afterImage: null, fault })
}

/** Without a primary key the whole row is the key, and may be all there is to leave out. */
function shortKey({ shape, keyImage }: ChangeParts): RowImage {
  return shape.key.length > 0 ? keyImage : new RowImage(keyImage.shape, encodeRow(keyImage.shape, {}))
}
