// Where some pages of a walk begin, as far apart from each other as they can be, whatever its length.

import { z } from 'zod'

export interface PageMark {
  readonly upTo: string | null
  readonly after: string | null
}

const Mark = z.object({ upTo: z.string().nullable(), after: z.string().nullable() })

export class PageMarks {
  readonly #most: number
  #marks: PageMark[] = [{ upTo: null, after: null }]
  #stride = 1
  #pages = 0

  constructor(most: number) {
    this.#most = most
  }

  get all(): readonly PageMark[] {
    return this.#marks
  }

  /** Of the page that follows. */
  note(bookmark: string): void {
    const mark = Mark.parse(JSON.parse(bookmark))
    this.#pages++
    if (mark.after === null || this.#pages % this.#stride !== 0) return
    this.#marks.push(mark)
    if (this.#marks.length <= this.#most) return
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0)
    this.#stride *= 2
  }
}
