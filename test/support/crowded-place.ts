// A place of imports whose log holds as many dead letters and conflicts as a test gives it.

import type { DeadListView } from '../../src/control/dead-view.ts'
import type { DeadLetter } from '../../src/core/dead-letter.ts'
import type { FieldConflict } from '../../src/core/field-conflict.ts'
import { deadTopic } from '../../src/core/topic.ts'
import { contestLeftover, letterLeftover } from '../../src/pipeline/leftovers.ts'
import { type Ended, runCommand } from './command.ts'
import { Delivering } from './delivering.ts'
import { ImportPlace } from './import-place.ts'
import type { Settings } from './millrace.ts'

const PARTITIONS = { MILLRACE_PARTITIONS: '4' }

export class CrowdedPlace implements AsyncDisposable {
  readonly imports: ImportPlace
  readonly #at: Delivering
  readonly #opened: AsyncDisposableStack

  private constructor(opened: AsyncDisposableStack, { at, imports }: { at: Delivering; imports: ImportPlace }) {
    this.#opened = opened
    this.#at = at
    this.imports = imports
  }

  static async open(settings: Settings = {}): Promise<CrowdedPlace> {
    await using opened = new AsyncDisposableStack()
    const at = opened.use(await Delivering.open())
    const imports = opened.use(await ImportPlace.open({ ...settings, MILLRACE_LOG: `file:${at.path}`, ...PARTITIONS }))
    return new CrowdedPlace(opened.move(), { at, imports })
  }

  command(...args: readonly string[]): Promise<Ended> {
    return runCommand(args, { ...this.imports.settings, ...PARTITIONS })
  }

  async conflicts(conflicts: readonly FieldConflict[]): Promise<void> {
    await this.#at.write(...(await Promise.all(conflicts.map((one) => contestLeftover(this.#at.records, one)))))
  }

  /** As many of the first that is there, with other reasons. */
  async letters(reasons: readonly string[]): Promise<void> {
    const { letters } = (await this.imports.get('/api/dead')).body as DeadListView
    const first = await this.#letter(letters[0]?.topic ?? '')
    const all = reasons.map((reason, index) => {
      const cursor = { ...first.cursor, offset: first.cursor.offset + 1_000 + index }
      return letterLeftover(this.#at.records, { ...first, cursor, reason, diedAtMs: first.diedAtMs + 1 })
    })
    await this.#at.write(...(await Promise.all(all)))
  }

  async #letter(topic: string): Promise<DeadLetter> {
    for await (const { value } of this.#at.log.latest(deadTopic(topic))) {
      if (value !== null) return this.#at.records.unpack('deadLetter', value)
    }
    throw new RangeError(`no dead letter in ${topic}`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
