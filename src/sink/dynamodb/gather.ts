// Gathers what is asked for one by one into batches: a full one goes at once, the rest when the wave is calm.

import type { Waves } from './waves.ts'

export interface GatherOptions<Input, Output> {
  readonly waves: Waves
  readonly countMax: number
  readonly bytesMax: number
  /** One output for each input, in order; an error among them concerns its input alone. */
  readonly send: (batch: readonly Input[]) => Promise<readonly (Output | Error)[]>
}

interface Asked<Input, Output> {
  readonly input: Input
  readonly resolve: (output: Output) => void
  readonly reject: (error: unknown) => void
}

export class Gather<Input, Output> {
  readonly #options: GatherOptions<Input, Output>
  readonly #go = () => this.#flush()
  #batch: Asked<Input, Output>[] = []
  #bytes = 0

  constructor(options: GatherOptions<Input, Output>) {
    this.#options = options
  }

  add(input: Input, bytes: number): Promise<Output> {
    const { waves, countMax, bytesMax } = this.#options
    if (this.#bytes + bytes > bytesMax) this.#flush()
    const { promise, resolve, reject } = Promise.withResolvers<Output>()
    if (this.#batch.push({ input, resolve, reject }) === 1) waves.whenCalm(this.#go)
    this.#bytes += bytes
    if (this.#batch.length >= countMax) this.#flush()
    return promise
  }

  #flush(): void {
    const batch = this.#batch
    if (batch.length === 0) return
    this.#batch = []
    this.#bytes = 0
    this.#options.waves.cancel(this.#go)
    this.#send(batch).catch((error) => {
      for (const asked of batch) asked.reject(error)
    })
  }

  async #send(batch: readonly Asked<Input, Output>[]): Promise<void> {
    const { waves, send } = this.#options
    const outputs = await waves.through(() => send(batch.map((asked) => asked.input)))
    for (const [index, asked] of batch.entries()) {
      const output = outputs[index]
      if (output === undefined || output instanceof Error) asked.reject(output)
      else asked.resolve(output)
    }
  }
}
