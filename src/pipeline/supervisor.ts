// The one place that decides what an error does: retry with growing delays, stop the part until a person acts, or, for
// a broken invariant and whatever nobody has named, end the process.

import { hasFate, MillraceError } from '../core/errors.ts'
import type { Clock } from './clock.ts'
import type { Observer, Retrying } from './observer.ts'
import type { State } from './state.ts'

const FIRST_DELAY_MS = 50
const LONGEST_DELAY_MS = 30_000

export interface SupervisorOptions {
  readonly part: string
  readonly clock: Clock
  readonly observer: Pick<Observer, 'retrying' | 'entered'>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/** What the work is given to act by. */
export interface Attempt {
  readonly signal: AbortSignal
  /** Something was achieved: earlier failures no longer count. */
  progress(): void
  /** Repeats one step in place for as long as its errors are worth retrying, and throws all others. */
  retry<Value>(step: () => Promise<Value>, signal: AbortSignal): Promise<Value>
}

interface Trouble {
  readonly sinceMs: number
  readonly error: MillraceError
  readonly attempts: number
}

export class Supervisor {
  readonly part: string
  readonly #options: SupervisorOptions
  /** By whom is in trouble: the part itself, or one of its steps. */
  readonly #troubles = new Map<object, Trouble>()
  #state: State

  constructor(options: SupervisorOptions) {
    this.part = options.part
    this.#options = options
    this.#state = { is: 'running', sinceMs: options.clock.nowMs() }
  }

  get state(): State {
    return this.#state
  }

  /** Resolves when the signal has aborted or the part is stopped; throws what has to end the process. */
  async run(work: (attempt: Attempt) => Promise<void>, signal: AbortSignal): Promise<void> {
    const attempt: Attempt = {
      signal,
      progress: () => this.#clear(this),
      retry: (step, within) => this.#repeat(step, { owner: {}, signal: within }),
    }
    this.#enter({ is: 'running', sinceMs: this.#now() })
    try {
      await this.#repeat(() => work(attempt), { owner: this, signal })
      if (!signal.aborted) throw new MillraceError('INTERNAL', `${this.part} ended without being asked to`)
    } catch (error) {
      if (!signal.aborted) {
        if (!hasFate(error, 'stop')) throw error
        return this.#enter({ is: 'stopped', sinceMs: this.#now(), error })
      }
    }
    this.#enter({ is: 'ended', sinceMs: this.#now() })
  }

  async #repeat<Value>(step: () => Promise<Value>, by: { owner: object; signal: AbortSignal }): Promise<Value> {
    for (;;) {
      try {
        const value = await step()
        this.#clear(by.owner)
        return value
      } catch (error) {
        if (!hasFate(error, 'retry') || by.signal.aborted) {
          this.#troubles.delete(by.owner)
          throw error
        }
        await this.#wait(error, by)
        if (!by.signal.aborted) continue
        // Whoever gives up is not in trouble any more: it would be remembered for ever.
        this.#clear(by.owner)
        throw error
      }
    }
  }

  async #wait(error: MillraceError, { owner, signal }: { owner: object; signal: AbortSignal }): Promise<void> {
    const { clock, observer, random } = this.#options
    const before = this.#troubles.get(owner)
    const attempts = (before?.attempts ?? 0) + 1
    this.#troubles.set(owner, { sinceMs: before?.sinceMs ?? this.#now(), error, attempts })
    const full = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 30), LONGEST_DELAY_MS)
    const delayMs = Math.round(full * (0.5 + random() / 2))
    observer.retrying({ part: this.part, error, attempts, delayMs, level: levelOf(full) })
    this.#refresh()
    await clock.sleep(delayMs, signal)
  }

  #clear(owner: object): void {
    if (this.#troubles.delete(owner)) this.#refresh()
  }

  #refresh(): void {
    const [oldest] = [...this.#troubles.values()].sort((one, other) => one.sinceMs - other.sinceMs)
    if (oldest !== undefined) {
      this.#enter({ is: 'retrying', sinceMs: oldest.sinceMs, error: oldest.error })
    } else if (this.#state.is === 'retrying') {
      this.#enter({ is: 'running', sinceMs: this.#now() })
    }
  }

  #enter(state: State): void {
    this.#state = state
    this.#options.observer.entered(this.part, state)
  }

  #now(): number {
    return this.#options.clock.nowMs()
  }
}

function levelOf(delayMs: number): Retrying['level'] {
  if (delayMs < 500) return 'debug'
  if (delayMs < 5_000) return 'info'
  return delayMs < LONGEST_DELAY_MS ? 'warn' : 'error'
}
