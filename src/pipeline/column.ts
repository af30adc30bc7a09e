// Numbers by row, in flat memory, which grows as rows come; a row that was never set has 0.

type Cells = Float64Array | Uint32Array | Uint8Array

const ROOM = 64
const GROWTH = 1.5

export class Column {
  readonly #make: new (
    length: number,
  ) => Cells
  #cells: Cells

  constructor(make: new (length: number) => Cells) {
    this.#make = make
    this.#cells = new make(ROOM)
  }

  get(row: number): number {
    return this.#cells[row] ?? 0
  }

  set(row: number, value: number): void {
    if (row >= this.#cells.length) {
      const wider = new this.#make(Math.ceil(GROWTH * (row + 1)))
      wider.set(this.#cells)
      this.#cells = wider
    }
    this.#cells[row] = value
  }
}
