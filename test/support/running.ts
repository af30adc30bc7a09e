// Parts of the pipeline under a supervisor, as a process would run them: aborting is a clean stop.

import { type Clock, systemClock } from '../../src/pipeline/clock.ts'
import type { Observer } from '../../src/pipeline/observer.ts'
import { type Attempt, Supervisor } from '../../src/pipeline/supervisor.ts'

export function observed(): Observer & { readonly seen: { readonly [Name in keyof Observer]: unknown[] } } {
  const names = [
    'appended',
    'skipped',
    'shared',
    'delivered',
    'disputed',
    'checked',
    'ended',
    'imported',
    'sent',
    'arrived',
    'lookedUp',
    'led',
    'sliced',
    'retrying',
    'entered',
  ] as const
  const seen = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<keyof Observer, unknown[]>
  return {
    seen,
    appended: (fact) => seen.appended.push(fact),
    skipped: (gap) => seen.skipped.push(gap),
    shared: (fact) => seen.shared.push(fact),
    delivered: (fact) => seen.delivered.push(fact),
    disputed: (fact) => seen.disputed.push(fact),
    checked: (fact) => seen.checked.push(fact),
    ended: (fact) => seen.ended.push(fact),
    imported: (fact) => seen.imported.push(fact),
    sent: (fact) => seen.sent.push(fact),
    arrived: (fact) => seen.arrived.push(fact),
    lookedUp: (fact) => seen.lookedUp.push(fact),
    led: (fact) => seen.led.push(fact),
    sliced: (fact) => seen.sliced.push(fact),
    retrying: (fact) => seen.retrying.push(fact),
    entered: (_part, state) => seen.entered.push(state),
  }
}

export class Running implements AsyncDisposable {
  readonly supervisor: Supervisor
  readonly done: Promise<void>
  readonly #stop = new AbortController()

  constructor(work: (attempt: Attempt) => Promise<void>, observer: Observer = observed(), clock: Clock = systemClock) {
    this.supervisor = new Supervisor({ part: 'part', clock, observer, random: Math.random })
    this.done = this.supervisor.run(work, this.#stop.signal)
    this.done.catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.done.catch(() => undefined)
  }
}
