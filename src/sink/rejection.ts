// A write that can never be applied, on its way from where that is found to the write's outcome. It never leaves the
// sink: bad data is an outcome, not an error.

export class Rejection extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Rejection'
  }
}
