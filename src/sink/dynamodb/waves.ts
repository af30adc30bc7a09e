// Tells when a call has nothing more under way, so that what is gathered for a batch should go though it is not full.
// While requests are in flight, their answers may still add to it.

export class Waves {
  #underWay = 0
  #isScheduled = false
  readonly #gathered = new Set<() => void>()

  async through<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    this.#underWay++
    try {
      return await request()
    } finally {
      this.#underWay--
      this.#schedule()
    }
  }

  /** `go` is called once, as soon as nothing is under way. */
  whenCalm(go: () => void): void {
    this.#gathered.add(go)
    this.#schedule()
  }

  cancel(go: () => void): void {
    this.#gathered.delete(go)
  }

  /** After all that follows from the last answer has run. */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay > 0 || this.#gathered.size === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (this.#underWay > 0) return
      const gathered = [...this.#gathered]
      this.#gathered.clear()
      for (const go of gathered) go()
    })
  }
}
