// Whose turn it is: whatever shares a name (a lane, an item) runs in the order it came, everything else at once.

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs after everything that took one of these names before, whether that succeeded or not. */
  take<Result>(names: readonly string[], run: () => Promise<Result>): Promise<Result> {
    const before = names.flatMap((name) => this.#last.get(name) ?? [])
    const result = before.length === 0 ? run() : Promise.allSettled(before).then(run)
    for (const name of names) this.#keep(name, result)
    return result
  }

  #keep(name: string, result: Promise<unknown>): void {
    const kept = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(name) === kept) this.#last.delete(name)
      })
    this.#last.set(name, kept)
  }
}
