// Somebody else made or changed a row since it was read: the transaction has to begin again.

export class Raced extends Error {
  constructor(what: string) {
    super(`${what} was changed by somebody else meanwhile`)
    this.name = 'Raced'
  }
}
