// Fields that a connector does not own, by table: the same few names come again and again, and are asked about once.

export class ForeignNames {
  readonly #owns: (table: string, name: string) => boolean
  readonly #byTable = new Map<string, (name: string) => boolean>()

  constructor(owns: (table: string, name: string) => boolean) {
    this.#owns = owns
  }

  /** One for each table, so that none is made for each write. */
  of(table: string): (name: string) => boolean {
    const known = this.#byTable.get(table)
    if (known !== undefined) return known
    const owned = new Set<string>()
    const isForeign = (name: string) => {
      if (owned.has(name)) return false
      if (!this.#owns(table, name)) return true
      owned.add(name)
      return false
    }
    this.#byTable.set(table, isForeign)
    return isForeign
  }
}
