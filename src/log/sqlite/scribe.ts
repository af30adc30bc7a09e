// The log's side of its scribe: hands it orders and gives out the answers. Orders are carried out as they were asked.

import { Worker } from 'node:worker_threads'
import { MillraceError } from '../../core/errors.ts'
import { type Answer, OPENING, type OrderName, type Orders } from './orders.ts'
import type { ScribeSettings } from './scribe-thread.ts'

interface Waiter {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

export class Scribe {
  readonly #worker: Worker
  readonly #waiters = new Map<number, Waiter>()
  #onWritten: (() => void) | null = null
  #ticket = OPENING + 1
  #end: MillraceError | null = null

  private constructor(settings: ScribeSettings) {
    const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.#worker = new Worker(new URL(`./scribe-thread.${suffix}`, import.meta.url), {
      workerData: settings,
      // The scribe's garbage is the loads it has written: collected early, they cost 20 MB less.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    })
    this.#worker.on('message', (answers: readonly Answer[]) => this.#settle(answers))
    this.#worker.on('error', (cause) => this.#finish(new MillraceError('INTERNAL', 'The log scribe failed', { cause })))
    this.#worker.on('exit', () => this.#finish(new MillraceError('LOG_CLOSED', 'The log has been closed')))
  }

  /** Resolves when the scribe has opened the file. */
  static async start(settings: ScribeSettings): Promise<Scribe> {
    const scribe = new Scribe(settings)
    await new Promise<null>((resolve, reject) => scribe.#waiters.set(OPENING, { resolve, reject }))
    return scribe
  }

  /** Calls back after each transaction of this process. */
  whenWritten(onWritten: () => void): void {
    this.#onWritten = onWritten
  }

  /** `transfer` moves the bytes instead of copying them: nobody may use them afterwards. */
  ask<Name extends OrderName>(
    name: Name,
    ask: Orders[Name]['ask'],
    transfer: ArrayBuffer[] = [],
  ): Promise<Orders[Name]['answer']> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const ticket = this.#ticket++
    return new Promise((resolve, reject) => {
      this.#waiters.set(ticket, { resolve, reject })
      this.#worker.postMessage({ ticket, name, ask }, transfer)
    })
  }

  /** Carries out what was asked before, then ends. */
  async close(): Promise<void> {
    if (this.#end !== null) return
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage(null)
    await exited
  }

  #settle(answers: readonly Answer[]): void {
    this.#onWritten?.()
    for (const one of answers) {
      const waiter = this.#waiters.get(one.ticket)
      this.#waiters.delete(one.ticket)
      if ('answer' in one) waiter?.resolve(one.answer as never)
      else waiter?.reject(new MillraceError(one.fault.code, one.fault.message, one.fault))
    }
  }

  #finish(error: MillraceError): void {
    this.#end ??= error
    for (const { reject } of this.#waiters.values()) reject(this.#end)
    this.#waiters.clear()
  }
}
